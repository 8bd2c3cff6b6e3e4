"""The REST interface as a program uses it, in this process."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken
from accounts.tokens import issue_token, revoke_token
from api.otrs.door import Caller
from api.otrs.signing_in import begin_session, end_session
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, measure
from tickets.models import Ticket

TOKEN = "bench"  # noqa: S105 - the name by which people find it


def api_create(ground: Ground) -> list[Result]:
    program, token = _program(ground)
    queue, customer = ground.queues[0].path, "customer000000@crowd.example"

    def create(number: int) -> None:
        opening = {
            "title": f"Display shows an error ({number})",
            "queue": queue,
            "customer": customer,
            "body": "It shows E42 since yesterday.\n\nPlease call us back.",
        }
        answer = program.post(reverse("api:tickets"), opening, content_type="application/json")
        _expect(answer, 201)

    result = measure("api_create", create, repeat=ground.repeat, tickets=ground.tickets)
    revoke_token(token, by=ground.agent)
    return [result]


def otrs_create(ground: Ground) -> list[Result]:
    """The same as `api_create`, as scripts do it that were written for OTRS: with a session that is there already."""
    session = begin_session(Caller(ground.agent, is_customer=False))
    program = Client(SERVER_NAME="127.0.0.1", headers={"X-OTRS-Header-SessionID": session})
    facts = {"Queue": ground.queues[0].path, "State": "new", "Priority": "3 normal"}
    words = {"Subject": "E42", "Body": "It shows E42 since yesterday.", "ContentType": "text/plain; charset=utf8"}

    def create(number: int) -> None:
        title = {"Title": f"Display shows an error ({number})", "CustomerUser": "customer000000@crowd.example"}
        sent = {"Ticket": {**facts, **title}, "Article": words}
        answer = program.post(reverse("otrs:tickets"), sent, content_type="application/json")
        if "TicketID" not in answer.json():
            raise AssertionError(answer.content[:300])

    result = measure("otrs_create", create, repeat=ground.repeat, tickets=ground.tickets)
    end_session(session)
    return [result]


def api_get(ground: Ground) -> list[Result]:
    """Tickets with their articles and their history, as a program looks at them that mirrors us."""
    program, token = _program(ground)
    seen = Ticket.objects.allowing(ground.agent, "read")
    numbers = list(seen.order_by("-pk").values_list("number", flat=True)[:200])

    def get(number: int) -> None:
        for name in ("api:ticket", "api:articles", "api:history"):
            _expect(program.get(reverse(name, args=[numbers[number % len(numbers)]])), 200)

    result = measure("api_get", get, repeat=ground.repeat, tickets=ground.tickets)
    revoke_token(token, by=ground.agent)
    return [result]


def api_search(ground: Ground) -> list[Result]:
    """Words, frequent and rare, and the search language."""
    program, token = _program(ground)
    questions = ["battery broken", "E42", "warranty", "state:open battery", '"call us back"']

    def search(number: int) -> None:
        _expect(program.get(reverse("api:tickets"), {"q": questions[number % len(questions)]}), 200)

    result = measure("api_search", search, repeat=ground.repeat, tickets=ground.tickets)
    revoke_token(token, by=ground.agent)
    return [result]


def api_list(ground: Ground) -> list[Result]:
    """Pages of the whole list, of open tickets, of a queue and of a tag, one after the other."""
    program, token = _program(ground)
    address = reverse("api:tickets")
    questions: list[dict[str, Any]] = [
        {},
        {"open": "true"},
        {"queue": ground.queues[0].path},
        {"tag": "warranty"},
        {"q": "battery broken"},
    ]

    def ask(number: int) -> None:
        _expect(program.get(address, questions[number % len(questions)]), 200)

    result = measure("api_list", ask, repeat=ground.repeat, tickets=ground.tickets)
    revoke_token(token, by=ground.agent)
    return [result]


def api_export(ground: Ground) -> list[Result]:
    """Everything that has happened, a thousand events at a time; `per_s` counts answers."""
    program, token = _program(ground)
    address = f"{reverse('api:changes')}?page_size=1000"

    def follow(_number: int) -> None:
        nonlocal address
        answer = program.get(address)
        _expect(answer, 200)
        page = answer.json()
        address = f"{reverse('api:changes')}?page_size=1000" if page["is_complete"] else page["next"]

    result = measure("api_export", follow, repeat=ground.repeat, tickets=ground.tickets)
    revoke_token(token, by=ground.agent)
    return [result]


def _program(ground: Ground) -> tuple[Client, ApiToken]:
    token, secret = issue_token(ground.agent, name=TOKEN)
    return Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {secret}"}), token


def _expect(answer: Any, status: int) -> None:
    if answer.status_code != status:
        raise AssertionError(f"{answer.status_code}: {answer.content[:300]!r}")

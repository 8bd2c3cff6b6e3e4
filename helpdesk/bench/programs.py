"""The REST interface as a program uses it, in this process."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import ApiToken
from accounts.tokens import issue_token, revoke_token
from helpdesk.bench.dataset import Ground
from helpdesk.bench.measuring import Result, measure

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


def _program(ground: Ground) -> tuple[Client, ApiToken]:
    token, secret = issue_token(ground.agent, name=TOKEN)
    return Client(SERVER_NAME="127.0.0.1", headers={"Authorization": f"Bearer {secret}"}), token


def _expect(answer: Any, status: int) -> None:
    if answer.status_code != status:
        raise AssertionError(f"{answer.status_code}: {answer.content[:300]!r}")

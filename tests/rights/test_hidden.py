"""T48: everything answers byte for byte the same, whether or not there is more than one may see.

`RIGHTS_QUERIES=5000 bin/test tests/rights/test_hidden.py` asks as many random questions (G8).
"""

import os
import random
import re
from collections.abc import Iterator
from urllib.parse import urlencode, urljoin

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tokens import issue_token
from tests.rights import crowds
from tests.rights.crowds import NOW, SECRET, WORDS, Crowd
from tests.rights.visits import undone
from tickets.models import Ticket
from tickets.views import VIEWS
from web.common import live

pytestmark = pytest.mark.django_db

QUESTIONS = int(os.environ.get("RIGHTS_QUERIES", "40"))
PART = {"HX-Request": "true"}
# What differs from one answer to the next by itself: tokens, ids of requests and of forms, moments in signatures.
VOLATILE = [
    (re.compile(rb'(csrfmiddlewaretoken" value=")[^"]+'), rb"\1"),
    (re.compile(rb'("X-CSRFToken":")[^"]+'), rb"\1"),
    (re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"), b"UUID"),
    (re.compile(rb"(reply|add|note)?-?(to|cc|bcc|mark)-[0-9a-f]{8}\b"), rb"\2"),
    (re.compile(rb"([\w-]{6,})(?::|%3A)[\w-]{6}(?::|%3A)[\w-]{43}"), rb"\1"),
]


@pytest.fixture(autouse=True)
def small_pages_at_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time stands still, and lists are long enough for several pages."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    for name in ("web.desk.views.lists.ROWS", "web.desk.views.news.ROWS", "web.portal.views.lists.PAGE"):
        monkeypatch.setattr(name, 4)


@pytest.fixture
def crowd() -> Crowd:
    return crowds.visible()


def test_T48_an_agent_learns_nothing_of_hidden_tickets(crowd):
    browser, program = _browser(crowd.agent), _program(crowd.agent)

    def ask(hidden: list[str], ids: list[int]) -> dict:
        return {
            **answers(browser, [*desk(crowd, hidden), *random_searches("/desk/search/", hidden)]),
            **answers(browser, parts_of_desk(crowd, hidden, ids), headers=PART),
            **answers(program, [*api(crowd, hidden), *random_searches("/api/v1/tickets/", hidden)]),
            **posted(browser, crowd, hidden, ids),
            "live": heard(crowd.agent),
        }

    assert_same(crowd, crowds.hide_from_agent, ask)


@pytest.mark.parametrize("name", ["dana", "carl", "erik"])
def test_T48_a_customer_learns_nothing_of_others_nor_of_what_the_desk_does(crowd, name):
    person = getattr(crowd, name)
    browser, program = _browser(person), _program(person)
    hide = crowds.hide_from_customers if name != "erik" else crowds.hide_desk_work

    def ask(hidden: list[str], _ids: list[int]) -> dict:
        pages = [*portal(person, hidden), *random_searches("/portal/requests/", hidden, show="all")]
        questions = [*api_of_customer(person, hidden), *random_searches("/api/v1/tickets/", hidden)]
        return {
            **answers(browser, pages),
            **answers(browser, pages[:10], headers=PART),
            **answers(program, questions),
            "live": heard(person),
        }

    assert_same(crowd, hide, ask)


def assert_same(crowd: Crowd, hide, ask) -> None:
    """Ask with the hidden things there, take them away, ask again."""
    with undone():
        rows = hide(crowd)
        hidden = [row.number for row in rows], [row.pk for row in rows]
        with_them = ask(*hidden)
    without = ask(*hidden)
    assert len(with_them) == len(without)
    differing = [question for question, answer in with_them.items() if without.get(question) != answer]
    shown = "\n".join(
        f"{question}\n  {_first_difference(with_them[question], without.get(question))}" for question in differing[:10]
    )
    assert not differing, f"{len(differing)} of {len(without)} answers differ:\n{shown}"
    told = [
        question
        for question, (_status, _headers, body) in with_them.items()
        if SECRET.encode() in body and SECRET not in str(question)
    ]
    assert not told, f"they tell a hidden word: {told[:10]}"


# ---- questions -----------------------------------------------------------------------------------


def desk(crowd: Crowd, hidden: list[str]) -> Iterator[str]:
    for view in VIEWS:
        yield f"/desk/views/{view.key}/"
    for queue in (crowd.desk, crowd.board, crowd.billing):
        yield from (f"/desk/queues/{queue.pk}/", f"/desk/queues/{queue.pk}/?closed=1")
    for number in [*(row.number for row in crowd.visible[:6]), *hidden]:
        for page in ("", "history/", "files/", "list/", "earlier/", "news/?shown=1"):
            yield f"/desk/tickets/{number}/{page}"
        yield f"/desk/search/?q={number}"
        yield f"/live-address/?ticket={number}" if number in hidden else f"/desk/search/?q=%23{number}"
    for page in ("owner", "responsible", "queue", "state", "priority", "type", "tags", "fields/serial"):
        yield f"/desk/tickets/{crowd.visible[0].number}/{page}/"
    yield from ("/desk/", "/desk/side/", "/desk/tickets/new/", "/")
    for person in (crowd.dana, crowd.erik):
        yield f"/desk/tickets/new/person/?customer={person.email}"


def parts_of_desk(crowd: Crowd, hidden: list[str], ids: list[int]) -> Iterator[str]:
    rows = urlencode([("r", f"{pk}.3") for pk in [*ids, *(row.pk for row in crowd.visible[:3])]])
    for view in VIEWS:
        yield from (f"/desk/views/{view.key}/", f"/desk/views/{view.key}/news/?{rows}&top=1")
    yield from (f"/desk/queues/{crowd.desk.pk}/news/?{rows}&more=1", f"/desk/queues/{crowd.billing.pk}/news/?{rows}")
    for key in ("view:mine", "view:open", f"queue:{crowd.desk.pk}", f"queue:{crowd.board.pk}"):
        yield f"/desk/side/?here={key}"
    for words in (*WORDS, SECRET, SECRET[:4], "Vault", "Billing", "Desk", ">queue", *hidden[:3]):
        yield f"/desk/palette/?{urlencode({'q': words})}"


def api(crowd: Crowd, hidden: list[str]) -> Iterator[str]:
    tickets = "/api/v1/tickets/"
    yield from (f"/api/v1/{name}/" for name in ("queues", "states", "priorities", "types", "me"))
    yield f"{tickets}?page_size=3"
    for number in [crowd.visible[0].number, *hidden]:
        yield from (
            f"{tickets}{number}/",
            f"{tickets}{number}/articles/?page_size=1",
            f"{tickets}{number}/history/?page_size=2",
        )
        yield f"{tickets}?q={number}"
    for queue in ("Desk", "Board", "Billing", "Vault", "Board::Vault", crowd.billing.pk):
        yield f"{tickets}?queue={queue}"
    for person in (crowd.agent, crowd.colleague, crowd.dana, crowd.erik):
        yield from (
            f"{tickets}?owner={person.pk}",
            f"{tickets}?customer={person.email}",
            f"/api/v1/people/?email={person.email}",
        )
    for tag in ("urgent", "printer", SECRET):
        yield f"{tickets}?tag={tag}&page_size=2"
    for moment in ("2026-03-02T09:05:00Z", "2026-03-02T10:00:00Z"):
        yield from (f"{tickets}?changed_after={moment}&page_size=2", f"{tickets}?created_after={moment}&open=true")


def portal(person: User, hidden: list[str]) -> Iterator[str]:
    yield "/portal/"
    for show in ("open", "solved", "all"):
        yield from (f"/portal/requests/?show={show}", f"/portal/requests/?show={show}&whose=organisation")
    for words in (SECRET, *hidden):
        yield f"/portal/requests/?show=all&q={words}"
    own = Ticket.objects.of_customer(person).order_by("pk")
    for number in [*own.values_list("number", flat=True), *hidden]:
        yield from (f"/portal/requests/{number}/", f"/portal/requests/{number}/?all")
    yield from (f"/live-address/?ticket={number}" for number in hidden)
    yield from ("/portal/new/", "/profile/", "/")


def api_of_customer(person: User, hidden: list[str]) -> Iterator[str]:
    tickets = "/api/v1/tickets/"
    yield from (f"{tickets}?page_size=2", f"{tickets}?open=true", "/api/v1/queues/", f"{tickets}?q={SECRET}")
    yield f"{tickets}?created_after=2026-03-02T10:00:00Z&page_size=2"
    own = Ticket.objects.of_customer(person).order_by("pk")
    for number in [*own.values_list("number", flat=True), *hidden]:
        yield from (
            f"{tickets}{number}/",
            f"{tickets}{number}/articles/",
            f"{tickets}{number}/history/",
            f"{tickets}?q={number}",
        )


def random_searches(path: str, hidden: list[str], **more: str) -> Iterator[str]:
    dice = random.Random(48)
    words = [*WORDS, SECRET, "urgent", "plugged", '"about the"', "or", "X3", "prin", *hidden[:2]]
    for _question in range(QUESTIONS):
        chosen = " ".join(dice.choice(("", "", "-")) + dice.choice(words) for _word in range(dice.randint(1, 3)))
        yield f"{path}?{urlencode({'q': chosen, **more})}"


# ---- answers -------------------------------------------------------------------------------------


def answers(client: Client, questions: Iterator[str], **options) -> dict:
    """Each question with its answer; lists are followed to their end."""
    found: dict = {}
    kind = (client.defaults.get("HTTP_AUTHORIZATION", "")[:6], str(options))
    for question in questions:
        address: str | None = question
        for page in range(8):
            with undone():
                answer = client.get(address, **options)
            found[(*kind, question, page)] = plain(answer)
            address = _next_page(answer, address)
            if address is None:
                break
    return found


def posted(client: Client, crowd: Crowd, hidden: list[str], ids: list[int]) -> dict:
    """Trying to do something with what is hidden says as little."""
    text = {"text": "Hello", "to": "dana@acme.example"}
    tries = [
        (f"/desk/tickets/{number}/{verb}/", text)
        for number in hidden[:3]
        for verb in ("note", "reply", "take", "close")
    ]
    tries += [(f"/desk/tickets/selected/{verb}/", {"ticket": ids}) for verb in ("take", "close")]
    tries.append((f"/desk/tickets/{crowd.visible[0].number}/queue/", {"move": crowd.billing.pk}))
    found = {}
    for path, data in tries:
        with undone():
            found["POST", path] = plain(client.post(path, data, headers=PART))
    return found


def heard(person: User) -> tuple:
    """What the live stream of this person would listen to."""
    channels = live.opened_by(live.desk_token(User.objects.get(pk=person.pk))).channels
    return 200, {}, " ".join(channels).encode()


def plain(answer) -> tuple:
    body = answer.content
    for pattern, kept in VOLATILE:
        body = pattern.sub(kept, body)
    headers = {
        name: VOLATILE[-1][0].sub(rb"\1", value.encode()) for name, value in answer.items() if name != "X-Request-ID"
    }
    return answer.status_code, headers, body


_MORE = re.compile(rb'(?:hx-get|href)="([^"]*[?&](?:amp;)?after=[^"]+)"')


def _next_page(answer, address: str) -> str | None:
    if answer["Content-Type"].startswith("application/json"):
        document = answer.json()
        return document.get("next") if isinstance(document, dict) else None
    link = _MORE.search(answer.content)
    return urljoin(address, link[1].decode().replace("&amp;", "&")) if link else None


def _first_difference(one: tuple, other: tuple | None) -> str:
    if other is None:
        return "is asked only when they are there"
    if one[:2] != other[:2]:
        return f"{one[:2]} and {other[:2]}"
    at = next(
        (n for n, (a, b) in enumerate(zip(one[2], other[2], strict=False)) if a != b), min(len(one[2]), len(other[2]))
    )
    return f"…{one[2][max(0, at - 60) : at + 90]!r}\n  …{other[2][max(0, at - 60) : at + 90]!r}"


def _browser(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def _program(person: User) -> Client:
    _token, secret = issue_token(person, name="robot")
    cache.clear()
    return Client(headers={"Authorization": f"Bearer {secret}"})

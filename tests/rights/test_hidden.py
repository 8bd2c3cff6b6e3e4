"""T48: everything answers byte for byte the same, whether or not there is more than one may see.

`RIGHTS_QUERIES=5000 bin/test tests/rights/test_hidden.py` asks as many random questions (G8).
"""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import ConfigChange, User
from accounts.tokens import issue_token
from mail.models import Outgoing
from tests.rights import crowds
from tests.rights.asking import api, api_of_customer, desk, parts_of_desk, portal, random_searches
from tests.rights.crowds import NOW, SECRET, Crowd
from tests.rights.visits import undone
from tickets.models import Delivery
from web.common import live
from web.setup.urls import urlpatterns

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true"}
# Another one with each request, whatever there is to see.
COUNTED = ("X-Request-ID", "RateLimit-Remaining", "RateLimit-Reset")
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


def test_T48_an_administrator_without_the_right_reads_no_word_of_hidden_tickets(crowd):
    """Mail and work are counted and listed, because the machinery is theirs; what they are about is not."""
    hidden = crowds.hide_from_agent(crowd)
    browser = _browser(crowd.administrator)
    parked = Delivery.objects.filter(event__ticket=hidden[0]).first()
    parked.park()
    parked.save()
    sent = Outgoing.objects.filter(ticket__in=hidden, article__sender="agent").first()
    Outgoing.objects.filter(pk=sent.pk).update(state=Outgoing.State.FAILED, due_at=None)
    assert browser.post(f"/admin/email/outgoing/{sent.pk}/again/").status_code == 302
    pages = [reverse(f"setup:{row.name}") for row in urlpatterns if "<" not in str(row.pattern)]
    pages += [f"/admin/email/outgoing/{sent.pk}/", f"/admin/audit/{ConfigChange.objects.latest('pk').pk}/"]
    for page in pages:
        answer = browser.get(page)
        # back from a provider of mailboxes nobody has gone to, one is sent on
        usual = (302,) if page == reverse("setup:account_connected") else (200, 405)
        assert answer.status_code in usual, page
        assert SECRET not in answer.content.decode(), page
    assert browser.get(f"/admin/email/outgoing/{sent.pk}/raw/").status_code == 404


def assert_same(crowd: Crowd, hide, ask) -> None:
    """Ask with the hidden things there, take them away, ask again."""
    with undone():
        rows = hide(crowd)
        hidden = [row.number for row in rows], [row.pk for row in rows]
        with_them = ask(*hidden)
    without = ask(*hidden)
    assert len(with_them) == len(without)
    assert sum(status == 200 for status, _headers, _body in without.values()) > len(without) / 3
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
        name: VOLATILE[-1][0].sub(rb"\1", value.encode()) for name, value in answer.items() if name not in COUNTED
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

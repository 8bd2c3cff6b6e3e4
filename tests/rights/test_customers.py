"""What customers can never get at, by whatever door they ask: notes, their files, the history, the desk's doings (T44)."""

import pytest
from django.test import Client

from accounts.models import User
from accounts.tokens import issue_token
from tests.factories import TicketFactory
from tests.rights.world import PNG
from tickets.actions.progress import set_priority
from tickets.actions.replying import add_note, hold, reply
from tickets.actions.routing import assign
from tickets.messages import File, Message
from tickets.models import Article, Event, Priority, Ticket
from web.common import live

pytestmark = pytest.mark.django_db
SECRET = "xylophone"


@pytest.fixture
def ticket(world) -> Ticket:
    """With a note, a held message, and their files."""
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    file = File(f"{SECRET}.png", "image/png", PNG)
    add_note(ticket, Message(text=f"The {SECRET} again", subject=SECRET, files=[file]), by=world.bea)
    hold(ticket, Message(text=f"I am Dana, {SECRET}", files=[file]), by=world.dana)
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def dana(world) -> Client:
    """A browser that is also a program: both doors at once."""
    _token, secret = issue_token(world.dana, name="robot")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    client.force_login(world.dana)
    return client


def internal(ticket: Ticket) -> list[Article]:
    return list(ticket.articles.filter(visible_to_customer=False))


def test_T44_notes_are_nowhere(world, ticket, dana):
    number = ticket.number
    pages = ["/portal/", "/portal/requests/?show=all", f"/portal/requests/{number}/", f"/portal/requests/{number}/?all"]
    answers = [f"tickets/{number}/", f"tickets/{number}/articles/", "tickets/", f"tickets/?q={SECRET}"]
    for path in [*pages, *(f"/api/v1/{answer}" for answer in answers)]:
        answer = dana.get(path)
        assert answer.status_code == 200, path
        assert SECRET not in answer.content.decode(), path
    assert dana.get(f"/api/v1/tickets/?q={SECRET}").json()["results"] == []
    assert "Printer hums" not in dana.get(f"/portal/requests/?show=all&q={SECRET}").content.decode()


def test_T44_notes_have_no_address(world, ticket, dana):
    assert len(internal(ticket)) == 2
    for article in internal(ticket):
        file = article.attachments.get()
        for path in (f"/files/{file.uuid}/", f"/files/{file.uuid}/inline/", f"/api/v1/attachments/{file.uuid}/"):
            assert dana.get(path).status_code == 404
        for path in (f"/desk/articles/{article.pk}/original/", f"/desk/articles/{article.pk}/raw/"):
            assert dana.get(path).status_code == 404


def test_T44_there_is_no_history(world, ticket, dana):
    for path in (f"/api/v1/tickets/{ticket.number}/history/", f"/desk/tickets/{ticket.number}/history/"):
        assert dana.get(path).status_code == 404


def test_T44_a_customer_writes_no_note(world, ticket, dana):
    path = f"/api/v1/tickets/{ticket.number}/articles/"
    for sent in ({"channel": "note"}, {"visible_to_customer": False}, {"channel": "email"}, {"sender": "agent"}):
        answer = dana.post(path, {"body": "x", **sent}, content_type="application/json")
        assert answer.status_code == 400
    dana.post(f"/desk/tickets/{ticket.number}/note/", {"text": "x"})
    dana.post(f"/portal/requests/{ticket.number}/answer/", {"text": "x", "channel": "note", "visible": "false"})
    assert list(ticket.articles.filter(body="x").values_list("channel", "visible_to_customer")) == [("web", True)]


def test_T44_the_version_counts_notes_so_customers_cannot_try_it(world, ticket, dana):
    """`If-Match` would tell whether the ticket has got so far."""
    for body in ({"title": "x"}, {}, []):
        for version in (1, ticket.version, ticket.version + 1):
            headers = {"If-Match": f'"{version}"'}
            answer = dana.patch(f"/api/v1/tickets/{ticket.number}/", body, "application/json", headers=headers)
            assert answer.status_code == 403
    assert "ETag" not in dana.get(f"/api/v1/tickets/{ticket.number}/")


def test_T44_live_hints_say_nothing_of_what_the_desk_does(world, ticket, published):
    """A customer who listens would hear when agents talk about him."""
    add_note(ticket, Message(text="x"), by=world.bea)
    assign(ticket, world.bea, by=world.bea)
    set_priority(ticket, Priority.objects.get(level=5), by=world.bea)
    assert published(ticket, world.dana) == []
    reply(ticket, Message(text="Try again"), by=world.bea)
    assert published(ticket, world.dana)[-1] == f"ticket {ticket.number}"


@pytest.fixture
def published(monkeypatch):
    """`published(ticket, person)`: the hints of all events of the ticket that this person's stream would pass on."""

    class Wire:
        def __init__(self) -> None:
            self.sent: list[tuple[str, str]] = []

        def pipeline(self, **_options) -> "Wire":
            return self

        def publish(self, channel: str, hint: str) -> None:
            self.sent.append((channel, hint))

        def execute(self) -> None:
            pass

    def hints(ticket: Ticket, person: User) -> list[str]:
        wire = Wire()
        monkeypatch.setattr(live, "_redis", lambda: wire)
        started = Event.objects.filter(ticket=ticket).earliest("pk")
        for event in Event.objects.filter(ticket=ticket).exclude(pk=started.pk).exclude(article__sender="system"):
            live.announce(event)
        heard = {f"live.{channel}" for channel in live.opened_by(live.request_token(person, ticket)).channels}
        return [hint for channel, hint in wire.sent if channel in heard]

    return hints

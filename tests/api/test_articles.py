"""Articles: reading them, and answering, noting, logging through the interface."""

import base64

import pytest

from mail.models import Address, Outgoing
from tests.factories import TicketFactory, role
from tickets.actions.progress import set_state
from tickets.actions.replying import add_note, log_contact
from tickets.messages import File, Message
from tickets.models import Article, Attachment, State
from tickets.models.queue import FollowUp
from tickets.rights import grant

LOG = {"name": "log.txt", "content_type": "text/plain", "content": base64.b64encode(b"Error 17").decode()}


@pytest.fixture
def path(ticket) -> str:
    return f"tickets/{ticket.number}/articles/"


def test_an_article_is_shown_with_all_its_parts(world, bea, ticket, path):
    sent = {"channel": "note", "subject": "Look", "body": "The log.", "attachments": [LOG]}
    answer = bea.post(path, sent)
    assert answer.status_code == 201
    article = ticket.articles.latest("id")
    file = article.attachments.get()
    assert answer.json() == {
        "id": article.pk,
        "ticket": ticket.number,
        "channel": "note",
        "sender": "agent",
        "author": {"id": world.bea.pk, "name": "Bea Costa"},
        "visible_to_customer": False,
        "to": [],
        "cc": [],
        "subject": "Look",
        "body": "The log.",
        "html": "",
        "created_at": article.created_at.isoformat().replace("+00:00", "Z"),
        "send_at": None,
        "attachments": [
            {
                "id": str(file.uuid),
                "name": "log.txt",
                "content_type": "text/plain",
                "size": 8,
                "is_inline": False,
                "content_id": "",
                "scan": "unchecked",
                "url": f"http://testserver/api/v1/attachments/{file.uuid}/",
            }
        ],
    }
    shown = bea.get(path).json()
    assert shown["next"] is None
    assert shown["results"][-1] == answer.json()
    assert [entry["sender"] for entry in shown["results"]][0] == "customer"
    event = ticket.events.latest("id")
    assert (event.kind, event.article, event.cause_kind) == ("article.added", article, "token")


def test_email_is_sent_to_the_customer_and_opens_the_ticket(world, bea, ticket, path):
    before = set(Outgoing.objects.values_list("pk", flat=True))
    shown = bea.post(path, {"channel": "email", "body": "We are on it."}).json()
    assert (shown["visible_to_customer"], shown["to"]) == (
        True,
        [{"name": "Dana Miller", "address": "dana@acme.example"}],
    )
    outgoing = Outgoing.objects.exclude(pk__in=before).get()
    assert (outgoing.article_id, [r["address"] for r in outgoing.recipients]) == (shown["id"], ["dana@acme.example"])
    ticket.refresh_from_db()
    assert ticket.state.name == "open"


def test_email_goes_to_whom_it_names(bea, path):
    people = {"to": ["erik@globex.example"], "cc": [{"name": "IT", "address": "it@acme.example"}]}
    shown = bea.post(path, {"channel": "email", "body": "x", **people}).json()
    assert shown["to"] == [{"name": "", "address": "erik@globex.example"}]
    assert shown["cc"] == [{"name": "IT", "address": "it@acme.example"}]
    recipients = Outgoing.objects.get(article=shown["id"]).recipients
    assert [r["address"] for r in recipients] == ["erik@globex.example", "it@acme.example"]


@pytest.mark.parametrize(
    ("sent", "visible"),
    [
        ({"channel": "phone"}, True),
        ({"channel": "phone", "visible_to_customer": False}, False),
        ({"channel": "web"}, True),
    ],
)
def test_what_was_said_elsewhere_is_written_down_and_not_sent(bea, ticket, path, sent, visible):
    before = Outgoing.objects.count()
    shown = bea.post(path, {"body": "He called.", **sent}).json()
    assert (shown["channel"], shown["sender"], shown["visible_to_customer"]) == (sent["channel"], "agent", visible)
    assert Outgoing.objects.count() == before


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "channel"),
        ({"channel": "sms"}, "channel"),
        ({"channel": "note", "body": " "}, "body"),
        ({"channel": "note", "body": "a\0b"}, "body"),
        ({"channel": "note", "body": ["x"]}, "body"),
        ({"channel": "note", "visible_to_customer": True}, "visible_to_customer"),
        ({"channel": "email", "visible_to_customer": False}, "visible_to_customer"),
        ({"channel": "phone", "visible_to_customer": "yes"}, "visible_to_customer"),
        ({"channel": "note", "cc": ["a@b.example"]}, "cc"),
        ({"channel": "email", "to": ["nobody"]}, "to.0.address"),
        ({"channel": "email", "to": ["a@b.example\r\nBcc: c@d.example"]}, "to.0.address"),
        ({"channel": "email", "to": [{"name": "x"}]}, "to.0.address"),
        ({"channel": "email", "to": [{"address": "a@b.example", "role": "x"}]}, "to.0.role"),
        ({"channel": "email", "to": [5]}, "to.0.address"),
        ({"channel": "email", "to": ["a@b.example"] * 51}, "to"),
        ({"channel": "email", "bcc": ["a@b.example"]}, "bcc"),
        ({"channel": "note", "subject": "x" * 501}, "subject"),
        ({"channel": "note", "attachments": "x"}, "attachments"),
        ({"channel": "note", "attachments": [{"content": "YQ=="}]}, "attachments.0.name"),
        ({"channel": "note", "attachments": [{"name": "a", "content": "YQ="}]}, "attachments.0.content"),
        ({"channel": "note", "attachments": [{"name": "a", "content": 7}]}, "attachments.0.content"),
        ({"channel": "note", "attachments": [{"name": "a", "content": ""}] * 51}, "attachments"),
        ({"channel": "note", "sender": "customer"}, "sender"),
        ({"channel": "note", "author": 1}, "author"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(bea, path, sent, field):
    before = Article.objects.count()
    answer = bea.post(path, {"body": "x", **sent})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert Article.objects.count() == before


def test_base64_may_be_broken_into_lines_and_names_are_cleaned(bea, path):
    file = {"name": "../../etc/pass\u202ewd", "content": "RXJy\r\nb3Ig\nMTc="}
    shown = bea.post(path, {"channel": "note", "body": "x", "attachments": [file]}).json()["attachments"][0]
    assert (shown["name"], shown["size"], shown["content_type"]) == ("passwd", 8, "application/octet-stream")


def test_files_that_are_too_large_together_are_refused(bea, path, monkeypatch):
    monkeypatch.setattr("api.v1.forms.LARGEST_FILES", 10)
    answer = bea.post(path, {"channel": "note", "body": "x", "attachments": [LOG, LOG]})
    assert list(answer.json()["errors"]) == ["attachments"]
    assert bea.post(path, {"channel": "note", "body": "x", "attachments": [LOG]}).status_code == 201


@pytest.mark.parametrize(
    ("right", "allowed"),
    [("read", []), ("note", ["note"]), ("owner", []), ("write", ["note", "phone", "web", "email"])],
)
def test_notes_need_less_than_answers(world, program, right, allowed):
    ticket = TicketFactory(queue=world.billing, customer=world.dana)
    grant(role("Guests", world.carlos), world.billing, right)
    carlos = program(world.carlos)
    done = {
        channel: carlos.post(f"tickets/{ticket.number}/articles/", {"channel": channel, "body": "x"}).status_code
        for channel in ("note", "phone", "web", "email")
    }
    assert done == {channel: 201 if channel in allowed else 403 for channel in done}


def test_customers_read_what_is_public_and_no_history(world, program, ticket, path):
    add_note(ticket, Message(text="Internal", files=[File("secret.txt", "text/plain", b"s")]), by=world.bea)
    log_contact(ticket, Message(text="Hello"), channel="web", visible=True, by=world.bea)
    dana = program(world.dana)
    assert ticket.articles.filter(sender="system").exists()
    shown = dana.get(path).json()["results"]
    assert [(entry["sender"], entry["author"]["name"]) for entry in shown] == [
        ("customer", "Dana Miller"),
        ("agent", "Bea"),
    ]
    assert dana.get(f"tickets/{ticket.number}/history/").status_code == 404
    secret = Attachment.objects.get(name="secret.txt")
    assert dana.get(f"attachments/{secret.uuid}/").status_code == 404


def test_a_customer_answers_through_the_web_and_the_ticket_reopens(world, program, ticket, path):
    set_state(ticket, State.objects.get(name="closed successful"), by=world.bea)
    answer = program(world.dana).post(path, {"body": "Not yet.", "attachments": [LOG]})
    shown = answer.json()
    assert (answer.status_code, shown["sender"], shown["channel"]) == (201, "customer", "web")
    assert (shown["author"]["name"], shown["visible_to_customer"]) == ("Dana Miller", True)
    ticket.refresh_from_db()
    assert ticket.is_open


def test_a_customers_message_may_lead_to_a_new_ticket(world, program, ticket, path):
    world.support.follow_up = FollowUp.NEW
    world.support.save()
    set_state(ticket, State.objects.get(name="closed successful"), by=world.bea)
    shown = program(world.dana).post(path, {"body": "Again."}).json()
    assert shown["ticket"] != ticket.number
    assert program(world.dana).get(f"tickets/{shown['ticket']}/").status_code == 200


@pytest.mark.parametrize(
    "sent", [{"channel": "note"}, {"channel": "email"}, {"visible_to_customer": False}, {"to": []}]
)
def test_a_customer_does_nothing_else(world, program, path, sent):
    assert program(world.dana).post(path, {"body": "x", **sent}).status_code == 400


def test_strangers_say_nothing(world, program, path):
    assert program(world.erik).post(path, {"body": "x"}).status_code == 404


def test_files_are_downloaded_by_whoever_may_read_the_article(world, program, bea, path):
    picture = {"name": "evil.html", "content_type": "text/html", "content": "PGI+"}
    shown = bea.post(path, {"channel": "web", "body": "x", "attachments": [picture]}).json()
    url = shown["attachments"][0]["url"]
    for person in (world.bea, world.dana):
        answer = program(person).get(url, headers={"Accept": "image/png"})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
        assert answer["Content-Disposition"] == 'attachment; filename="evil.html"'
        assert len(answer["X-Send-Blob"]) == 64
    stranger, missing = program(world.erik).get(url), program(world.erik).get(url.replace(url[-8:-1], "0000000"))
    assert (stranger.status_code, stranger.content) == (404, missing.content)


def test_the_cost_of_articles_does_not_grow_with_their_number(world, bea, ticket, path, queries):
    bea.get("me/")
    costs = []
    for _round in range(2):
        for _n in range(5):
            add_note(ticket, Message(text="x", files=[File("a.txt", "text/plain", b"a")]), by=world.bea)
        with queries() as counted:
            assert bea.get(path).status_code == 200
        costs.append(len(counted))
    assert costs[0] == costs[1] <= 7


def test_an_email_with_no_address_to_send_from_is_refused_and_changes_nothing(world, bea, ticket, path):
    Address.objects.update(is_active=False)
    before = ticket.articles.count(), ticket.events.count()
    sent = {"channel": "email", "body": "Try again."}
    for _time in range(2):
        answer = bea.post(path, sent, headers={"Idempotency-Key": "once"})
        assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
        assert answer.json()["detail"] == "This email cannot be sent, because no address is set up to send from."
    assert (ticket.articles.count(), ticket.events.count()) == before
    Address.objects.update(is_active=True)
    assert bea.post(path, sent, headers={"Idempotency-Key": "once"}).status_code == 201

"""POST tickets/: a new ticket and its first message."""

import pytest

from accounts.models import ApiToken, User
from mail.models import Address, Outgoing
from tests.factories import role
from tickets.models import Article, FieldDefinition, Ticket
from tickets.rights import grant

REQUEST = {"title": "Disk full", "queue": "Support", "customer": "dana@acme.example", "body": "Nothing can be saved."}


def test_a_ticket_is_opened_with_the_least_that_is_needed(world, bea):
    answer = bea.post("tickets/", REQUEST)
    assert answer.status_code == 201
    shown = answer.json()
    ticket = Ticket.objects.get(number=shown["number"])
    assert answer["Location"].endswith(f"/api/v1/tickets/{ticket.number}/")
    assert answer["ETag"] == f'"{ticket.version}"'
    assert shown["queue"] == {"id": world.support.pk, "name": "Support"}
    assert shown["state"]["name"] == "new"
    assert shown["priority"]["name"] == "3 normal"
    assert shown["customer"] == {"id": world.dana.pk, "name": "Dana Miller", "email": "dana@acme.example"}
    assert shown["organisation"] == {"id": world.acme.pk, "name": "Acme"}
    assert shown["owner"] is None
    article = ticket.articles.get(sender="customer")
    assert (article.channel, article.author, article.visible_to_customer) == ("web", world.bea, True)
    assert article.sent_from == {"name": "Dana Miller", "address": "dana@acme.example"}
    created = ticket.events.get(kind="ticket.created")
    assert (created.actor, created.cause_kind, created.cause_reference) == (
        world.bea,
        "token",
        str(ApiToken.objects.get()),
    )


def test_related_things_are_written_by_name_or_id(world, bea):
    FieldDefinition.objects.create(key="colour", label="Colour", kind="text")
    chosen = {"priority": "4 high", "type": "Incident", "owner": "carlos@demo.example", "tags": ["disk", "disk", " b "]}
    wanted = {**REQUEST, **chosen, "queue": "Support::Hardware", "custom_fields": {"colour": "red"}}
    shown = bea.post("tickets/", wanted).json()
    assert shown["queue"] == {"id": world.hardware.pk, "name": "Support::Hardware"}
    assert (shown["priority"]["name"], shown["type"]["name"]) == ("4 high", "Incident")
    assert shown["owner"]["email"] == "carlos@demo.example"
    assert shown["tags"] == ["b", "disk"]
    assert shown["custom_fields"] == {"colour": "red"}
    ids = {name: shown[name]["id"] for name in ("queue", "priority", "type", "owner", "customer")}
    again = bea.post("tickets/", {**wanted, **ids}).json()
    assert {name: again[name] for name in ids} == {name: shown[name] for name in ids}
    assert bea.post("tickets/", {**REQUEST, "queue": "Hardware"}).json()["queue"]["id"] == world.hardware.pk


def test_an_unknown_address_makes_a_customer_as_a_mail_would(world, bea):
    shown = bea.post("tickets/", {**REQUEST, "customer": "New@Somewhere.example"}).json()
    person = User.objects.get(pk=shown["customer"]["id"])
    assert (person.email, person.is_customer, person.is_agent) == ("new@somewhere.example", True, False)


@pytest.mark.parametrize(
    ("channel", "sender", "visible", "mails"),
    [
        ("web", "customer", True, 1),
        ("phone", "customer", True, 0),
        ("email", "agent", True, 1),
        ("note", "agent", False, 0),
    ],
)
def test_the_channel_says_whose_words_they_are(world, bea, channel, sender, visible, mails):
    """A request through the web gets a receipt, a mail of ours goes out; calls and notes send nothing."""
    number = bea.post("tickets/", {**REQUEST, "channel": channel}).json()["number"]
    article = Article.objects.filter(ticket__number=number).earliest("id")
    assert (article.sender, article.visible_to_customer) == (sender, visible)
    sent = [r["address"] for o in Outgoing.objects.filter(ticket__number=number) for r in o.recipients]
    assert sent == ["dana@acme.example"] * mails


def test_where_one_may_not_create_is_as_where_nothing_is(world, program):
    carlos = program(world.carlos)
    answers = [
        carlos.post("tickets/", {**REQUEST, "queue": q}) for q in ("Billing", world.billing.pk, "Nowhere", 987654)
    ]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert list(answers[0].json()["errors"]) == ["queue"]
    assert not Ticket.objects.exists()


def test_creating_needs_no_right_to_read(world, program):
    grant(role("Counter", world.carlos), world.billing, "create")
    carlos = program(world.carlos)
    number = carlos.post("tickets/", {**REQUEST, "queue": "Billing"}).json()["number"]
    assert carlos.get(f"tickets/{number}/").status_code == 404


def test_an_owner_must_be_able_to_see_the_queue(world, bea):
    answer = bea.post("tickets/", {**REQUEST, "queue": "Billing", "owner": "carlos@demo.example"})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["owner"])
    for stranger in ("dana@acme.example", "nobody@demo.example", 0, -1, 10**30, True, [], {"id": 1}):
        assert "owner" in bea.post("tickets/", {**REQUEST, "owner": stranger}).json()["errors"]
    assert not Ticket.objects.exists()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "  "}, "title"),
        ({"title": 5}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "a\ud800b"}, "title"),
        ({"body": ""}, "body"),
        ({"body": None}, "body"),
        ({"queue": None}, "queue"),
        ({"queue": True}, "queue"),
        ({"queue": {"id": 1}}, "queue"),
        ({"customer": "no address"}, "customer"),
        ({"customer": "system:mail"}, "customer"),
        ({"customer": "a\r\nBcc: x@y.example"}, "customer"),
        ({"customer": f"{'x' * 250}@y.example"}, "customer"),
        ({"customer": None}, "customer"),
        ({"priority": "urgent"}, "priority"),
        ({"type": 10**19}, "type"),
        ({"channel": "fax"}, "channel"),
        ({"channel": ["web"]}, "channel"),
        ({"channel": "api"}, "channel"),
        ({"tags": "disk"}, "tags"),
        ({"tags": ["x" * 51]}, "tags.0"),
        ({"tags": [["x"]]}, "tags.0"),
        ({"tags": ["x"] * 51}, "tags"),
        ({"custom_fields": []}, "custom_fields"),
        ({"custom_fields": {"unknown": 1}}, "custom_fields.unknown"),
        ({"custom_fields": {"a\0b": 1}}, "custom_fields.ab"),
        ({"attachments": [{"name": "a", "content": "%%%"}]}, "attachments.0.content"),
        ({"attachments": [{"name": "a", "content": "YQ==", "path": "/etc"}]}, "attachments.0.path"),
        ({"number": "1"}, "number"),
        ({"state": "open"}, "state"),
        ({"is_staff": True}, "is_staff"),
    ],
)
def test_T47_what_does_not_fit_is_refused_by_field_and_nothing_is_stored(world, bea, change, field):
    answer = bea.post("tickets/", {**REQUEST, "customer": "new@people.example", **change})
    assert answer.status_code == 400, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == [field]
    assert not Ticket.objects.exists()
    assert not User.objects.filter(email="new@people.example").exists()


def test_customers_open_requests_in_the_portal(world, program):
    answer = program(world.dana).post("tickets/", REQUEST)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["queue"])


def test_html_is_cleaned(world, bea):
    html = '<p onclick="x()">Hello <script>alert(1)</script><b>you</b></p>'
    number = bea.post("tickets/", {**REQUEST, "html": html}).json()["number"]
    article = bea.get(f"tickets/{number}/articles/").json()["results"][0]
    assert (article["html"], article["body"]) == ("<p>Hello <b>you</b></p>", "Nothing can be saved.")


def test_an_email_with_no_address_to_send_from_is_refused_and_makes_nobody(world, bea):
    Address.objects.all().delete()
    answer = bea.post("tickets/", {**REQUEST, "channel": "email", "customer": "new@people.example"})
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    assert "no address is set up to send from" in answer.json()["detail"]
    assert not Ticket.objects.exists()
    assert not User.objects.filter(email="new@people.example").exists()

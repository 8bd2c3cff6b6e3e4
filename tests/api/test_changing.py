"""PATCH tickets/NUMBER/: every field its verb, all or nothing, by right, and not over somebody else's change."""

import pytest

from accounts.models import ApiToken
from tests.factories import CustomerFactory, TicketFactory, role
from tickets.actions.fields import set_tags, set_title
from tickets.actions.progress import set_state
from tickets.models import Event, FieldDefinition, State, Ticket
from tickets.rights import grant

FUTURE = "2034-03-01T09:00:00Z"


@pytest.fixture
def path(ticket) -> str:
    return f"tickets/{ticket.number}/"


def kinds(ticket: Ticket) -> list[str]:
    return list(ticket.events.order_by("id").values_list("kind", flat=True))[1:]


def test_every_field_changes_by_its_verb_in_one_request(world, bea, ticket, path):
    FieldDefinition.objects.create(key="room", label="Room", kind="text")
    before = len(kinds(ticket))
    answer = bea.patch(
        path,
        {
            "title": "Printer smokes",
            "queue": "Support::Hardware",
            "state": "pending reminder",
            "pending_until": FUTURE,
            "priority": "5 very high",
            "type": "Incident",
            "owner": "carlos@demo.example",
            "responsible": world.bea.pk,
            "customer": "erik@globex.example",
            "tags": ["smoke", "fire"],
            "custom_fields": {"room": "B12"},
        },
    )
    assert answer.status_code == 200, answer.content
    shown = answer.json()
    assert shown["title"] == "Printer smokes"
    assert shown["queue"]["name"] == "Support::Hardware"
    assert (shown["state"]["name"], shown["pending_until"]) == ("pending reminder", FUTURE)
    assert (shown["priority"]["name"], shown["type"]["name"]) == ("5 very high", "Incident")
    assert (shown["owner"]["name"], shown["responsible"]["name"]) == ("Carlos Díaz", "Bea Costa")
    assert (shown["customer"]["name"], shown["organisation"]["name"]) == ("Erik Olsen", "Globex")
    assert (shown["tags"], shown["custom_fields"]) == (["fire", "smoke"], {"room": "B12"})
    assert kinds(ticket)[before:] == [
        "title.changed",
        "type.changed",
        "customer.changed",
        "tags.changed",
        "priority.changed",
        "queue.changed",
        "fields.changed",
        "owner.changed",
        "responsible.changed",
        "state.changed",
    ]
    causes = set(ticket.events.filter(version__gt=ticket.version).values_list("cause_kind", "cause_reference", "actor"))
    assert causes == {("token", str(ApiToken.objects.get()), world.bea.pk)}
    assert answer["ETag"] == f'"{ticket.version + 10}"'
    assert answer.json() == bea.get(path).json()


def test_what_is_the_same_changes_nothing(world, bea, ticket, path):
    before = Event.objects.count()
    answer = bea.patch(path, {"title": ticket.title, "queue": "Support", "state": "new", "owner": None, "tags": []})
    assert (answer.status_code, answer["ETag"]) == (200, f'"{ticket.version}"')
    assert bea.patch(path, {}).status_code == 200
    assert Event.objects.count() == before


def test_a_field_of_other_queues_is_refused_and_of_the_new_queue_taken(world, bea, ticket, path):
    FieldDefinition.objects.create(key="invoice", label="Invoice", kind="text").queues.add(world.billing)
    refused = bea.patch(path, {"custom_fields": {"invoice": "2209"}})
    assert refused.status_code == 400
    assert refused.json()["errors"] == {
        "custom_fields.invoice": ["Tickets of this queue and type do not have this field."]
    }
    moved = bea.patch(path, {"queue": "Billing", "custom_fields": {"invoice": "2209"}})
    assert moved.json()["custom_fields"] == {"invoice": "2209"}


def test_null_takes_owner_and_custom_fields_away(world, bea, ticket, path):
    FieldDefinition.objects.create(key="room", label="Room", kind="text")
    bea.patch(path, {"owner": "bea@demo.example", "custom_fields": {"room": "B12"}})
    shown = bea.patch(path, {"owner": None, "custom_fields": {"room": None}}).json()
    assert (shown["owner"], shown["custom_fields"]) == (None, {})


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"id": 1}, "id"),
        ({"number": "7"}, "number"),
        ({"created_at": FUTURE}, "created_at"),
        ({"is_staff": True}, "is_staff"),
        ({"permissions": ["write"]}, "permissions"),
        ({"version": 1}, "version"),
        ({"body": "x"}, "body"),
        ({"a\ud800": 1}, "a\ufffd"),
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"queue": "Nowhere"}, "queue"),
        ({"queue": None}, "queue"),
        ({"state": "merged"}, "state"),
        ({"state": "removed"}, "state"),
        ({"state": "pending reminder"}, "pending_until"),
        ({"pending_until": FUTURE}, "pending_until"),
        ({"state": "open", "pending_until": FUTURE}, "pending_until"),
        ({"state": "pending reminder", "pending_until": "2001-01-01T00:00:00Z"}, "pending_until"),
        ({"state": "pending reminder", "pending_until": "9999-12-31T23:59:59Z"}, "pending_until"),
        ({"state": "pending reminder", "pending_until": "9999-12-31T23:59:59-12:00"}, "pending_until"),
        ({"state": "pending reminder", "pending_until": 5}, "pending_until"),
        ({"owner": "dana@acme.example"}, "owner"),
        ({"responsible": "nobody@demo.example"}, "responsible"),
        ({"customer": None}, "customer"),
        ({"tags": {"a": "b"}}, "tags"),
        ({"custom_fields": {"unknown": "x"}}, "custom_fields.unknown"),
    ],
)
def test_T47_what_does_not_fit_is_refused_and_nothing_is_stored(world, bea, ticket, path, sent, field):
    before = bea.get(path).content
    answer = bea.patch(path, {"title": "Changed", "priority": "1 very low", **sent})
    assert answer.status_code == 400, answer.content
    assert list(answer.json()["errors"]) == [field]
    assert bea.get(path).content == before


def test_a_change_that_fails_late_undoes_the_early_ones(world, bea, ticket, path):
    """Custom fields are checked by their verb, after the title has already been set."""
    before = Event.objects.count()
    FieldDefinition.objects.create(key="number", label="Number", kind="number")
    answer = bea.patch(path, {"title": "Changed", "custom_fields": {"number": "many"}})
    assert answer.json()["errors"] == {"custom_fields.number": ["Enter a number."]}
    ticket.refresh_from_db()
    assert (ticket.title, Event.objects.count()) == ("Printer hums", before)


@pytest.mark.parametrize(
    ("rights", "sent", "status"),
    [
        (["read"], {"title": "x"}, 403),
        (["read"], {"owner": None}, 403),
        (["read"], {"priority": "1 very low"}, 403),
        (["owner"], {"owner": "carlos@demo.example"}, 200),
        (["owner"], {"responsible": "bea@demo.example"}, 200),
        (["owner"], {"owner": "carlos@demo.example", "title": "x"}, 403),
        (["priority"], {"priority": "1 very low"}, 200),
        (["priority"], {"state": "open"}, 403),
        (["note", "move_into"], {"queue": "Billing"}, 403),
        (["write"], {"title": "x", "owner": None, "priority": "1 very low", "state": "open"}, 200),
        (["create"], {"title": "x"}, 404),
        ([], {"title": "x"}, 404),
    ],
)
def test_each_field_needs_its_right(world, program, rights, sent, status):
    ticket = TicketFactory(queue=world.billing, customer=world.dana)
    grant(role("Guests", world.carlos), world.billing, *rights)
    before = Event.objects.count()
    answer = program(world.carlos).patch(f"tickets/{ticket.number}/", sent)
    assert answer.status_code == status, answer.content
    assert (Event.objects.count() > before) == (status == 200)


def test_T45_the_target_queue_needs_its_own_right(world, program, ticket, path):
    carlos = program(world.carlos)
    assert list(carlos.patch(path, {"queue": "Billing"}).json()["errors"]) == ["queue"]
    grant(role("Movers", world.carlos), world.billing, "move_into")
    assert carlos.patch(path, {"queue": "Billing"}).status_code == 200
    assert carlos.get(path).status_code == 404


def test_the_owner_must_be_able_to_see_the_queue_it_goes_to(world, bea, path):
    answer = bea.patch(path, {"queue": "Billing", "owner": "carlos@demo.example"})
    assert list(answer.json()["errors"]) == ["owner"]
    assert bea.patch(path, {"queue": "Billing", "owner": "bea@demo.example"}).status_code == 200


def test_customers_change_nothing(world, program, path):
    answer = program(world.dana).patch(path, {"title": "Mine"})
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_the_version_somebody_saw_counts_for_the_same_field_only(world, bea, ticket, path):
    seen = f'"{ticket.version}"'
    set_title(ticket, "Renamed meanwhile", by=world.carlos)
    assert bea.patch(path, {"priority": "1 very low", "tags": ["a"]}, headers={"If-Match": seen}).status_code == 200
    refused = bea.patch(path, {"tags": ["b"], "title": "Mine"}, headers={"If-Match": seen})
    assert (refused.status_code, refused.json()["title"]) == (412, "Precondition Failed")
    ticket.refresh_from_db()
    assert (ticket.title, ticket.tags) == ("Renamed meanwhile", ["a"])
    now = bea.get(path)["ETag"]
    assert bea.patch(path, {"title": "Mine"}, headers={"If-Match": now}).status_code == 200


@pytest.mark.parametrize(
    ("header", "status"),
    [("*", 200), ("{now}", 200), ("W/{now}", 200), ('"0", {now}', 200), ('"999999"', 412), ("abc", 412), ('"x"', 412)],
)
def test_if_match_is_read_as_http_means_it(world, bea, ticket, path, header, status):
    sent = header.format(now=f'"{ticket.version}"')
    assert bea.patch(path, {"title": "Mine"}, headers={"If-Match": sent}).status_code == status


def test_a_state_takes_the_ticket_along(world, bea, ticket, path):
    assert bea.patch(path, {"state": "closed successful"}).json()["is_open"] is False
    shown = bea.patch(path, {"state": "open"}).json()
    assert (shown["is_open"], shown["closed_at"]) == (True, None)
    assert kinds(ticket)[-2:] == ["ticket.closed", "ticket.reopened"]


def test_a_waiting_ticket_may_wait_longer(world, bea, ticket, path):
    set_state(ticket, State.objects.get(name="open"), by=world.bea)
    bea.patch(path, {"state": "pending reminder", "pending_until": FUTURE})
    later = "2035-01-01T00:00:00Z"
    shown = bea.patch(path, {"pending_until": later}).json()
    assert (shown["state"]["name"], shown["pending_until"]) == ("pending reminder", later)


def test_a_new_customer_comes_with_the_address(world, bea, path):
    assert bea.patch(path, {"customer": "fresh@people.example"}).json()["customer"]["email"] == "fresh@people.example"
    assert bea.patch(path, {"customer": CustomerFactory().pk}).status_code == 200


def test_tags_compare_by_what_was_seen(world, bea, ticket, path):
    seen = f'"{ticket.version}"'
    set_tags(ticket, ["urgent"], by=world.carlos)
    assert bea.patch(path, {"tags": ["late"]}, headers={"If-Match": seen}).status_code == 412

"""Fields nobody offered: named in a request, they are refused or pass by, and nothing of them is stored (T47)."""

import pytest
from django.forms.models import model_to_dict
from django.test import Client

from accounts.models import User
from accounts.tokens import issue_token
from tests.factories import TicketFactory
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

FOREIGN = {
    "id": 1,
    "pk": 1,
    "number": "1",
    "version": 99,
    "created_at": "2020-01-01T00:00:00Z",
    "changed_at": "2020-01-01T00:00:00Z",
    "closed_at": "2020-01-01T00:00:00Z",
    "organisation": 1,
    "merged_into": 1,
    "is_staff": True,
    "is_superuser": True,
    "permissions": ["write"],
    "chain": "0",
    "preview": "x",
    "customer__is_administrator": True,
}
MARKS = {
    "is_agent": "on",
    "is_administrator": "on",
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "groups": "1",
    "roles": "1",
    "email": "root@demo.example",
    "password": "x",
    "system_key": "mail",
    "time_zone": "UTC",
    "theme": "dark",
}


@pytest.fixture
def ticket(world) -> Ticket:
    return TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")


@pytest.fixture
def robot(world) -> Client:
    _token, secret = issue_token(world.bea, name="robot")
    return Client(headers={"Authorization": f"Bearer {secret}"})


@pytest.mark.parametrize("name", FOREIGN)
def test_T47_a_program_is_told_and_nothing_changes(world, robot, ticket, name):
    path = f"/api/v1/tickets/{ticket.number}/"
    before = model_to_dict(Ticket.objects.get(pk=ticket.pk))
    answer = robot.patch(path, {name: FOREIGN[name], "title": "Another"}, "application/json")
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [name])
    opening = {"title": "New", "queue": "Support", "customer": "dana@acme.example", "body": "x", name: FOREIGN[name]}
    if name not in ("priority", "type", "owner"):
        assert robot.post("/api/v1/tickets/", opening, "application/json").status_code == 400
    article = {"body": "x", "channel": "note", name: FOREIGN[name]}
    assert robot.post(f"{path}articles/", article, "application/json").status_code == 400
    assert model_to_dict(Ticket.objects.get(pk=ticket.pk)) == before
    assert Ticket.objects.count() == 1
    assert ticket.articles.filter(body="x").count() == 0


@pytest.mark.parametrize("who", ["dana", "bea"])
def test_T47_a_profile_keeps_what_it_offers(world, signed_in, who):
    person = getattr(world, who)
    before = User.objects.get(pk=person.pk)
    roles = list(person.groups.values_list("pk", flat=True))
    answer = signed_in(person).post("/profile/", {"name": "New Name", "language": "", **MARKS})
    assert answer.status_code == 302
    after = User.objects.get(pk=person.pk)
    assert after.name == "New Name"
    for field in User._meta.concrete_fields:
        if field.name not in ("name", "language", "time_zone", "theme", "last_login"):
            assert getattr(after, field.attname) == getattr(before, field.attname), field.name
    assert list(after.groups.values_list("pk", flat=True)) == roles


def test_T47_a_request_is_what_the_portal_makes_it(world, signed_in):
    """Queue, priority, owner and whose it is are not the customer's to say."""
    foreign = {
        "queue": world.billing.pk,
        "customer": world.erik.pk,
        "owner": world.bea.pk,
        "priority": 5,
        "state": 6,
        "channel": "note",
        "organisation": world.erik.memberships.get().organisation_id,
        "tags": "vip",
        "number": "1",
    }
    answer = signed_in(world.dana).post("/portal/new/", {"subject": "Help", "text": "It hums.", **foreign})
    assert answer.status_code == 302
    ticket = Ticket.objects.get()
    assert (ticket.queue, ticket.customer, ticket.organisation) == (world.support, world.dana, world.acme)
    assert (ticket.owner, ticket.priority.level, ticket.state.type, ticket.tags) == (None, 3, "new", [])


def test_T47_a_form_of_the_desk_changes_its_own_property(world, signed_in, ticket):
    """With the right to say who has a ticket comes no other, whatever the form carries."""
    foreign = {
        "title": "x",
        "queue": world.billing.pk,
        "move": world.billing.pk,
        "state": 6,
        "priority": 5,
        "tags": "x",
    }
    answer = signed_in(world.bea).post(f"/desk/tickets/{ticket.number}/owner/", {"owner": world.bea.pk, **foreign})
    assert answer.status_code == 302
    after = Ticket.objects.get(pk=ticket.pk)
    assert after.owner == world.bea
    kept = ("title", "queue_id", "state_id", "priority_id", "tags", "customer_id")
    assert [getattr(after, name) for name in kept] == [getattr(ticket, name) for name in kept]

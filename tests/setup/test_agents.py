"""Agents: how much they have, what becomes of it when they leave, signing out everywhere."""

import pytest
from django.urls import reverse

from accounts.models import ConfigChange
from accounts.tokens import issue_token, token_for
from tests.factories import AgentFactory, TicketFactory
from tickets.actions.routing import assign, lock, make_responsible
from tickets.chores import run_chore
from tickets.models import Chore, Event, Ticket


@pytest.fixture
def tickets(world) -> dict[str, Ticket]:
    """Bea's: one that Carlos may see, one that he may not, and one that she answers for."""
    made = {
        "support": TicketFactory(queue=world.support),
        "billing": TicketFactory(queue=world.billing),
        "answered": TicketFactory(queue=world.support),
    }
    lock(made["support"], by=world.bea)
    assign(made["billing"], world.bea, by=world.bea)
    make_responsible(made["answered"], world.bea, by=world.bea)
    return made


def fresh(tickets: dict[str, Ticket]) -> dict[str, Ticket]:
    return {name: Ticket.objects.get(pk=ticket.pk) for name, ticket in tickets.items()}


def work() -> None:
    for pk in Chore.objects.unfinished().values_list("pk", flat=True):
        run_chore(pk)


def test_the_list_says_who_works_what(world, door, tickets, text_of):
    page = text_of(door.get(reverse("setup:agents")))
    assert "Bea Costa bea@demo.example Billing team Support team 2 " in page
    assert "Dana Miller" not in page
    assert "Carlos" not in text_of(door.get(reverse("setup:agents"), {"role": world.billing_role.role.pk}))
    assert "Bea Costa" not in text_of(door.get(reverse("setup:agents"), {"q": "carl"})).partition("Last signed in")[2]


def test_the_list_costs_the_same_with_more_agents(world, door, queries):
    path = reverse("setup:agents")
    door.get(path)
    with queries() as few:
        door.get(path)
    for _number in range(10):
        AgentFactory().groups.add(world.support_role)
    with queries() as many:
        door.get(path)
    assert len(many) == len(few)


def test_leaving_names_what_depends_and_hands_the_tickets_over(world, door, tickets, text_of):
    path = reverse("setup:person_deactivate", args=[world.bea.pk])
    page = text_of(door.get(path))
    assert "2 open tickets are theirs" in page
    assert "They answer for 1 open ticket" in page
    answer = door.post(path, {"tickets": "heir", "heir": world.carlos.pk})
    assert answer["Location"] == reverse("setup:agents")
    world.bea.refresh_from_db()
    assert not world.bea.is_active
    work()
    after = fresh(tickets)
    assert (after["support"].owner, after["support"].is_locked) == (world.carlos, False)
    assert after["billing"].owner is None  # Carlos sees nothing there
    assert after["answered"].responsible == world.carlos
    event = Event.objects.filter(ticket=after["billing"]).latest("pk")
    assert (event.kind, event.actor, event.cause_kind) == ("owner.changed", world.alex, "setup")
    lines = ConfigChange.objects.filter(kind="accounts.user", object_id=str(world.bea.pk)).order_by("pk")
    assert [(line.before, line.after) for line in lines] == [
        ({"is_active": True}, {"is_active": False}),
        ({}, {"tickets_go_to": "Carlos Díaz"}),
    ]


@pytest.mark.parametrize(("chosen", "owner"), [("nobody", None), ("stay", "bea")])
def test_tickets_can_go_to_nobody_or_stay(world, door, tickets, chosen, owner):
    door.post(reverse("setup:person_deactivate", args=[world.bea.pk]), {"tickets": chosen})
    work()
    assert fresh(tickets)["support"].owner == (world.bea if owner else None)


@pytest.mark.parametrize("heir", ["", "bea", "dana"])
def test_an_heir_must_be_another_agent(world, door, tickets, heir):
    pk = getattr(world, heir).pk if heir else ""
    answer = door.post(reverse("setup:person_deactivate", args=[world.bea.pk]), {"tickets": "heir", "heir": pk})
    assert answer.status_code == 422
    world.bea.refresh_from_db()
    assert world.bea.is_active
    assert not Chore.objects.exists()


def test_nobody_deactivates_himself(world, door):
    assert door.get(reverse("setup:person_deactivate", args=[world.alex.pk])).status_code == 404
    assert door.post(reverse("setup:person_deactivate", args=[world.alex.pk])).status_code == 404


def test_the_form_of_a_person_asks_before_an_agent_with_tickets_is_deactivated(world, door, tickets, text_of):
    data = {"name": "Bea", "email": world.bea.email, "time_zone": "UTC", "is_agent": "on"}
    answer = door.post(reverse("setup:person", args=[world.bea.pk]), data)
    assert answer.status_code == 422
    assert "2 open tickets are theirs" in text_of(answer)
    assert reverse("setup:person_deactivate", args=[world.bea.pk]) in answer.content.decode()
    world.bea.refresh_from_db()
    assert world.bea.is_active
    door.post(reverse("setup:person", args=[world.bea.pk]), data | {"confirmed": "on"})
    world.bea.refresh_from_db()
    assert not world.bea.is_active


def test_signing_out_everywhere_ends_sessions_and_nothing_else(world, door, signed_in, last_change):
    first, second = signed_in(world.carlos), signed_in(world.carlos)
    _token, secret = issue_token(world.carlos, name="Program")
    assert first.get("/profile/").status_code == 200
    assert door.post(reverse("setup:person_sign_out", args=[world.carlos.pk])).status_code == 302
    for browser in (first, second):
        assert browser.get("/profile/").status_code == 302
    assert list(last_change().after) == ["signed_out"]
    world.carlos.refresh_from_db()
    assert world.carlos.check_password("demo")
    assert token_for(secret) is not None
    assert signed_in(world.carlos).get("/profile/").status_code == 200


def test_a_session_survives_the_day_the_column_came(world, signed_in):
    """As long as nobody was signed out, the hash of a session is Django's own."""
    browser = signed_in(world.carlos)
    assert world.carlos.signed_out_at is None
    assert browser.get("/profile/").status_code == 200


def test_a_new_agent_begins_as_one(world, door):
    page = door.get(reverse("setup:person_new"), {"kind": "agent"}).content.decode()
    assert (
        'name="is_agent" id="id_is_agent" checked' in page
        or 'name="is_agent" checked' in page
        or (page.partition('name="is_agent"')[2].partition(">")[0].count("checked"))
    )


@pytest.mark.parametrize("who", ["bea", "dana"])
def test_only_administrators_do_this(world, signed_in, who):
    browser = signed_in(getattr(world, who))
    for name in ("person_deactivate", "person_sign_out"):
        assert browser.post(reverse(f"setup:{name}", args=[world.carlos.pk])).status_code == 404
    world.carlos.refresh_from_db()
    assert (world.carlos.is_active, world.carlos.signed_out_at) == (True, None)

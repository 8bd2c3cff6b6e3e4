"""Properties: chosen from what may be chosen, changed once, never over somebody else's change."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from tests import factories
from tests.desk.conftest import part, put, state, text_of
from tickets.actions import fields, progress, routing
from tickets.models import FieldDefinition, Priority, ReadMark, TicketType


def url(ticket, name: str, *more: str) -> str:
    return reverse(f"desk:{name}", args=[ticket.number, *more])


@pytest.fixture
def ticket(ticket):
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def model(db) -> FieldDefinition:
    return FieldDefinition.objects.create(key="model", label="Model", kind="dropdown", options=["Tour 7", "Cargo 2"])


def unchanged(ticket) -> bool:
    """The database knows nothing that the row in the test does not."""
    before = {field.name: getattr(ticket, field.attname) for field in ticket._meta.concrete_fields}
    ticket.refresh_from_db()
    return before == {field.name: getattr(ticket, field.attname) for field in ticket._meta.concrete_fields}


# ---- each property ------------------------------------------------------------------------------


def test_a_ticket_is_taken(bea, world, ticket):
    answer = part(bea, url(ticket, "take"), {"seen": ticket.version})
    ticket.refresh_from_db()
    assert ticket.owner == world.bea
    assert "The ticket is yours now." in text_of(answer)


def test_a_ticket_is_given_to_a_colleague_and_back(bea, world, ticket):
    part(bea, url(ticket, "owner"), {"owner": world.carlos.pk})
    ticket.refresh_from_db()
    assert ticket.owner == world.carlos
    answer = part(bea, url(ticket, "owner"), {"owner": ""})
    ticket.refresh_from_db()
    assert ticket.owner is None
    assert "Nobody has the ticket now." in text_of(answer)


def test_somebody_becomes_responsible(bea, world, ticket):
    part(bea, url(ticket, "responsible"), {"responsible": world.alex.pk})
    ticket.refresh_from_db()
    assert ticket.responsible == world.alex


def test_a_ticket_is_moved(bea, world, ticket):
    answer = part(bea, url(ticket, "move"), {"move": world.billing.pk})
    ticket.refresh_from_db()
    assert ticket.queue == world.billing
    assert "Moved to Billing." in text_of(answer)


def test_a_state_is_chosen(bea, ticket):
    part(bea, url(ticket, "state"), {"state": state("open").pk})
    ticket.refresh_from_db()
    assert ticket.state.name == "open"


def test_a_waiting_state_takes_a_time_in_the_agents_zone(bea, world, ticket):
    world.bea.time_zone = "America/Sao_Paulo"
    world.bea.save()
    tomorrow = (timezone.now() + timedelta(days=1)).date()
    part(bea, url(ticket, "state"), {"state": state("pending reminder").pk, "until": f"{tomorrow}T09:30"})
    ticket.refresh_from_db()
    there = ZoneInfo("America/Sao_Paulo")
    assert ticket.pending_until == datetime(tomorrow.year, tomorrow.month, tomorrow.day, 9, 30, tzinfo=there)


def test_a_waiting_state_without_a_time_waits_three_days(bea, ticket):
    part(bea, url(ticket, "state"), {"state": state("pending reminder").pk})
    ticket.refresh_from_db()
    assert timedelta(days=2, hours=23) < ticket.pending_until - timezone.now() <= timedelta(days=3)


def test_other_states_overlook_the_time(bea, ticket):
    part(bea, url(ticket, "state"), {"state": state("open").pk, "until": "nonsense"})
    ticket.refresh_from_db()
    assert (ticket.state.name, ticket.pending_until) == ("open", None)


def test_a_ticket_is_closed_by_one_key(bea, ticket):
    part(bea, url(ticket, "close"), {"seen": ticket.version})
    ticket.refresh_from_db()
    assert ticket.state.name == "closed successful"


def test_priority_and_type_are_chosen(bea, ticket):
    high, incident = Priority.objects.get(level=4), TicketType.objects.get(name="Incident")
    part(bea, url(ticket, "priority"), {"priority": high.pk})
    part(bea, url(ticket, "type"), {"type": incident.pk})
    ticket.refresh_from_db()
    assert (ticket.priority, ticket.type) == (high, incident)


def test_a_ticket_is_renamed(bea, ticket):
    answer = part(bea, url(ticket, "title"), {"title": "  Printer <hums>\n loudly "})
    ticket.refresh_from_db()
    assert ticket.title == "Printer <hums> loudly"
    assert "Printer &lt;hums&gt; loudly" in text_of(answer)


def test_tags_are_written_between_commas(bea, ticket):
    part(bea, url(ticket, "tags"), {"tags": "printer, second floor,, printer"})
    ticket.refresh_from_db()
    assert ticket.tags == ["printer", "second floor"]
    part(bea, url(ticket, "tags"), {"tags": ""})
    ticket.refresh_from_db()
    assert ticket.tags == []


def test_a_custom_field_is_filled_and_emptied(bea, ticket, model):
    answer = part(bea, url(ticket, "field", "model"), {"field_model": "Tour 7"})
    ticket.refresh_from_db()
    assert ticket.custom_fields == {"model": "Tour 7"}
    assert "Model is changed." in text_of(answer)
    part(bea, url(ticket, "field", "model"), {"field_model": ""})
    ticket.refresh_from_db()
    assert ticket.custom_fields == {}


# ---- how it answers -----------------------------------------------------------------------------


def test_the_page_gets_what_has_changed(bea, world, ticket):
    answer = part(bea, url(ticket, "owner"), {"owner": world.carlos.pk, "shown": ticket.version})
    page = text_of(answer)
    for target in ("#ticket-head", "#props", "#shown", "#thread", "#toasts"):
        assert f'hx-target="{target}"' in page
    assert "Bea Costa assigned it to Carlos Díaz" in page
    assert "<html" not in page
    ticket.refresh_from_db()
    assert ReadMark.objects.get(ticket=ticket, user=world.bea).read_at == ticket.changed_at


def test_without_script_the_page_comes_again(bea, world, ticket):
    answer = bea.post(url(ticket, "owner"), {"owner": world.carlos.pk})
    assert answer.headers["Location"] == f"/desk/tickets/{ticket.number}/"
    assert "Carlos Díaz has the ticket now." in text_of(bea.get(answer.headers["Location"]))


def test_choosing_what_there_is_already_changes_and_says_nothing(bea, ticket):
    answer = part(bea, url(ticket, "priority"), {"priority": ticket.priority_id})
    assert "The priority is changed." not in text_of(answer)
    assert unchanged(ticket)


def test_who_moves_a_ticket_out_of_sight_is_led_back_to_the_list(carlos, world, ticket):
    taking = factories.QueueFactory(name="Secrets")
    factories.role("Movers", world.carlos, move_into=taking)
    carlos.get(reverse("desk:queue", args=[world.support.pk]))
    answer = part(carlos, url(ticket, "move"), {"move": taking.pk})
    assert answer.headers["HX-Redirect"] == reverse("desk:queue", args=[world.support.pk])
    assert "is now in a queue you may not see" in text_of(carlos.get(answer.headers["HX-Redirect"]))
    ticket.refresh_from_db()
    assert ticket.queue == taking
    routing.move(ticket, world.support, by=world.bea)
    plain = carlos.post(url(ticket, "move"), {"move": taking.pk})
    assert plain.headers["Location"] == reverse("desk:queue", args=[world.support.pk])


# ---- asking what may be chosen ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("owner", "Carlos Díaz"),
        ("responsible", "Alex Berger"),
        ("move", "Support › Hardware"),
        ("state", "Waiting for customer"),
        ("priority", "High"),
        ("type", "Incident"),
        ("title", "Printer hums"),
        ("tags", 'name="tags"'),
    ],
)
def test_what_may_be_chosen_is_a_part_and_a_page(bea, ticket, name, words):
    popover, page = part(bea, url(ticket, name)), bea.get(url(ticket, name))
    for answer in (popover, page):
        assert answer.status_code == 200
        assert words in text_of(answer)
        assert f'name="seen" value="{ticket.version}"' in text_of(answer)
    assert "<html" not in text_of(popover)
    assert "<h1" in text_of(page)
    assert unchanged(ticket)


def test_only_agents_who_see_the_ticket_are_offered(bea, world, ticket):
    routing.move(ticket, world.billing, by=world.bea)
    offered = text_of(part(bea, url(ticket, "owner")))
    assert "Bea Costa (you)" in offered
    assert "Carlos" not in offered
    assert "Dana" not in offered


def test_only_queues_with_the_right_are_offered(carlos, world, ticket):
    offered = text_of(part(carlos, url(ticket, "move")))
    assert "Hardware" in offered
    assert "Billing" not in offered


# ---- refusals change nothing --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("owner", {"owner": "{dana}"}, "This person may not see the ticket"),
        ("owner", {"owner": "nonsense"}, "This person may not see the ticket"),
        ("responsible", {"responsible": "{dana}"}, "This person may not see the ticket"),
        ("move", {"move": "{billing}"}, "You may not move tickets into this queue"),
        ("move", {}, "You may not move tickets into this queue"),
        ("state", {"state": "{new}"}, "This status cannot be chosen"),
        ("state", {"state": "{merged}"}, "This status cannot be chosen"),
        ("state", {"state": "{pending}", "until": "2001-01-01T10:00"}, "Choose a time that is still to come."),
        ("state", {"state": "{pending}", "until": "soon"}, "Enter a valid date/time."),
        ("priority", {"priority": "0"}, "This priority cannot be chosen"),
        ("type", {"type": ""}, "This type cannot be chosen"),
        ("title", {"title": " \u200b "}, "This field is required."),
        ("title", {"title": "x" * 301}, "at most 300 characters"),
        ("tags", {"tags": ",".join(f"tag{n}" for n in range(31))}, "at most 30 tags"),
    ],
)
def test_what_cannot_be_chosen_is_refused(carlos, world, ticket, name, data, words):
    ids = {
        "dana": world.dana.pk,
        "billing": world.billing.pk,
        "new": state("new").pk,
        "merged": state("merged").pk,
        "pending": state("pending reminder").pk,
    }
    data = {key: value.format(**ids) for key, value in data.items()}
    for answer in (part(carlos, url(ticket, name), data), carlos.post(url(ticket, name), data)):
        assert answer.status_code == 422
        assert words in text_of(answer)
    assert unchanged(ticket)


def test_a_custom_field_takes_only_its_values(bea, ticket, model):
    answer = part(bea, url(ticket, "field", "model"), {"field_model": "Spaceship"})
    assert answer.status_code == 422
    assert part(bea, url(ticket, "field", "unknown"), {"field_unknown": "x"}).status_code == 404
    FieldDefinition.objects.update(is_active=False)
    assert part(bea, url(ticket, "field", "model"), {"field_model": "Tour 7"}).status_code == 404
    assert unchanged(ticket)


PROPERTIES = ["take", "owner", "responsible", "move", "state", "close", "priority", "type", "title", "tags"]


@pytest.mark.parametrize("name", PROPERTIES)
def test_a_change_without_the_right_finds_no_ticket(signed_in, reader, noter, world, ticket, name):
    for agent in (reader, noter):
        assert part(signed_in(agent), url(ticket, name), {"owner": reader.pk, "title": "x"}).status_code == 404
    assert part(signed_in(world.dana), url(ticket, name), {"title": "x"}).status_code == 404
    assert unchanged(ticket)


@pytest.mark.parametrize(("right", "allowed"), [("owner", {"take", "owner"}), ("priority", {"priority"})])
def test_single_rights_open_single_properties(signed_in, world, ticket, right, allowed):
    agent = factories.AgentFactory()
    factories.role(f"Only {right}", agent, **{right: world.support})
    browser = signed_in(agent)
    data = {"owner": agent.pk, "priority": Priority.objects.get(level=5).pk}
    found = {name for name in PROPERTIES if part(browser, url(ticket, name), data).status_code != 404}
    assert found == allowed


@pytest.mark.parametrize("name", ["take", "close"])
def test_T74_asking_changes_nothing(bea, ticket, name):
    assert bea.get(url(ticket, name)).status_code == 405
    assert unchanged(ticket)


@pytest.mark.parametrize("name", PROPERTIES)
def test_T74_a_change_without_a_token_is_refused(signed_in, world, ticket, name):
    strict = signed_in(world.bea, enforce_csrf_checks=True)
    data = {"owner": world.bea.pk, "title": "x", "move": world.billing.pk}
    assert strict.post(url(ticket, name), data).status_code == 403
    assert unchanged(ticket)


# ---- somebody was faster ------------------------------------------------------------------------


def test_a_change_over_somebody_elses_is_refused_and_says_who_did_what(bea, world, ticket):
    seen = ticket.version
    progress.set_priority(ticket, Priority.objects.get(level=5), by=world.carlos)
    ticket.refresh_from_db()
    low = Priority.objects.get(level=2)
    answer = part(bea, url(ticket, "priority"), {"priority": low.pk, "seen": seen, "shown": seen})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "Somebody was faster" in page
    assert "Carlos Díaz changed the priority from Normal to Very high" in page
    assert 'hx-target="#props"' in page
    assert unchanged(ticket)
    plain = bea.post(url(ticket, "priority"), {"priority": low.pk, "seen": seen})
    assert plain.status_code == 409
    assert "Somebody was faster" in text_of(plain)
    assert "It hums and blinks." in text_of(plain)
    assert unchanged(ticket)


@pytest.mark.parametrize(
    ("name", "data", "faster"),
    [
        ("take", {}, lambda t, w: routing.assign(t, w.carlos, by=w.carlos)),
        ("owner", {"owner": "{carlos}"}, lambda t, w: routing.assign(t, w.alex, by=w.carlos)),
        ("responsible", {"responsible": "{carlos}"}, lambda t, w: routing.make_responsible(t, w.alex, by=w.carlos)),
        ("move", {"move": "{billing}"}, lambda t, w: routing.move(t, w.hardware, by=w.carlos)),
        ("state", {"state": "{open}"}, lambda t, w: put(t, "closed successful", by=w.carlos)),
        ("close", {}, lambda t, w: put(t, "pending reminder", by=w.carlos)),
        ("title", {"title": "Mine"}, lambda t, w: fields.set_title(t, "Theirs", by=w.carlos)),
        ("tags", {"tags": "mine"}, lambda t, w: fields.set_tags(t, ["theirs"], by=w.carlos)),
    ],
)
def test_every_property_notices_a_stale_page(bea, world, ticket, name, data, faster):
    seen = ticket.version
    faster(ticket, world)
    ticket.refresh_from_db()
    ids = {"carlos": world.carlos.pk, "billing": world.billing.pk, "open": state("open").pk}
    data = {key: value.format(**ids) for key, value in data.items()}
    assert part(bea, url(ticket, name), data | {"seen": seen}).status_code == 409
    assert unchanged(ticket)


def test_changes_of_other_properties_do_not_matter(bea, world, ticket):
    seen = ticket.version
    routing.assign(ticket, world.carlos, by=world.carlos)
    assert part(bea, url(ticket, "title"), {"title": "Renamed", "seen": seen}).status_code == 200
    ticket.refresh_from_db()
    assert (ticket.title, ticket.owner) == ("Renamed", world.carlos)


def test_a_version_is_a_number(bea, ticket):
    assert part(bea, url(ticket, "close"), {"seen": "x"}).status_code == 400
    assert unchanged(ticket)

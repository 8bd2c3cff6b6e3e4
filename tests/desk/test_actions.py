"""What is done with a ticket at once: locking, putting off, impact and urgency, spam, trash, watching, the customer."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.people import person_with_address
from core.clock import pretend
from tests.desk.conftest import part, put, state, text_of
from tickets.actions import effort, progress, removing, routing, taking_part
from tickets.models import Queue, ReadMark
from web.desk.waiting import presets


def url(ticket, name: str, *more) -> str:
    return reverse(f"desk:{name}", args=[ticket.number, *more])


@pytest.fixture
def ticket(ticket):
    ticket.refresh_from_db()
    return ticket


@pytest.fixture
def junk(world) -> Queue:
    world.billing.is_junk = True
    world.billing.save()
    return world.billing


# ---- locking ------------------------------------------------------------------------------------


def test_who_locks_a_ticket_has_it(bea, world, ticket):
    answer = part(bea, url(ticket, "lock"), {"seen": ticket.version})
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.is_locked) == (world.bea, True)
    assert "The ticket is yours and locked." in text_of(answer)
    assert "Unlock" in text_of(answer)
    part(bea, url(ticket, "unlock"), {"seen": ticket.version})
    ticket.refresh_from_db()
    assert (ticket.owner, ticket.is_locked) == (world.bea, False)


def test_a_lock_over_a_colleagues_taking_is_refused(bea, world, ticket):
    seen = ticket.version
    routing.assign(ticket, world.carlos, by=world.carlos)
    answer = part(bea, url(ticket, "lock"), {"seen": seen})
    ticket.refresh_from_db()
    assert answer.status_code == 409
    assert "Carlos Díaz took the ticket" in text_of(answer)
    assert (ticket.owner, ticket.is_locked) == (world.carlos, False)


# ---- later --------------------------------------------------------------------------------------


@pytest.fixture
def at_noon(world):
    """A Saturday noon in São Paulo, where Bea is."""
    world.bea.time_zone = "America/Sao_Paulo"
    world.bea.save()
    with pretend(datetime(2026, 11, 21, 15, tzinfo=ZoneInfo("UTC"))):
        yield ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("when", "day", "hour"),
    [("hour", 21, 13), ("tomorrow", 22, 9), ("monday", 23, 9), ("days", 24, 9), ("week", 28, 9)],
)
def test_a_ticket_is_put_off_to_a_time_people_name(bea, ticket, at_noon, when, day, hour):
    waiting = state("pending reminder")
    part(bea, url(ticket, "later"), {"state": waiting.pk, "when": when})
    ticket.refresh_from_db()
    assert ticket.state == waiting
    assert ticket.pending_until == datetime(2026, 11, day, hour, tzinfo=at_noon)


def test_a_time_of_ones_own_goes_first(bea, ticket, at_noon):
    form = {"state": state("pending reminder").pk, "when": "week", "until": "2026-12-24T17:30"}
    part(bea, url(ticket, "later"), form)
    ticket.refresh_from_db()
    assert ticket.pending_until == datetime(2026, 12, 24, 17, 30, tzinfo=at_noon)


def test_the_dialog_names_the_times_in_the_agents_zone(bea, ticket, at_noon):
    asked = text_of(part(bea, url(ticket, "later")))
    assert "Tomorrow morning, 22 Nov, 09:00" in asked
    assert "<dialog" in asked
    assert "<html" not in asked
    page = text_of(bea.get(url(ticket, "later")))
    assert "Tomorrow morning, 22 Nov, 09:00" in page
    assert "<h1" in page


def test_what_waits_already_may_keep_its_time(bea, world, ticket):
    put(ticket, "pending reminder", by=world.bea)
    until = ticket.pending_until
    assert "As it is" in text_of(part(bea, url(ticket, "state")))
    part(bea, url(ticket, "state"), {"state": state("pending auto close+").pk, "when": "keep"})
    ticket.refresh_from_db()
    assert (ticket.state.name, ticket.pending_until) == ("pending auto close+", until)


def test_the_past_is_refused_and_what_was_typed_stays(bea, ticket):
    form = {"state": state("pending reminder").pk, "until": "2001-01-01T10:00"}
    answer = part(bea, url(ticket, "later"), form)
    assert answer.status_code == 422
    assert answer.headers["HX-Reswap"] == "outerHTML"
    assert "Choose a time that is still to come." in text_of(answer)
    assert 'value="2001-01-01T10:00"' in text_of(answer)
    ticket.refresh_from_db()
    assert ticket.pending_until is None


def test_done_closes_the_dialog(bea, ticket):
    form = {"state": state("pending reminder").pk, "when": "tomorrow", "ask": "1"}
    assert part(bea, url(ticket, "later"), form).headers["HX-Trigger"] == "close-dialog"


# ---- impact and urgency -------------------------------------------------------------------------


def test_a_cell_of_the_matrix_sets_the_priority(bea, world, ticket):
    shown = text_of(part(bea, url(ticket, "rating")))
    assert shown.count('name="cell"') == 9
    answer = part(bea, url(ticket, "rating"), {"cell": "3x3", "seen": ticket.version})
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.urgency, ticket.priority.level) == (3, 3, 5)
    assert "high, high" in text_of(answer)
    part(bea, url(ticket, "rating"), {"cell": ""})
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.urgency, ticket.priority.level) == (None, None, 5)


def test_a_rating_over_somebody_elses_priority_is_refused(bea, world, ticket):
    seen = ticket.version
    progress.rate(ticket, 1, 1, by=world.carlos)
    answer = part(bea, url(ticket, "rating"), {"cell": "3x3", "seen": seen})
    ticket.refresh_from_db()
    assert answer.status_code == 409
    assert "Carlos Díaz rated it: impact low, urgency low" in text_of(answer)
    assert ticket.impact == 1


@pytest.mark.parametrize("cell", ["4x1", "x", "1", "high", "1x1x1"])
def test_no_cell_is_no_rating(bea, ticket, cell):
    part(bea, url(ticket, "rating"), {"cell": cell})
    ticket.refresh_from_db()
    assert (ticket.impact, ticket.urgency) == (None, None)


# ---- spam and trash -----------------------------------------------------------------------------


def test_spam_goes_away_and_comes_back(bea, world, ticket, junk):
    answer = part(bea, url(ticket, "spam"), {})
    ticket.refresh_from_db()
    assert (ticket.queue, ticket.is_open) == (junk, False)
    assert "The ticket is marked as spam." in text_of(answer)
    assert f'hx-post="{url(ticket, "restore")}"' in text_of(answer)
    page = text_of(bea.get(url(ticket, "ticket")))
    assert "This ticket is marked as spam" in page
    assert "Not spam" in page
    part(bea, url(ticket, "restore"), {})
    ticket.refresh_from_db()
    assert (ticket.queue, ticket.state.name, ticket.is_open) == (world.support, "new", True)


def test_who_may_not_see_the_spam_is_led_back_to_the_list(carlos, ticket, junk):
    assert "HX-Redirect" in part(carlos, url(ticket, "spam"), {}).headers


def test_the_trash_gives_back_what_was_put_into_it(bea, world, ticket):
    put(ticket, "pending reminder", by=world.bea)
    until = ticket.pending_until
    answer = part(bea, url(ticket, "trash"), {})
    ticket.refresh_from_db()
    assert ticket.is_removed
    assert "The ticket is in the trash." in text_of(answer)
    page = text_of(bea.get(url(ticket, "ticket")))
    assert "This ticket is in the trash" in page
    assert "Bea Costa moved it to the trash" in page
    part(bea, url(ticket, "restore"), {})
    ticket.refresh_from_db()
    assert (ticket.state.name, ticket.pending_until) == ("pending reminder", until)


def test_a_second_click_does_nothing_more(bea, ticket):
    for _time in range(2):
        part(bea, url(ticket, "trash"), {})
    assert ticket.events.filter(kind="ticket.trashed").count() == 1
    for _time in range(2):
        part(bea, url(ticket, "restore"), {})
    assert ticket.events.filter(kind="ticket.restored").count() == 1


# ---- watching -----------------------------------------------------------------------------------


def test_to_watch_takes_no_more_than_to_read(signed_in, reader, ticket):
    browser = signed_in(reader)
    assert "You watch this ticket now." in text_of(part(browser, url(ticket, "watch"), {}))
    assert ticket.watchers.get().user == reader
    part(browser, url(ticket, "unwatch"), {})
    assert not ticket.watchers.exists()
    part(browser, url(ticket, "watch"), {})
    part(browser, url(ticket, "remove_watcher", reader.pk), {})
    assert not ticket.watchers.exists()


def test_a_colleague_is_added_and_removed(bea, world, ticket):
    assert "Carlos Díaz" in text_of(part(bea, url(ticket, "watchers")))
    for _click in range(2):
        answer = part(bea, url(ticket, "watchers"), {"watcher": world.carlos.pk})
        assert answer.status_code == 200
    assert [watcher.user for watcher in ticket.watchers.all()] == [world.carlos]
    assert "Carlos Díaz" in text_of(bea.get(url(ticket, "ticket")))
    part(bea, url(ticket, "remove_watcher", world.carlos.pk), {})
    assert not ticket.watchers.exists()


def test_nobody_watches_who_may_not_see(bea, world, ticket):
    answer = part(bea, url(ticket, "watchers"), {"watcher": world.dana.pk})
    assert answer.status_code == 422
    assert "Choose somebody who may see this ticket." in text_of(answer)
    assert not ticket.watchers.exists()


def test_readers_add_and_remove_nobody_else(signed_in, world, reader, ticket):
    taking_part.watch(ticket, world.carlos, by=world.carlos)
    browser = signed_in(reader)
    assert part(browser, url(ticket, "watchers"), {"watcher": reader.pk}).status_code == 404
    assert part(browser, url(ticket, "remove_watcher", world.carlos.pk), {}).status_code == 404
    assert ticket.watchers.get().user == world.carlos


# ---- the customer -------------------------------------------------------------------------------


def test_the_customer_is_changed_and_the_organisation_follows(bea, world, ticket):
    answer = part(bea, url(ticket, "customer"), {"customer": "erik@globex.example", "seen": ticket.version})
    ticket.refresh_from_db()
    assert (ticket.customer, ticket.organisation.name) == (world.erik, "Globex")
    assert "The customer is changed." in text_of(answer)


def test_a_new_customer_is_made_only_when_it_happens(bea, world, ticket):
    seen = ticket.version
    part(bea, url(ticket, "customer"), {"customer": "erik@globex.example"})
    form = {"customer": "frida@nova.example", "name": "Frida Nova"}
    assert part(bea, url(ticket, "customer"), form | {"seen": seen}).status_code == 409
    assert person_with_address("frida@nova.example") is None
    part(bea, url(ticket, "customer"), form)
    ticket.refresh_from_db()
    assert ticket.customer.name == "Frida Nova"


# ---- all of them --------------------------------------------------------------------------------

WRITING = ["later", "customer", "spam", "trash", "restore", "call", "merge", "unmerge", "link", "split", "watchers"]


@pytest.mark.parametrize("name", [*WRITING, "lock", "unlock", "rating"])
def test_without_the_right_there_is_no_ticket(signed_in, reader, noter, world, ticket, name):
    for person in (reader, noter, world.dana):
        client = signed_in(person)
        asked = client.get if name in ("split",) else client.post
        assert asked(url(ticket, name)).status_code == 404
    before = ticket.version
    ticket.refresh_from_db()
    assert ticket.version == before


@pytest.mark.parametrize("name", ["time", "checklist"])
def test_notes_are_enough_for_work(signed_in, reader, noter, ticket, name):
    assert part(signed_in(noter), url(ticket, name)).status_code == 200
    assert part(signed_in(reader), url(ticket, name)).status_code == 404


@pytest.mark.parametrize("name", ["lock", "unlock", "spam", "trash", "restore", "watch", "unwatch", "unmerge"])
def test_T74_asking_changes_nothing(bea, ticket, name):
    assert bea.get(url(ticket, name)).status_code == 405


def test_every_entry_of_the_menu_has_a_key_of_its_own(bea, ticket):
    page = text_of(bea.get(url(ticket, "ticket")))
    menu = page[page.index('id="ticket-menu"') :].split("</pop-menu>")[0]
    entries = menu.count('role="menuitem"')
    keys = [piece.split('"')[0] for piece in menu.split('data-key="')[1:]]
    assert entries == len(keys) == len(set(keys)) >= 12


def test_a_readers_menu_is_short(signed_in, reader, ticket):
    page = text_of(signed_in(reader).get(url(ticket, "ticket")))
    menu = page[page.index('id="ticket-menu"') :].split("</pop-menu>")[0]
    assert menu.count('role="menuitem"') == 2
    assert "Who can see this ticket" in menu


def test_what_was_done_is_read_by_who_did_it(bea, world, ticket):
    part(bea, url(ticket, "watch"), {})
    ticket.refresh_from_db()
    assert ReadMark.objects.get(ticket=ticket, user=world.bea).read_at >= ticket.changed_at


def test_queries_do_not_grow_with_what_belongs_to_a_ticket(bea, world, ticket, queries):
    def page() -> int:
        with queries() as counted:
            assert bea.get(url(ticket, "ticket")).status_code == 200
        return len(counted)

    effort.add_steps(ticket, ["One"], by=world.bea)
    effort.tick(ticket.checklist.get(), by=world.bea)
    effort.spend(ticket, 5, by=world.bea)
    taking_part.watch(ticket, world.alex, by=world.alex)
    page()
    few = page()
    effort.add_steps(ticket, [f"Step {n}" for n in range(20)], by=world.bea)
    for step in ticket.checklist.all()[:10]:
        effort.tick(step, by=world.carlos)
    for _entry in range(10):
        effort.spend(ticket, 5, by=world.carlos)
    for person in (world.bea, world.carlos):
        taking_part.watch(ticket, person, by=person)
    removing.restore(ticket, by=world.bea)
    page()
    assert page() == few


def test_the_time_of_a_preset_is_in_the_future():
    at = timezone.localtime()
    assert all(one.at > at - timedelta(minutes=1) for one in presets(at))

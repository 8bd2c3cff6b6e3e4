"""Time and checklist, from the side panel."""

from uuid import uuid4

import pytest
from django.urls import reverse

from tests.desk.conftest import part, text_of
from tests.factories import TicketFactory
from tickets.actions import effort
from tickets.models import ChecklistTemplate
from web.desk.forms.effort import minutes_in


@pytest.fixture
def steps(ticket, world):
    effort.add_steps(ticket, ["Look", "Mend", "Tell"], by=world.bea)
    return list(ticket.checklist.all())


def url(ticket, name: str, *more) -> str:
    return reverse(f"desk:{name}", args=[ticket.number, *more])


# ---- time ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("90", 90),
        ("1:30", 90),
        ("1h 30m", 90),
        ("1 h 30 min", 90),
        ("1,5h", 90),
        ("1.5 h", 90),
        ("2h", 120),
        ("45 min", 45),
        (" 15 ", 15),
        ("0", 0),
        ("", None),
        ("soon", None),
        ("1:75", None),
        ("-5", None),
    ],
)
def test_time_is_written_as_people_write_it(text, minutes):
    assert minutes_in(text) == minutes


def test_time_is_written_down_and_summed_up(bea, world, ticket):
    answer = part(bea, url(ticket, "time"), {"minutes": "1h 30m", "note": "Called the shop", "ask": "1"})
    ticket.refresh_from_db()
    assert ticket.time_spent == 90
    assert "1 h 30 min" in text_of(answer)
    assert "Called the shop" in text_of(answer)
    assert "Your time is written down." in text_of(answer)


def test_a_double_click_counts_once(bea, ticket):
    form = {"minutes": "15", "submission": str(uuid4())}
    for _click in range(2):
        assert part(bea, url(ticket, "time"), form).status_code == 200
    ticket.refresh_from_db()
    assert ticket.time_spent == 15


@pytest.mark.parametrize("minutes", ["", "0", "soon", "1441", "25h"])
def test_no_time_and_too_much_are_refused(bea, ticket, minutes):
    assert part(bea, url(ticket, "time"), {"minutes": minutes}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.time_spent == 0


def test_one_takes_back_ones_own(signed_in, bea, world, noter, ticket):
    effort.spend(ticket, 15, by=world.carlos)
    effort.spend(ticket, 10, by=noter)
    theirs, mine = ticket.time_entries.get(user=world.carlos), ticket.time_entries.get(user=noter)
    browser = signed_in(noter)
    assert part(browser, url(ticket, "remove_time", theirs.pk), {}).status_code == 404
    for _click in range(2):
        assert part(browser, url(ticket, "remove_time", mine.pk), {}).status_code == 200
    ticket.refresh_from_db()
    assert ticket.time_spent == 15
    part(bea, url(ticket, "remove_time", theirs.pk), {})
    ticket.refresh_from_db()
    assert ticket.time_spent == 0


# ---- checklist ----------------------------------------------------------------------------------


def test_steps_come_from_a_template_and_from_oneself(bea, ticket):
    template = ChecklistTemplate.objects.create(name="Return", steps="Print label\nWait for parcel")
    assert "Return" in text_of(part(bea, url(ticket, "checklist")))
    form = {"template": template.pk, "steps": "Tell Dana\n\n", "submission": str(uuid4())}
    for _click in range(2):
        part(bea, url(ticket, "checklist"), form)
    assert [step.text for step in ticket.checklist.all()] == ["Print label", "Wait for parcel", "Tell Dana"]


def test_nothing_and_too_much_are_refused(bea, ticket):
    for steps in ("", " \n ", "\n".join(f"Step {n}" for n in range(101))):
        answer = part(bea, url(ticket, "checklist"), {"steps": steps, "submission": str(uuid4())})
        assert answer.status_code == 422
    assert "A checklist takes at most 100 steps." in text_of(answer)
    assert not ticket.checklist.exists()


def test_a_step_is_ticked_and_reopened(bea, world, ticket, steps):
    answer = part(bea, url(ticket, "tick", steps[0].pk), {})
    steps[0].refresh_from_db()
    assert steps[0].done_by == world.bea
    assert "1 / 3" in text_of(answer)
    part(bea, url(ticket, "untick", steps[0].pk), {})
    steps[0].refresh_from_db()
    assert steps[0].done_by is None


def test_steps_change_places(bea, ticket, steps):
    def order() -> list[str]:
        return [step.text for step in ticket.checklist.all()]

    part(bea, url(ticket, "step_down", steps[0].pk), {})
    assert order() == ["Mend", "Look", "Tell"]
    part(bea, url(ticket, "step_up", steps[2].pk), {})
    assert order() == ["Mend", "Tell", "Look"]
    version = ticket.events.count()
    part(bea, url(ticket, "step_up", steps[1].pk), {})
    part(bea, url(ticket, "step_down", steps[0].pk), {})
    assert order() == ["Mend", "Tell", "Look"]
    assert ticket.events.count() == version


def test_a_step_is_removed_once(bea, ticket, steps):
    for _click in range(2):
        assert part(bea, url(ticket, "remove_step", steps[1].pk), {}).status_code == 200
    assert [step.text for step in ticket.checklist.all()] == ["Look", "Tell"]
    assert ticket.events.filter(kind="checklist.removed").count() == 1


def test_steps_of_other_tickets_are_not_here(bea, world, ticket, steps):
    other = TicketFactory(queue=world.support, customer=world.dana)
    part(bea, url(other, "tick", steps[0].pk), {})
    steps[0].refresh_from_db()
    assert steps[0].done_at is None


def test_readers_see_it_and_change_nothing(signed_in, reader, ticket, steps):
    browser = signed_in(reader)
    assert "Mend" in text_of(browser.get(url(ticket, "ticket")))
    for name in ("tick", "untick", "step_up", "step_down", "remove_step"):
        assert part(browser, url(ticket, name, steps[1].pk), {}).status_code == 404
    assert [step.done_at for step in ticket.checklist.all()] == [None] * 3

"""The pages of schedules: written, tried, switched, run, and what their runs say."""

import re
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from accounts.models import ConfigChange
from automation import scheduling
from automation.models import Schedule, ScheduleRun
from automation.schedules import run_now, save_schedule
from core.clock import pretend
from core.work import LEASE, run_leased
from tests.desk.conftest import part, text_of
from tests.factories import TicketFactory
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

OPEN_ROW = {"kind-0": "all", "row": ["0.0 leaf"], "field-0.0": "closed", "op-0.0": "empty"}
TAG = {"effects-row": "0 tag", "effects0-tags": "late"}
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def written(**changes) -> dict:
    times = {"times": "week", "weekdays": ["1", "3"], "clock": "08:00, 8.30"}
    return (
        {"name": "Late ones", "also": "on", "zone": "Europe/Berlin", "limit": "100"} | times | OPEN_ROW | TAG | changes
    )


@pytest.fixture
def page(world, signed_in):
    return signed_in(world.alex)


@pytest.fixture
def schedule(world) -> Schedule:
    effects = [{"do": "tag", "tags": ["late"]}, {"do": "reply", "text": "We are at it."}]
    row = Schedule(name="Late", condition={"field": "closed", "empty": True}, cron="0 9 * * *", zone="UTC")
    row.effects = effects
    return save_schedule(row, by=world.alex)


def work(run: ScheduleRun) -> None:
    run_leased(ScheduleRun, run.pk, scheduling.run, lease=LEASE)


def test_a_schedule_is_made_by_weekdays_and_times(page, world):
    answer = page.post(reverse("setup:schedule_new"), written())
    one = Schedule.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("setup:schedule", args=[one.pk]))
    assert (one.cron, one.zone, one.limit, one.is_active) == ("0,30 8 * * 1,3", "Europe/Berlin", 100, True)
    assert one.condition == {"all": [{"field": "closed", "empty": True}]}
    assert one.effects == [{"do": "tag", "tags": ["late"]}]
    assert one.next_at is not None
    assert ConfigChange.objects.get(kind="automation.schedule").action == "created"
    again = text_of(page.get(answer.url))
    assert re.search(r'name="weekdays" value="3"[^>]* checked', again)
    assert not re.search(r'name="weekdays" value="2"[^>]* checked', again)
    assert 'value="08:00, 08:30"' in again


@pytest.mark.parametrize(
    ("changes", "cron"),
    [
        ({"clock": "08:00, 13:30"}, "0 8 * * 1,3; 30 13 * * 1,3"),
        ({"times": "steps", "step": "15"}, "*/15 * * * 1,3"),
        ({"times": "steps", "step": "120", "weekdays": list("1234567")}, "0 */2 * * *"),
    ],
)
@pytest.mark.usefixtures("drawn_with")
def test_or_by_other_times_or_how_often(page, changes, cron):
    answer = page.post(reverse("setup:schedule_new"), written(**changes))
    one = Schedule.objects.get()
    assert one.cron == cron
    form = page.get(answer.url).context["form"]
    assert {name: str(form[name].value()) for name in changes if name != "weekdays"} == {
        name: value for name, value in changes.items() if name != "weekdays"
    }


def test_a_new_one_is_paused_until_it_is_switched_on(page):
    page.post(reverse("setup:schedule_new"), written(also=""))
    one = Schedule.objects.get()
    assert (one.is_active, one.next_at) == (False, None)
    url = reverse("setup:schedule", args=[one.pk])
    page.post(url, written())
    one.refresh_from_db()
    assert one.next_at is not None
    page.post(url, written(also="off", limit="7"))
    one.refresh_from_db()
    assert (one.is_active, one.next_at, one.limit) == (False, None, 7)
    page.post(url, written(also="", limit="8"))
    assert not Schedule.objects.get().is_active


def test_what_is_typed_is_saved_and_run(page, world, schedule):
    url = reverse("setup:schedule", args=[schedule.pk])
    answer = page.post(url, written(also="run", limit="3"))
    run = ScheduleRun.objects.get()
    assert (run.asked_by, run.schedule.limit, run.schedule.is_active) == (world.alex, 3, True)
    assert answer.url == reverse("setup:schedule_one_run", args=[schedule.pk, run.pk])


def test_leaving_with_what_is_not_saved_asks_first(page, schedule):
    url = reverse("setup:schedule", args=[schedule.pk])
    fresh, refused = text_of(page.get(url)), text_of(page.post(url, written(name="")))
    assert re.search(r"<leave-guard hidden></leave-guard>", fresh)
    assert "<leave-guard hidden data-typed></leave-guard>" in refused
    for form, dialog in (("run", "unsaved-run"), ("switch", "unsaved")):
        assert re.search(rf'<form id="{form}"[^>]* data-unless-typed="{dialog}"', fresh)
        assert f'<dialog class="dialog" id="{dialog}"' in fresh


def test_or_by_a_cron_line(page):
    page.post(reverse("setup:schedule_new"), written(times="line", line=" 0  18 L * * "))
    one = Schedule.objects.get()
    assert one.cron == "0 18 L * *"
    shown = text_of(page.get(reverse("setup:schedule", args=[one.pk])))
    assert 'value="0 18 L * *"' in shown


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"times": "line", "line": "0 0 31 2 *"}, "This line cannot be read, or its time never comes."),
        ({"weekdays": []}, "Choose at least one."),
        ({"clock": "08:00, 25:00"}, "Write times such as 08:00, 13:30."),
        ({"clock": ""}, "Write times such as 08:00, 13:30."),
        ({"clock": " ".join(f"{n}:{n:02}" for n in range(12))}, "too many different times"),
        ({"times": "steps", "step": ""}, "Choose how often."),
        ({"zone": "Mars/Base"}, "There is no such time zone."),
        ({"limit": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"effects-row": []}, "Add at least one effect."),
        ({"effects0-tags": ""}, "This field is required."),
        ({"op-0.0": "before", "value-0.0": "soon"}, "A time looks like 2026-11-21, today, -7d, -2h or -30m."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said_where_it_is(page, changes, said):
    answer = page.post(reverse("setup:schedule_new"), written(**changes))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not Schedule.objects.exists()


def test_two_of_one_name_are_refused(page, schedule):
    assert "There is already a schedule with this name." in text_of(
        page.post(reverse("setup:schedule_new"), written(name="Late"))
    )


def test_a_stale_page_is_refused(page, world, schedule):
    url = reverse("setup:schedule", args=[schedule.pk])
    seen = re.search(r'name="seen" value="(\d+)"', text_of(page.get(url)))[1]
    schedule.limit = 7
    save_schedule(schedule, by=world.alex)
    answer = page.post(url, written(seen=seen))
    assert answer.status_code == 409
    assert Schedule.objects.get().limit == 7


def test_the_next_runs_are_told_while_it_is_typed(page):
    url = f"{reverse('setup:schedule_new')}?draw=times"
    with pretend(MONDAY):
        drawn = text_of(part(page, url, written()))
        by_line = text_of(part(page, url, written(times="line", line="0 18 L * *")))
    assert re.findall(r"<li>(.*?)</li>", drawn)[:2] == [
        "Wednesday, 25 November 2026 at 08:00",
        "Wednesday, 25 November 2026 at 08:30",
    ]
    assert "<li>Monday, 30 November 2026 at 18:00</li>" in by_line
    assert "It does not say yet when it runs." in text_of(part(page, url, written(clock="")))
    assert not Schedule.objects.exists()


def test_affected_tickets_are_shown_before_it_is_kept(page, world):
    seen = TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    TicketFactory(queue=world.billing, customer=world.erik, title="Secret invoice")
    effects = {"effects-row": ["0 tag", "1 reply"], "effects1-text": "We are at it."}
    answer = text_of(page.post(reverse("setup:schedule_new"), written(preview="on", **effects)))
    assert "2 tickets fit now." in answer
    assert "2 emails would be sent." in answer
    assert f"#{seen.number}" in answer
    assert "Secret invoice" not in answer  # T48: an administrator sees tickets by right alone
    assert "1 of the first is a ticket you may not see." in answer
    assert not Schedule.objects.exists()
    assert Ticket.objects.get(pk=seen.pk).tags == []


def test_a_copy_sleeps(page, schedule):
    shown = text_of(page.get(f"{reverse('setup:schedule_new')}?copy={schedule.pk}"))
    assert 'value="Late (copy)"' in shown
    assert "Paused" not in shown
    assert "We are at it." in shown
    assert not re.search(r'name="is_active"', shown)


def test_it_is_paused_and_switched_on_again(page, schedule):
    url = reverse("setup:schedule_switch", args=[schedule.pk])
    page.post(url, {"to": "off"})
    schedule.refresh_from_db()
    assert (schedule.is_active, schedule.next_at) == (False, None)
    page.post(url, {"to": "on"})
    schedule.refresh_from_db()
    assert schedule.next_at is not None
    assert ConfigChange.objects.filter(kind="automation.schedule").count() == 3


def test_one_that_names_what_is_gone_can_be_paused_and_not_switched_on(page, schedule):
    Schedule.objects.update(effects=[{"do": "gone"}])
    url = reverse("setup:schedule_switch", args=[schedule.pk])
    page.post(url, {"to": "off"})
    assert not Schedule.objects.get().is_active
    page.post(url, {"to": "on"})
    assert not Schedule.objects.get().is_active


def test_run_now_leads_to_the_run_with_the_result_of_each_ticket(page, world, schedule):
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer hums")
    hidden = TicketFactory(queue=world.billing, customer=world.erik, title="Secret invoice")
    answer = page.post(reverse("setup:schedule_run", args=[schedule.pk]))
    run = ScheduleRun.objects.get()
    assert answer.url == reverse("setup:schedule_one_run", args=[schedule.pk, run.pk])
    assert "About to begin" in text_of(page.get(answer.url))
    page.post(reverse("setup:schedule_run", args=[schedule.pk]))  # it is running already
    assert ScheduleRun.objects.count() == 1
    work(run)
    shown = text_of(page.get(answer.url))
    assert "2 tickets changed" in shown
    assert "Printer hums" in shown
    assert "Secret invoice" not in shown
    assert "started by Alex Berger" in shown
    runs = text_of(page.get(reverse("setup:schedule_runs", args=[schedule.pk])))
    assert "2 tickets changed" in runs
    history = text_of(page.get(reverse("desk:history", args=[ticket.number])))
    assert "by the schedule “Late”" in history
    assert Ticket.objects.get(pk=hidden.pk).tags == ["late"]


def test_a_run_is_stopped(page, world, schedule):
    run = run_now(schedule, by=world.alex)
    page.post(reverse("setup:schedule_run_stop", args=[schedule.pk, run.pk]))
    shown = text_of(page.get(reverse("setup:schedule_one_run", args=[schedule.pk, run.pk])))
    assert "stopped by Alex Berger" in shown


def test_a_run_that_was_given_up_goes_on(page, world, schedule):
    run = run_now(schedule, by=world.alex)
    run.park()
    run.last_error = "OperationalError: gone"
    run.save_work()
    url = reverse("setup:schedule_one_run", args=[schedule.pk, run.pk])
    assert "The run was given up after several tries." in text_of(page.get(url))
    page.post(reverse("setup:schedule_run_again", args=[schedule.pk, run.pk]))
    run.refresh_from_db()
    assert (run.parked_at, run.due_at is not None) == (None, True)


def test_the_list_says_what_each_does_and_when(page, schedule, queries):
    shown = text_of(page.get(reverse("setup:schedules")))
    for words in ("Late", "Add the tag late", "Answer the customer by email", "UTC", "never"):
        assert words in shown


def test_the_list_costs_the_same_for_many(page, world, schedule, queries):
    def cost() -> int:
        with queries() as counted:
            page.get(reverse("setup:schedules"))
        return len(counted)

    work(run_now(schedule, by=world.alex))
    before = cost()
    for number in range(4):
        more = Schedule(name=f"More {number}", condition={"field": "queue", "is": world.support.pk}, zone="UTC")
        more.cron, more.effects = "0 9 * * *", [{"do": "assign", "to": world.bea.pk}]
        work(run_now(save_schedule(more, by=world.alex), by=world.alex))
    assert cost() <= before + 4  # the names of queues and agents, once for all


def test_removed_with_its_runs(page, world, schedule):
    work(run_now(schedule, by=world.alex))
    answer = page.post(reverse("setup:schedule_remove", args=[schedule.pk]))
    assert answer.url == reverse("setup:schedules")
    assert not Schedule.objects.exists()
    assert not ScheduleRun.objects.exists()

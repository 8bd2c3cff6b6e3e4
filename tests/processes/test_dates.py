"""Timers on a date in a field follow the field, whoever changes it; what was waited for is said in the history."""

from datetime import timedelta

import pytest
from django.utils import timezone

from processes.actions import messaging, starting, steering, working
from processes.models import Timer
from processes.tasks import ring
from tests.factories import TicketFactory
from tests.processes.drawings import acting, drawing, end, line, node, start, ways, work
from tests.processes.world import agent, fresh, kinds, path, published, tasks
from tickets.actions.fields import set_custom_fields, set_title
from tickets.models import FieldDefinition
from tickets.models.field import FieldKind
from tickets.sentences import sentence_of

pytestmark = pytest.mark.django_db


def wait(offset=""):
    setting = {"timer": {"field": "first_day", **({"offset": offset} if offset else {})}}
    return node("intermediateCatchEvent", "Wait", setting, "<bpmn:timerEventDefinition />")


@pytest.fixture
def day():
    FieldDefinition.objects.create(key="first_day", label="First day", kind=FieldKind.DATE)
    return timezone.localdate() + timedelta(days=10)


def given(ticket, value, by):
    set_custom_fields(ticket, {"first_day": value.isoformat() if value else ""}, by=by)


def begun(day, xml="", **fields):
    ticket = TicketFactory(custom_fields={"first_day": day.isoformat()} if day else {})
    by = agent(ticket)
    return starting.start(published(xml or line(wait("-1d"), work("After")), **fields), ticket, by=by), by


def test_another_date_is_another_time(day):
    run, by = begun(day)
    before = Timer.objects.get().due_at
    given(run.ticket, day + timedelta(days=3), by)
    assert Timer.objects.get().due_at - before == timedelta(days=3)
    told = run.ticket.events.get(kind="process.moved")
    assert told.cause_event.kind == "fields.changed"
    assert "“Wait” waits until" in sentence_of(told)


def test_what_has_nothing_to_do_with_the_date_moves_nothing(day):
    run, by = begun(day)
    before = Timer.objects.get().due_at
    set_title(run.ticket, "Another one", by=by)
    given(run.ticket, day, by)
    assert Timer.objects.get().due_at == before
    assert "moved" not in kinds(run)


def test_without_a_date_it_waits_for_one_and_says_so(day):
    run, by = begun(day)
    given(run.ticket, None, by)
    assert Timer.objects.get().due_at is None
    assert (fresh(run).state, fresh(run).problem["code"]) == ("stuck", "time")
    given(run.ticket, day, by)
    assert (fresh(run).state, fresh(run).problem) == ("going", {})
    assert Timer.objects.get().due_at is not None
    assert kinds(run)[-2:] == ["stuck", "moved"]


def test_a_run_that_began_without_a_date_goes_on_with_one(day):
    run, by = begun(None)
    assert fresh(run).state == "stuck"
    given(run.ticket, day, by)
    assert fresh(run).state == "going"
    assert Timer.objects.get().due_at.date() <= day


def test_to_try_again_without_a_date_changes_nothing(day):
    run, by = begun(None)
    steering.retry(run, by=by)
    assert (fresh(run).state, Timer.objects.get().due_at) == ("stuck", None)


def test_a_date_that_has_passed_is_due_at_once(day):
    run, by = begun(day)
    given(run.ticket, timezone.localdate() - timedelta(days=2), by)
    ring(Timer.objects.get().pk)
    assert path(run) == ["S", "Wait"]
    assert list(tasks(run)) == ["After"]


def test_a_step_of_the_run_itself_may_set_the_date(day):
    other = day + timedelta(days=5)
    sets = acting("Set", {"do": "fields", "values": {"first_day": other.isoformat()}})
    xml = drawing(
        start(),
        node("parallelGateway", "F"),
        wait(),
        work("A"),
        sets,
        end(),
        ways("S>F", "F>Wait", "F>A", "Wait>E", "A>Set", "Set>E"),
    )
    run, by = begun(day, xml)
    before = Timer.objects.get().due_at
    working.complete(tasks(run)["A"], {}, by=by)
    assert Timer.objects.get().due_at - before == timedelta(days=5)
    assert fresh(run).state == "going"


def test_a_timer_that_was_taken_up_just_before_the_date_moved_waits_on(day, monkeypatch):
    run, by = begun(timezone.localdate() - timedelta(days=1))
    timer = Timer.objects.get()
    real = messaging.moving

    def meanwhile(of):
        monkeypatch.setattr(messaging, "moving", real)
        given(run.ticket, day, by)
        return real(of)

    monkeypatch.setattr(messaging, "moving", meanwhile)
    ring(timer.pk)
    assert path(run) == ["S"]
    assert Timer.objects.get().due_at.date() >= day - timedelta(days=2)

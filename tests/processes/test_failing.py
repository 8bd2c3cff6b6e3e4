"""A step that fails stops its own way alone: what else goes on, what is dropped, and what of it stays."""

import pytest

from processes.actions import deciding, steering, working
from processes.models import Decision
from processes.moving import moving
from processes.refusals import Refused
from tests.factories import CustomerFactory, PersonFactory, TicketFactory
from tests.processes.drawings import acting, drawing, end, node, span, start, tag, way, ways, work
from tests.processes.test_elements import begin, broken, failing_effect, finish
from tests.processes.world import agent, fresh, pass_time, path, tasks

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    return TicketFactory(customer=CustomerFactory())


def test_an_approval_is_over_although_what_follows_its_timer_fails(ticket):
    person = PersonFactory()
    by = [{"kind": "person", "person": person.email}]
    xml = drawing(
        start(), work("Ok", {"approval": {"rule": "all", "by": by, "deadline": {"after": "9d"}}}),
        node("boundaryEvent", "Late", attachedToRef="Ok", inside=span("P1D")), acting("Give", failing_effect()), end(),
        ways("S>Ok", "Ok>E", "Late>Give", "Give>E"),
    )  # fmt: skip
    run = broken(xml, ticket)
    asked = Decision.objects.for_page().get(task__run=run)
    pass_time(run, "Late")
    run = fresh(run)
    assert (run.state, run.problem["element"], tasks(run), run.timers.count()) == ("stuck", "Give", {}, 0)
    with pytest.raises(Refused) as refused:
        deciding.decide(asked, "approved", by=person)
    assert (refused.value.code, fresh(run).outcomes) == ("over", {"Give": "choice"})


@pytest.mark.parametrize("order", [["Split>Give", "Split>A"], ["Split>A", "Split>Give"]])
def test_the_other_way_goes_on_to_its_end(ticket, order):
    xml = drawing(
        start(), node("parallelGateway", "Split"), acting("Give", failing_effect()), acting("A", tag("a")), work("Ask"),
        acting("B", tag("b")), end("E"), end("F"), ways("S>Split", *order, "Give>E", "A>Ask", "Ask>B", "B>F"),
    )  # fmt: skip
    run = broken(xml, ticket)
    assert (fresh(run).state, set(tasks(run))) == ("stuck", {"Ask"})
    finish(run, "Ask")
    run = fresh(run)
    assert (run.state, run.problem["element"], tasks(run)) == ("stuck", "Give", {})
    run.ticket.refresh_from_db()
    assert (run.ticket.tags, path(run)[-3:]) == (["a", "b"], ["Ask", "B", "F"])


def test_an_end_of_everything_takes_the_failed_step_away(ticket):
    xml = drawing(
        start(), node("parallelGateway", "Split"), acting("Give", failing_effect()), work("Ask"), end("E"),
        end("Stop", "<bpmn:terminateEventDefinition />"),
        ways("S>Split", "Split>Give", "Split>Ask", "Give>E", "Ask>Stop"),
    )  # fmt: skip
    run = broken(xml, ticket)
    finish(run, "Ask")
    assert (fresh(run).state, fresh(run).problem) == ("done", {})


def test_what_the_run_waits_for_no_more_is_not_taken(ticket):
    run = begin(drawing(start(), work("A"), work("B"), end(), ways("S>A", "A>B", "B>E")), ticket)
    left = tasks(run)["A"]
    steering.jump(run, "B", reason="x", by=agent(ticket))
    type(left).objects.filter(pk=left.pk).update(state="open", done_at=None)
    with pytest.raises(Refused) as refused:
        working.complete(left, {}, by=agent(ticket))
    left.refresh_from_db()
    assert (refused.value.code, left.is_open, fresh(run).outcomes) == ("over", True, {})


def test_what_steps_came_to_is_undone_with_them(ticket, monkeypatch):
    gateway = node("exclusiveGateway", "G", default="G_B")
    xml = drawing(
        start(), work("Ask"), acting("A", tag("a")), gateway, acting("B", tag("b")), end(),
        ways("S>Ask", "Ask>A", "A>G", "G>B", "B>E"), way("G>E", {"field": "title", "is": "never"}),
    )  # fmt: skip
    run = begin(xml, ticket)

    def broken_down(*_args, **_more):
        raise RuntimeError

    monkeypatch.setattr("processes.moving.Mover.holds", broken_down)
    finish(run, "Ask")
    run = fresh(run)
    assert (run.state, run.problem["code"], run.outcomes) == ("stuck", "error", {"Ask": "done"})
    monkeypatch.undo()
    steering.retry(run, by=agent(ticket))
    assert fresh(run).outcomes == {"Ask": "done", "A": "done", "B": "done"}
    with moving(run) as mover:
        assert mover.engine.is_over

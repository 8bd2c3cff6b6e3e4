"""Every element of BPMN that is to run, running."""

import pytest

from mail.models import Letter
from processes.actions import messaging, starting, steering, working
from processes.models import Run, Task, Timer
from tests.factories import CustomerFactory, TicketFactory
from tests.processes.drawings import (
    CUSTOMER,
    acting,
    drawing,
    end,
    error,
    line,
    message,
    node,
    span,
    start,
    tag,
    way,
    ways,
    work,
)
from tests.processes.world import agent, fresh, kinds, pass_on, pass_time, path, published, tasks
from tickets.conditions import to_q, viewer
from tickets.models import FieldDefinition, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket():
    return TicketFactory(customer=CustomerFactory())


def begin(xml, ticket, by=None, **fields):
    return starting.start(published(xml, **fields), ticket, by=by or agent(ticket))


def finish(run, element, by=None):
    return working.complete(tasks(run)[element], {}, by=by or agent(run.ticket))


def tags(run):
    run.ticket.refresh_from_db()
    return run.ticket.tags


def test_user_manual_and_service_tasks_one_after_the_other(ticket):
    run = begin(line(work("Ask"), work("Lift", kind="manualTask"), acting("Mark", tag("done"))), ticket)
    assert run.state == Run.State.GOING
    assert {element: task.kind for element, task in tasks(run).items()} == {"Ask": "form"}
    finish(run, "Ask")
    assert {element: task.kind for element, task in tasks(run).items()} == {"Lift": "manual"}
    finish(run, "Lift")
    run = fresh(run)
    assert (run.state, run.outcomes) == ("done", {"Ask": "done", "Lift": "done", "Mark": "done"})
    assert tags(run) == ["done"]
    assert path(run) == ["S", "Ask", "Lift", "Mark", "E"]
    assert kinds(run) == ["started", "asked", "done", "asked", "done", "acted", "ended"]


def test_a_task_can_be_for_the_customer(ticket):
    run = begin(line(work("Tell", CUSTOMER)), ticket)
    task = tasks(run)["Tell"]
    assert (task.audience, task.user) == (Task.Audience.CUSTOMER, ticket.customer)
    assert list(Task.objects.of_customer(ticket.customer)) == [task]
    assert list(Task.objects.of_agent(agent(ticket))) == []


def test_whose_task_it_is_gets_a_letter_in_his_language():
    ticket = TicketFactory(customer=CustomerFactory(language="de", name="Dana"))
    one = agent(ticket)
    settings = {**CUSTOMER, "text": {"en": "Tell us", "de": "Sagen Sie es uns"}, "due": {"after": "2d"}}
    to_one = {"who": {"kind": "agent", "person": one.email}}
    run = begin(line(work("Many"), work("One", to_one), work("Tell", settings)), ticket)
    assert not Letter.objects.exists()
    finish(run, "Many")
    letter = Letter.objects.get()
    assert (letter.address, f"/desk/tickets/{ticket.number}/" in letter.data["body"]) == (one.email, True)
    finish(run, "One")
    letter = Letter.objects.get(address=ticket.customer.email)
    assert "Sagen Sie es uns" in letter.data["body"]
    assert ticket.number in letter.data["subject"]


def test_an_exclusive_gateway_takes_the_first_way_whose_condition_holds(ticket):
    gateway = node("exclusiveGateway", "G", default="G_B")
    xml = drawing(
        start(), gateway, acting("A", tag("urgent")), acting("B", tag("calm")), end(),
        ways("S>G", "G>B", "A>E", "B>E"), way("G>A", {"field": "title", "contains": "fire"}),
    )  # fmt: skip
    process = published(xml)
    calm = starting.start(process, ticket, by=agent(ticket))
    assert tags(calm) == ["calm"]
    other = TicketFactory(title="There is fire")
    assert tags(starting.start(process, other, by=agent(other))) == ["urgent"]


@pytest.mark.parametrize(
    ("amount", "taken"), [(None, ["at_least", "at_most"]), (99, ["below", "at_most"]), (101, ["at_least", "above"])]
)
def test_an_empty_number_is_neither_more_nor_less_and_its_negations_hold(ticket, amount, taken):
    """As in every other condition (decision 22): whoever does not mean empty ones asks for that too."""
    FieldDefinition.objects.create(key="amount", label="Amount", kind="number")
    ticket.custom_fields = {} if amount is None else {"amount": amount}
    ticket.save(update_fields=["custom_fields"])
    below, above = {"field": "field.amount", "below": 100}, {"field": "field.amount", "above": 100}
    asked = {"below": below, "at_least": {"not": below}, "above": above, "at_most": {"not": above}}
    xml = drawing(
        start(), node("inclusiveGateway", "G", default="G_none"), node("inclusiveGateway", "J"), end(),
        *(acting(name, tag(name)) for name in [*asked, "none"]),
        *(way(f"G>{name}", condition) for name, condition in asked.items()),
        *(way(f"{name}>J") for name in [*asked, "none"]), ways("S>G", "G>none", "J>E"),
    )  # fmt: skip
    assert sorted(tags(begin(xml, ticket))) == sorted(taken)
    for name, condition in asked.items():
        found = Ticket.objects.filter(to_q(condition, viewer(None)), pk=ticket.pk)
        assert found.exists() is (name in taken)


def test_a_parallel_gateway_waits_for_all_of_its_ways(ticket):
    xml = drawing(
        start(), node("parallelGateway", "Split"), work("A"), work("B"), node("parallelGateway", "Join"), end(),
        ways("S>Split", "Split>A", "Split>B", "A>Join", "B>Join", "Join>E"),
    )  # fmt: skip
    run = begin(xml, ticket)
    assert set(tasks(run)) == {"A", "B"}
    finish(run, "B")
    assert (fresh(run).state, set(tasks(run))) == ("going", {"A"})
    finish(run, "A")
    assert fresh(run).state == "done"


def test_an_inclusive_gateway_takes_every_way_whose_condition_holds(ticket):
    ticket.tags = ["a", "b"]
    ticket.save(update_fields=["tags"])
    xml = drawing(
        start(), node("inclusiveGateway", "G", default="G_C"), work("A"), work("B"), work("C"),
        node("inclusiveGateway", "J"), end(),
        way("G>A", {"field": "tags", "contains": "a"}), way("G>B", {"field": "tags", "contains": "b"}),
        ways("S>G", "G>C", "A>J", "B>J", "C>J", "J>E"),
    )  # fmt: skip
    run = begin(xml, ticket)
    assert set(tasks(run)) == {"A", "B"}
    finish(run, "A")
    assert fresh(run).state == "going"
    finish(run, "B")
    assert fresh(run).state == "done"


def test_an_event_gateway_goes_the_way_of_what_comes_first(ticket):
    declared, defined = message("parcel")
    xml = drawing(
        start(), node("eventBasedGateway", "G"), node("intermediateCatchEvent", "Late", inside=span("P3D")),
        node("intermediateCatchEvent", "Came", inside=defined), acting("A", tag("late")), acting("B", tag("came")),
        end(), ways("S>G", "G>Late", "G>Came", "Late>A", "Came>B", "A>E", "B>E"), before=declared,
    )  # fmt: skip
    process = published(xml)
    run = starting.start(process, ticket, by=agent(ticket))
    assert (run.awaits, [timer.element for timer in run.timers.all()]) == (["parcel"], ["Late"])
    assert messaging.deliver(ticket, "parcel", by=agent(ticket)) == 1
    run = fresh(run)
    assert (run.state, tags(run), run.timers.count(), run.awaits) == ("done", ["came"], 0, [])
    other = TicketFactory()
    run = starting.start(process, other, by=agent(other))
    assert pass_time(run) == 1
    assert (fresh(run).state, tags(run)) == ("done", ["late"])
    assert messaging.deliver(other, "parcel", by=agent(other)) == 0


def test_a_timer_of_a_duration_and_one_of_a_date(ticket):
    at = "<bpmn:timerEventDefinition><bpmn:timeDate>2031-05-01T09:00+02:00</bpmn:timeDate></bpmn:timerEventDefinition>"
    run = begin(
        line(
            node("intermediateCatchEvent", "Wait", inside=span("PT4H")),
            node("intermediateCatchEvent", "May", inside=at),
        ),
        ticket,
    )
    timer = run.timers.get()
    assert abs((timer.due_at - run.started_at).total_seconds() - 4 * 3600) < 5
    pass_time(run)
    assert run.timers.get().due_at.isoformat() == "2031-05-01T07:00:00+00:00"
    pass_time(run)
    assert fresh(run).state == "done"
    assert kinds(run) == ["started", "passed", "passed", "ended"]


def test_a_message_is_received_by_a_receive_task_and_sent_by_a_throw_event(ticket):
    declared, defined = message("go")
    waiting = begin(
        drawing(start(), node("receiveTask", "R", messageRef="M_go"), end(), ways("S>R", "R>E"), before=declared),
        ticket,
    )
    sending = drawing(
        start(), node("intermediateThrowEvent", "T", inside=defined), end(), ways("S>T", "T>E"), before=declared
    )
    run = begin(sending, ticket)
    assert (fresh(run).state, fresh(waiting).state) == ("done", "going")
    assert pass_on() == 1
    assert fresh(waiting).state == "done"


def test_a_run_sends_the_same_message_as_often_as_it_is_drawn(ticket):
    declared, defined = message("go")
    receives = [node("receiveTask", f"R{n}", messageRef="M_go") for n in range(2)]
    waiting = begin(drawing(start(), *receives, end(), ways("S>R0", "R0>R1", "R1>E"), before=declared), ticket)
    throws = [node("intermediateThrowEvent", f"T{n}", inside=defined) for n in range(2)]
    begin(drawing(start(), *throws, end(), ways("S>T0", "T0>T1", "T1>E"), before=declared), ticket)
    assert pass_on() == 2
    assert fresh(waiting).state == "done"


def test_the_customers_answer_is_a_message(ticket):
    from tickets.actions.replying import receive
    from tickets.messages import Message

    declared, defined = message("customer.answered")
    run = begin(
        drawing(
            start(), node("intermediateCatchEvent", "C", inside=defined), end(), ways("S>C", "C>E"), before=declared
        ),
        ticket,
    )
    receive(ticket, Message(text="Here it is."), channel="email", by=ticket.customer)
    assert pass_on() == 1
    assert fresh(run).state == "done"


def test_a_boundary_timer_interrupts_its_step(ticket):
    xml = drawing(
        start(), work("Ask"), node("boundaryEvent", "Late", attachedToRef="Ask", inside=span("P1D")),
        acting("Remind", tag("late")), end(), ways("S>Ask", "Ask>E", "Late>Remind", "Remind>E"),
    )  # fmt: skip
    run = begin(xml, ticket)
    task = tasks(run)["Ask"]
    pass_time(run)
    task.refresh_from_db()
    assert (fresh(run).state, task.state, tags(run)) == ("done", "cancelled", ["late"])


def test_a_boundary_timer_that_does_not_interrupt_leaves_the_step(ticket):
    xml = drawing(
        start(), work("Ask"),
        node("boundaryEvent", "Late", attachedToRef="Ask", cancelActivity="false", inside=span("P1D")),
        acting("Remind", tag("late")), end("E"), end("F"), ways("S>Ask", "Ask>E", "Late>Remind", "Remind>F"),
    )  # fmt: skip
    run = begin(xml, ticket)
    pass_time(run)
    assert (fresh(run).state, set(tasks(run)), tags(run)) == ("going", {"Ask"}, ["late"])
    finish(run, "Ask")
    assert fresh(run).state == "done"


def test_the_timer_goes_when_its_step_is_done(ticket):
    xml = drawing(
        start(), work("Ask"), node("boundaryEvent", "Late", attachedToRef="Ask", inside=span("P1D")), end(), end("F"),
        ways("S>Ask", "Ask>E", "Late>F"),
    )  # fmt: skip
    run = begin(xml, ticket)
    late = Timer.objects.select_related("run__ticket").get(run=run)
    finish(run, "Ask")
    messaging.ring(late)
    assert (fresh(run).state, run.timers.count(), path(run)) == ("done", 0, ["S", "Ask", "E"])


def failing_effect():
    """No agent has this id: the effect is refused with the code "choice"."""
    return {"do": "assign", "to": 999_999}


def broken(xml, ticket):
    """Started although the effect cannot be published: what it names has gone since."""
    from accounts.people import system_actor
    from processes.models import Process, Version

    process = Process.objects.create(key="broken", name="Broken")
    by = system_actor("system")
    process.active = Version.objects.create(process=process, number=1, xml=xml, state="published", saved_by=by)
    process.save()
    return starting.start(process, ticket, by=agent(ticket))


@pytest.mark.parametrize(("code", "caught"), [("", True), ("choice", True), ("right", False)])
def test_a_boundary_error_catches_what_an_automatic_step_is_refused(ticket, code, caught):
    declared, defined = error(code)
    xml = drawing(
        start(), acting("Give", tag("half"), failing_effect()),
        node("boundaryEvent", "Err", attachedToRef="Give", inside=defined), acting("Mend", tag("mended")), end(),
        ways("S>Give", "Give>E", "Err>Mend", "Mend>E"), before=declared,
    )  # fmt: skip
    run = fresh(broken(xml, ticket))
    if caught:
        assert (run.state, tags(run), run.outcomes["Give"]) == ("done", ["mended"], "choice")
        assert path(run) == ["S", "Give:choice", "Err", "Mend", "E"]
    else:
        assert (run.state, tags(run), run.problem["code"], run.problem["element"]) == ("stuck", [], "choice", "Give")


def test_a_sub_process_ends_with_an_error_that_its_border_catches(ticket):
    declared, defined = error("no")
    inner = start("S1") + work("Look") + end("E1", inside=defined) + ways("S1>Look", "Look>E1")
    xml = drawing(
        start(), node("subProcess", "Sub", inside=inner),
        node("boundaryEvent", "Err", attachedToRef="Sub", inside=defined), acting("A", tag("a")), acting("B", tag("b")),
        end(), ways("S>Sub", "Sub>A", "Err>B", "A>E", "B>E"), before=declared,
    )  # fmt: skip
    run = begin(xml, ticket)
    finish(run, "Look")
    assert (fresh(run).state, tags(run)) == ("done", ["b"])


def test_a_sub_process_goes_on_when_it_is_over(ticket):
    inner = start("S1") + work("Look") + end("E1") + ways("S1>Look", "Look>E1")
    run = begin(
        drawing(
            start(),
            node("subProcess", "Sub", inside=inner),
            acting("A", tag("a")),
            end(),
            ways("S>Sub", "Sub>A", "A>E"),
        ),
        ticket,
    )
    assert tags(run) == []
    finish(run, "Look")
    assert (fresh(run).state, tags(run)) == ("done", ["a"])


def test_a_call_activity_runs_another_process_and_keeps_its_version(ticket):
    from processes.actions import configuring

    called = published(line(work("Check")), key="check")
    caller = published(line(node("callActivity", "Call", calledElement="check"), acting("A", tag("a"))))
    run = starting.start(caller, ticket, by=agent(ticket))
    configuring.save_draft(called, line(acting("Z", tag("z"))), by=agent(ticket))
    configuring.publish(called, by=agent(ticket))
    assert set(tasks(run)) == {"check/Check"}
    finish(run, "check/Check")
    assert (fresh(run).state, tags(run)) == ("done", ["a"])


def test_a_terminating_end_ends_everything(ticket):
    xml = drawing(
        start(), node("parallelGateway", "Split"), work("A"), work("B"), end("E"),
        end("Stop", "<bpmn:terminateEventDefinition />"), ways("S>Split", "Split>A", "Split>B", "A>E", "B>Stop"),
    )  # fmt: skip
    run = begin(xml, ticket)
    finish(run, "B")
    assert (fresh(run).state, tasks(run)) == ("done", {})


def test_a_circle_without_an_end_is_stopped_and_named(ticket):
    xml = drawing(
        start(), node("exclusiveGateway", "G"), acting("A", tag("a")), node("exclusiveGateway", "H", default="H_G"),
        end(), ways("S>G", "G>A", "A>H", "H>G"), way("H>E", {"field": "title", "is": "never"}),
    )  # fmt: skip
    run = fresh(begin(xml, ticket))
    assert (run.state, run.problem["code"]) == ("stuck", "endless")
    assert kinds(run)[-1] == "stuck"


def test_ways_that_split_and_lead_back_ask_nobody_a_thousand_times(ticket):
    xml = drawing(
        start(), node("exclusiveGateway", "G"), node("parallelGateway", "Split"), work("A"), node("exclusiveGateway", "H", default="H_G"),
        end(), ways("S>G", "G>Split", "Split>A", "Split>H", "H>G", "A>E"), way("H>E", {"field": "title", "is": "never"}),
    )  # fmt: skip
    run = fresh(begin(xml, ticket))
    assert (run.state, run.problem["code"], run.tasks.count()) == ("stuck", "endless", 0)


def test_a_way_back_asks_again(ticket):
    xml = drawing(
        start(), node("exclusiveGateway", "G"), work("Ask"), node("exclusiveGateway", "H", default="H_G"), end(),
        ways("S>G", "G>Ask", "Ask>H", "H>G"), way("H>E", {"field": "tags", "contains": "enough"}),
    )  # fmt: skip
    run = begin(xml, ticket)
    for _round in range(3):
        finish(run, "Ask")
    ticket.refresh_from_db()
    ticket.tags = ["enough"]
    ticket.save(update_fields=["tags"])
    finish(run, "Ask")
    assert (fresh(run).state, run.tasks.count()) == ("done", 4)


def test_a_run_goes_on_with_its_version_when_another_is_published(ticket):
    from processes.actions import configuring

    process = published(line(work("Old"), work("Older")))
    run = starting.start(process, ticket, by=agent(ticket))
    configuring.save_draft(process, line(work("New")), by=agent(ticket))
    configuring.publish(process, by=agent(ticket))
    finish(run, "Old")
    assert set(tasks(run)) == {"Older"}
    other = TicketFactory()
    assert set(tasks(starting.start(process, other, by=agent(other)))) == {"New"}


def test_cancelling_and_jumping_need_a_reason_and_a_step(ticket):
    from processes.refusals import Refused

    run = begin(line(work("A"), work("B"), work("C")), ticket)
    by = agent(ticket)
    for reason, target, code in [("", "C", "reason"), ("x", "S", "target"), ("x", "Nowhere", "target")]:
        with pytest.raises(Refused) as refused:
            steering.jump(run, target, reason=reason, by=by)
        assert refused.value.code == code
    steering.jump(run, "C", reason="A and B were done on paper", by=by)
    assert set(tasks(run)) == {"C"}
    steering.cancel(run, reason="Not wanted any more", by=by)
    assert (fresh(run).state, tasks(run)) == ("cancelled", {})
    with pytest.raises(Refused):
        steering.cancel(run, reason="again", by=by)
    assert kinds(run) == ["started", "asked", "jumped", "asked", "cancelled"]


def test_nobody_can_be_moved_behind_a_gateway_that_would_wait_for_ever(ticket):
    xml = drawing(
        start(), node("parallelGateway", "Split"), work("A"), work("B"), node("parallelGateway", "Join"), work("C"),
        end(), ways("S>Split", "Split>A", "Split>B", "A>Join", "B>Join", "Join>C", "C>E"),
    )  # fmt: skip
    run = begin(xml, ticket)
    assert [one.id for one in steering.targets(run)] == ["C"]


def test_a_ticket_that_goes_takes_its_runs_with_it(ticket):
    from tickets.actions.removing import trash

    run = begin(line(work("A")), ticket)
    trash(ticket, by=agent(ticket))
    assert (fresh(run).state, tasks(run)) == ("cancelled", {})


def test_an_effect_that_removes_the_ticket_ends_its_own_run(ticket):
    run = begin(line(acting("Away", {"do": "trash"}), work("A")), ticket)
    assert (fresh(run).state, tasks(run)) == ("cancelled", {})


def test_a_stuck_run_goes_on_when_what_was_missing_is_there(ticket):
    gone = {"who": {"kind": "queue"}, "approval": {"rule": "all", "by": [{"kind": "owner"}]}}
    run = fresh(begin(line(work("Ok", gone)), ticket))
    assert (run.state, run.problem) == ("stuck", {"element": "Ok", "code": "nobody", "text": ""})
    person = agent(ticket)
    from tickets.actions.routing import assign

    assign(ticket, person, by=person)
    steering.retry(run, by=person)
    assert (fresh(run).state, [d.approver for d in tasks(run)["Ok"].decisions.all()]) == ("going", [person])


def test_a_long_run_is_no_loop_of_automations(ticket):
    steps = [part for n in range(15) for part in (work(f"W{n}"), acting(f"A{n}", tag(f"t{n}")))]
    run = begin(line(*steps), ticket)
    for number in range(15):
        finish(run, f"W{number}")
    assert fresh(run).state == "done"
    assert max(event.depth for event in run.ticket.events.all()) <= 3

"""Setting processes up, effects of rules, requests that start them, who sees what, and what it costs."""

import pytest
from django.utils.translation import override

from accounts.audit import Stale
from accounts.models import ConfigChange
from automation.effects import Context, EffectError, Refused, check_effects, do_effect
from processes import forms, queries
from processes.actions import configuring, starting, working
from processes.editing import laid_out
from processes.models import Impulse, Process, Run, Task, Version
from processes.refusals import NotPublishable
from processes.refusals import Refused as ProcessRefused
from tests.factories import AgentFactory, CustomerFactory, QueueFactory, TicketFactory
from tests.processes.drawings import QUEUE, acting, drawing, end, error, line, message, node, start, tag, ways, work
from tests.processes.world import agent, fresh, kinds, pass_on, published, tasks
from tickets.events import Cause
from tickets.models import Service
from tickets.sentences import sentence_of
from web.common.diagrams import drawn, picture_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return AgentFactory()


@pytest.fixture
def ticket():
    return TicketFactory(customer=CustomerFactory())


def test_a_draft_is_kept_published_and_retired(by):
    process = configuring.create(Process(key="order", name="Order"), by=by)
    first = process.versions.get()
    assert (first.number, first.state) == (1, Version.State.DRAFT)
    second = configuring.save_draft(process, line(work("A")), seen=first.pk, by=by)
    assert second.pk == first.pk
    configuring.publish(process, by=by)
    later = configuring.save_draft(process, line(work("B")), by=by)
    with pytest.raises(Stale):
        configuring.save_draft(process, line(work("C")), seen=first.pk, by=by)
    assert (later.number, process.versions.count()) == (2, 2)
    configuring.publish(process, by=by)
    assert [version.state for version in process.versions.order_by("number")] == ["retired", "published"]
    configuring.retire(process, by=by)
    assert not Process.objects.active().exists()
    changes = ConfigChange.objects.filter(kind="processes.process").order_by("pk")
    assert [change.after for change in changes][1:] == [{"published": 1}, {"published": 2}, {"published": None}]


def test_a_drawing_with_problems_is_kept_and_not_published(by):
    process = configuring.create(Process(key="order", name="Order"), by=by)
    configuring.save_draft(process, line(work("A", {})), by=by)
    with pytest.raises(NotPublishable) as refused:
        configuring.publish(process, by=by)
    assert [(problem.element, problem.code) for problem in refused.value.problems] == [("A", "who")]
    assert (process.versions.get().state, Process.objects.get().active) == ("draft", None)


def test_the_key_stays_and_what_tickets_have_is_not_removed(by, ticket):
    process = published(line(work("A")), key="order")
    process.key, process.name = "other", "Ordering"
    configuring.save_process(process, queues=[], services=[], by=by)
    assert Process.objects.get().key == "order"
    starting.start(process, ticket, by=by)
    with pytest.raises(ProcessRefused):
        configuring.remove(process, by=by)
    other = published(line(work("A")))
    configuring.remove(other, by=by)
    assert list(Process.objects.all()) == [process]


def test_processes_do_not_call_each_other_in_a_circle(by):
    first = published(line(work("A")), key="first")
    published(line(node("callActivity", "C", calledElement="first")), key="second")
    configuring.save_draft(first, line(node("callActivity", "C", calledElement="second")), by=by)
    with pytest.raises(NotPublishable) as refused:
        configuring.publish(first, by=by)
    assert [problem.code for problem in refused.value.problems] == ["call"]


def test_agents_are_offered_what_is_for_their_queue(by):
    here, there = QueueFactory(), QueueFactory()
    everywhere, in_here = published(line(work("A"))), published(line(work("A")))
    configuring.save_process(in_here, queues=[here], services=[], by=by)
    never = published(line(work("A")), by_agents=False)
    offered = {queue: set(Process.objects.in_desk(queue)) for queue in (here, there)}
    assert offered == {here: {everywhere, in_here}, there: {everywhere}}
    assert never in Process.objects.active()


def test_a_rule_starts_a_process_and_sends_it_a_message(ticket, by):
    declared, defined = message("go")
    xml = drawing(
        start(), node("intermediateCatchEvent", "C", inside=defined), end(), ways("S>C", "C>E"), before=declared
    )
    process = published(xml)
    context = Context(by, Cause("rule", "1", event=ticket.events.first()))
    begin, send = {"do": "start_process", "process": process.pk}, {"do": "process_message", "name": "go"}
    check_effects([begin, send])
    assert do_effect(send, ticket, context) is None
    assert do_effect(begin, ticket, context).kind == "process.started"
    run = Run.objects.get()
    assert do_effect(send, ticket, context).kind == "process.ended"
    assert fresh(run).state == "done"
    with pytest.raises(EffectError):
        check_effects([{"do": "start_process", "process": 999}])
    with pytest.raises(Refused):
        do_effect({"do": "start_process", "process": 999}, ticket, context)


def test_a_request_of_a_service_starts_its_process_once(by):
    service = (
        Service.objects.create(name="Access", key="access")
        if hasattr(Service, "key")
        else Service.objects.create(name="Access")
    )
    process = published(line(work("A")))
    configuring.save_process(process, queues=[], services=[service], by=by)
    ticket = TicketFactory(service=service)
    assert pass_on() == 1
    starting.order(process, ticket, event=ticket.events.first(), by=by)
    assert pass_on() == 0
    assert ticket.process_runs.count() == 1
    TicketFactory()
    assert not Impulse.objects.unfinished().exists()


def test_no_more_runs_than_a_rule_gone_wild_may_begin(ticket, by):
    process = published(line(work("A")))
    for _time in range(starting.MOST_RUNS):
        starting.start(process, ticket, by=by)
    with pytest.raises(ProcessRefused) as refused:
        starting.start(process, ticket, by=by)
    assert refused.value.code == "often"


def test_tasks_are_for_those_they_name_and_those_who_may_write(ticket):
    writer, reader, other = agent(ticket), agent(ticket, "read"), AgentFactory()
    to = {"who": {"kind": "agent", "person": reader.email}}
    run = starting.start(published(line(work("A", to))), ticket, by=writer)
    task = tasks(run)["A"]
    assert [list(Task.objects.of_agent(person)) for person in (writer, reader, other)] == [[task], [task], []]
    outside = {"who": {"kind": "agent", "person": other.email}}
    run = starting.start(published(line(work("A", outside))), ticket, by=writer)
    assert list(Task.objects.of_agent(other)) == []
    assert len(Task.objects.of_agent(reader)) == 1


def test_an_error_end_at_the_top_just_ends(ticket, by):
    declared, defined = error("bad")
    run = starting.start(published(drawing(start(), end(inside=defined), ways("S>E"), before=declared)), ticket, by=by)
    assert (fresh(run).state, [(s.element, s.outcome) for s in run.steps.all()]) == ("done", [("S", ""), ("E", "bad")])


def test_what_breaks_unforeseen_is_undone_and_named(ticket, by, monkeypatch):
    from processes import moving

    run = starting.start(published(line(work("A"), acting("B", tag("b")), work("C"))), ticket, by=by)

    def broken(*_args):
        raise RuntimeError("nobody thought of that")

    with monkeypatch.context() as patched:
        patched.setattr(moving, "do_effect", broken)
        working.complete(tasks(run)["A"], {}, by=by)
    run = fresh(run)
    assert (run.state, run.problem["code"], run.problem["element"]) == ("stuck", "error", "B")
    from processes.actions import steering

    steering.retry(run, by=by)
    ticket.refresh_from_db()
    assert (set(tasks(run)), ticket.tags, fresh(run).problem) == ({"C"}, ["b"], {})


def test_of_ways_that_are_all_taken_none_comes_instead(ticket):
    steps = [start(), work("A"), node("parallelGateway", "G"), work("B"), work("C"), end()]
    writer = agent(ticket)
    starting.start(published(drawing(*steps, ways("S>A", "A>G", "G>B", "G>C", "B>E", "C>E"))), ticket, by=writer)
    (view,) = queries.panel_of(ticket, writer)
    assert [step.is_other for step in view.next] == [False, False]


def test_history_and_picture_speak_the_language_of_the_reader(ticket):
    writer = agent(ticket)
    xml = laid_out(line(work("Check", {**QUEUE, "names": {"de": "Prüfen"}})))
    run = starting.start(published(xml, names={"de": "Ablauf"}), ticket, by=writer)
    (view,) = queries.panel_of(ticket, writer)
    with override("de"):
        picture = picture_of(drawn(run.version), marks=view.marks)
        told = sentence_of(ticket.events.get(kind="process.asked"))
    (shape,) = [one for one in picture.shapes if one.id == "Check"]
    assert (shape.name, [text.words for text in shape.texts]) == ("Prüfen", ["Prüfen"])
    assert "Prüfen" in picture.sentence
    assert "Prüfen" in told
    assert "Ablauf" in told
    with override("en"):
        assert "Check" in sentence_of(ticket.events.get(kind="process.asked"))


def test_the_panel_says_what_was_is_and_comes(ticket):
    writer = agent(ticket)
    xml = drawing(
        start(), work("A"), node("exclusiveGateway", "G", default="G_B"), work("B"), work("C"), end(),
        ways("S>A", "A>G", "G>B", "B>E", "C>E"),
    ).replace("</bpmn:process>", "")  # fmt: skip
    from tests.processes.drawings import way

    xml = xml.replace(
        "</bpmn:definitions>", way("G>C", {"field": "title", "is": "x"}) + "</bpmn:process></bpmn:definitions>"
    )
    run = starting.start(published(xml), ticket, by=writer)
    (view,) = queries.panel_of(ticket, writer)
    assert [(step.id, step.state) for step in view.steps] == [("A", "now"), ("C", "next"), ("B", "next")] or {
        (step.id, step.state) for step in view.steps
    } == {("A", "now"), ("B", "next"), ("C", "next")}
    assert [step.is_other for step in view.next] == [False, True]
    assert (view.marks, view.may_steer, len(view.waiting)) == (
        {"S": "done", "A": "now", "B": "next", "C": "next"}, True, 1,
    )  # fmt: skip
    working.complete(tasks(run)["A"], {}, by=writer)
    (view,) = queries.panel_of(ticket, agent(ticket, "read"))
    assert [(step.id, step.state, step.who) for step in view.steps][0] == ("A", "done", writer.name)
    assert not view.may_steer


def test_the_panel_costs_the_same_for_many_steps(ticket, django_assert_max_num_queries):
    writer = agent(ticket)
    counts = []
    for length in (2, 20):
        run = starting.start(published(line(*(work(f"A{n}") for n in range(length)))), ticket, by=writer)
        for number in range(length - 1):
            working.complete(tasks(run)[f"A{number}"], {}, by=writer)
        queries.panel_of(ticket, writer)
        with django_assert_max_num_queries(12) as found:
            queries.panel_of(ticket, writer)
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_a_step_costs_the_same_in_a_large_drawing(ticket, django_assert_max_num_queries):
    writer = agent(ticket)
    counts = []
    for length in (4, 40):
        steps = [part for n in range(length) for part in (work(f"W{n}"), acting(f"A{n}", tag(f"t{length}x{n}")))]
        run = starting.start(published(line(*steps)), ticket, by=writer)
        working.complete(tasks(run)["W0"], {}, by=writer)
        task = tasks(run)["W1"]
        with django_assert_max_num_queries(70) as found:
            working.complete(task, {}, by=writer)
        counts.append(len(found))
    assert counts[0] == counts[1]


def test_the_history_can_be_read_in_every_language(ticket, by):
    from django.utils import translation

    from tickets.sentences import sentence_of

    run = starting.start(published(line(work("A"))), ticket, by=by)
    working.complete(tasks(run)["A"], {}, by=by)
    for language in ("en", "de", "es", "pt"):
        with translation.override(language):
            said = [sentence_of(event) for event in ticket.events.filter(kind__startswith="process.")]
            assert len(said) == len(kinds(run)) == 4
    assert forms.start_form(run.version.process, ticket).entries == []

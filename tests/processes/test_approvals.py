"""Approvals: who decides, when it is over, in time, too late, passed on, by link and by mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from mail.models import Letter
from processes import links
from processes.actions import deciding, messaging, starting, working
from processes.models import Decision, Timer
from processes.refusals import Refused
from processes.replying import read_answer
from processes.tally import outcome_of
from tests.factories import AgentFactory, CustomerFactory, PersonFactory, TicketFactory, organisation
from tests.processes.drawings import acting, drawing, end, line, node, start, tag, way, ways, work
from tests.processes.world import agent, fresh, kinds, pass_on, published, tasks

YES, NO = "approved", "declined"


@pytest.mark.parametrize(
    ("rule", "answers", "outcome"),
    [
        ("one", ["", ""], ""),
        ("one", [YES, ""], YES),
        ("one", [NO, ""], NO),
        ("any", [NO, ""], ""),
        ("any", [NO, YES], YES),
        ("any", [NO, NO], NO),
        ("all", [YES, ""], ""),
        ("all", [YES, YES], YES),
        ("all", [NO, ""], NO),
        ("majority", [YES, "", ""], ""),
        ("majority", [YES, YES, ""], YES),
        ("majority", [NO, YES, ""], ""),
        ("majority", [NO, NO, ""], NO),
        ("majority", [YES, NO], NO),
        ("majority", [YES, YES, NO, ""], ""),
        ("majority", [YES, "", NO, NO], NO),
        ("all", [], ""),
    ],
)
def test_when_an_approval_is_over(rule, answers, outcome):
    assert outcome_of(rule, answers) == outcome


def process(people, **approval):
    by = [{"kind": "person", "person": person.email} for person in people]
    settings = {"approval": {"rule": "all", "by": by, "delegation": True, **approval}}
    gateway = node("exclusiveGateway", "G", default="G_No")
    multiple = "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
    return published(
        drawing(
            start(),
            node("userTask", "Ok", settings, name="Ok", inside=multiple),
            gateway,
            acting("Yes", tag("yes")),
            acting("No", tag("no")),
            end(),
            ways("S>Ok", "Ok>G", "G>No", "Yes>E", "No>E"),
            way("G>Yes", {"field": "step.Ok", "is": "approved"}),
        )  # fmt: skip
    )


@pytest.fixture
def people(db):
    return [PersonFactory(name=name) for name in ("Ann", "Ben", "Cem")]


@pytest.fixture
def ticket(people):
    made = TicketFactory(customer=CustomerFactory())
    made.organisation = organisation("Acme", made.customer, *people)
    made.save(update_fields=["organisation"])
    return made


def begin(ticket, people, **approval):
    return starting.start(process(people, **approval), ticket, by=agent(ticket))


def decision(run, person):
    return Decision.objects.for_page().get(task__run=run, approver=person)


def tags(run):
    run.ticket.refresh_from_db()
    return run.ticket.tags


def test_everybody_is_asked_and_all_must_approve(ticket, people):
    run = begin(ticket, people)
    assert [list(Decision.objects.of(person)) for person in people] == [[decision(run, p)] for p in people]
    for person in people[:2]:
        deciding.decide(decision(run, person), YES, by=person)
        assert fresh(run).state == "going"
    deciding.decide(decision(run, people[2]), YES, comment="Fine with me.", by=people[2], way="portal")
    run = fresh(run)
    assert (run.state, run.outcomes["Ok"], tags(run)) == ("done", "approved", ["yes"])
    assert kinds(run) == ["started", "asked", "decided", "decided", "decided", "approved", "acted", "ended"]


def test_one_who_declines_ends_it_and_nobody_decides_twice(ticket, people):
    run = begin(ticket, people)
    deciding.decide(decision(run, people[0]), NO, by=people[0])
    assert (fresh(run).outcomes["Ok"], tags(run)) == ("declined", ["no"])
    for person in people:
        with pytest.raises(Refused) as refused:
            deciding.decide(decision(run, person), YES, by=person)
        assert refused.value.code == "over"
    assert list(Decision.objects.of(people[1])) == []


def test_an_approval_is_no_form(ticket, people):
    run = begin(ticket, people)
    with pytest.raises(Refused) as refused:
        working.complete(tasks(run)["Ok"], {}, by=people[0])
    assert refused.value.code == "approval"


@pytest.mark.parametrize(("late", "tag"), [("decline", "no"), ("approve", "yes")])
def test_when_its_time_is_over_it_is_decided_as_the_drawing_says(ticket, people, late, tag):
    run = begin(ticket, people, deadline={"after": "2d"}, late=late)
    timer = Timer.objects.select_related("run__ticket").get(run=run)
    assert timer.kind == "deadline"
    assert abs(timer.due_at - run.started_at - timedelta(days=2)) < timedelta(seconds=5)
    messaging.ring(timer)
    assert (fresh(run).state, tags(run)) == ("done", [tag])


def test_who_has_not_answered_is_reminded(ticket, people):
    run = begin(ticket, people, remind={"after": "4h"}, deadline={"after": "2d"})
    deciding.decide(decision(run, people[0]), YES, by=people[0])
    Letter.objects.all().delete()
    messaging.ring(Timer.objects.select_related("run__ticket").get(run=run, kind="reminder"))
    assert {letter.address for letter in Letter.objects.all()} == {people[1].email, people[2].email}
    assert all(letter.data["subject"].startswith("Reminder, ") for letter in Letter.objects.all())
    again = Timer.objects.get(run=run, kind="reminder")
    assert timedelta(hours=3) < again.due_at - timezone.now() < timedelta(hours=5)


def test_an_approver_passes_it_on(ticket, people):
    run = begin(ticket, people[:1])
    deciding.delegate(decision(run, people[0]), people[1], by=people[0], comment="You know better.")
    assert (list(Decision.objects.of(people[0])), len(Decision.objects.of(people[1]))) == ([], 1)
    with pytest.raises(Refused):
        deciding.decide(decision(run, people[0]), YES, by=people[0])
    deciding.decide(decision(run, people[1]), YES, by=people[1])
    assert tags(run) == ["yes"]


def test_it_is_passed_on_to_an_agent_too(ticket, people):
    run, to = begin(ticket, people[:1]), AgentFactory()
    deciding.delegate(decision(run, people[0]), to, by=people[0])
    assert list(Decision.objects.of(to)) == [decision(run, to)]


@pytest.mark.parametrize("to", ["self", "asked", "inactive", "customer", "stranger", "nobody"])
def test_it_is_passed_on_only_to_somebody_new(ticket, people, to):
    run = begin(ticket, people[:2])
    targets = {
        "self": people[0],
        "asked": people[1],
        "inactive": AgentFactory(is_active=False),
        "customer": ticket.customer,
        "stranger": CustomerFactory(),
        "nobody": None,
    }
    with pytest.raises(Refused) as refused:
        deciding.delegate(decision(run, people[0]), targets[to], by=people[0])
    assert refused.value.code == "colleague"
    assert Decision.objects.filter(task__run=run).count() == 2


def test_it_is_passed_on_only_where_the_drawing_allows_it(ticket, people):
    run = begin(ticket, people[:1], delegation=False)
    with pytest.raises(Refused) as refused:
        deciding.delegate(decision(run, people[0]), people[1], by=people[0])
    assert refused.value.code == "delegation"


def test_the_link_leads_to_one_decision_and_dies_with_the_address(ticket, people):
    run = begin(ticket, people)
    ann = decision(run, people[0])
    token = links.token_of(ann)
    assert links.decision_of(token) == ann
    for forged in (token[:-1], f"{ann.pk + 1}-{token.partition('-')[2]}", "x", "1-", "-", "²-a", "9" * 30 + "-a"):
        assert links.decision_of(forged) is None
    people[0].email = "ann@other.example"
    people[0].save(update_fields=["email"])
    assert links.decision_of(token) is None


def test_the_letter_carries_the_link_and_the_row_does_not(ticket, people):
    from mail.letters import _compose, _of_notice

    run = begin(ticket, people[:1])
    letter = Letter.objects.get(address=people[0].email)
    link = links.link_of(decision(run, people[0]))
    assert link not in str(letter.data)
    message = _compose(letter, _of_notice(letter, people[0]))
    assert link in message.get_content()
    mark = message["Reply-To"]
    assert links.decision_of_address(mark) == decision(run, people[0])
    assert links.decision_of_address(mark.replace("ok-", "ok-1")) is None


@pytest.mark.parametrize(
    ("text", "answer", "comment"),
    [
        ("Yes\n", YES, ""),
        ("Ja, gerne.\nAber bitte erst Montag.", YES, "Aber bitte erst Montag."),
        ("NEIN!", NO, ""),
        ("Sí\n\nOn Mon, 1 Jun 2026 at 10:00, Help wrote:\n> Please decide", YES, ""),
        ("Não", NO, ""),
        ("No, thanks.", NO, ""),
        ("OK - thank you!", YES, ""),
        ("*Sim*, obrigada", YES, ""),
        ("No idea what this is about, please call me.", "", ""),
        ("No problem!", "", ""),
        ("No worries", "", ""),
        ("OK, why?", "", ""),
        ("Yes?", "", ""),
        ("Yes but no", "", ""),
        ("ok not yet", "", ""),
        ("Yes, please not", "", ""),
        ("Yes no", "", ""),
        ("!", "", ""),
        ("What is this?", "", ""),
        ("", "", ""),
        ("> yes", "", ""),
    ],
)
def test_what_an_answer_by_mail_says(text, answer, comment):
    said = read_answer(text)
    assert said[0] == answer
    if answer:
        assert said[1] == comment


def test_an_answer_by_mail_decides(ticket, people):
    from mail.answered import Reply
    from processes.replying import take

    run = begin(ticket, people[:1])
    one = decision(run, people[0])
    address = f"help+{links.reply_mark(one.pk)}@demo.example"
    strangers = [
        Reply(people[1], [address], "yes", is_trusted=True),
        Reply(None, [address], "yes", is_trusted=True),
        Reply(people[0], [address], "yes", is_trusted=False),
        Reply(people[0], ["help@demo.example"], "yes", is_trusted=True),
        Reply(people[0], [address], "Who are you?", is_trusted=True),
    ]
    assert [take(each) for each in strangers] == [None] * 5
    assert take(Reply(people[0], [address], "yes\nGo ahead", is_trusted=True)) == f"#{ticket.number}"
    assert pass_on() == 1
    one.refresh_from_db()
    assert (one.answer, one.way, one.comment, tags(run)) == (YES, "mail", "Go ahead", ["yes"])
    assert take(Reply(people[0], [address], "no", is_trusted=True)) is None


def test_approvers_come_from_the_ticket_too(ticket, people):
    from tickets.actions.fields import set_custom_fields
    from tickets.models import FieldDefinition

    FieldDefinition.objects.create(key="manager", label="Manager", kind="text")
    set_custom_fields(ticket, {"manager": people[2].email}, by=agent(ticket))
    by = [{"kind": "customer"}, {"kind": "field", "field": "manager"}, {"kind": "person", "person": people[2].email}]
    xml = drawing(
        start(), work("Ok", {"approval": {"rule": "majority", "by": by}}), end(), ways("S>Ok", "Ok>E")
    )  # fmt: skip
    run = starting.start(published(xml), ticket, by=agent(ticket))
    assert {d.approver for d in Decision.objects.filter(task__run=run)} == {ticket.customer, people[2]}


def test_nobody_approves_what_he_has_asked_for(ticket, people):
    from tickets.actions.fields import set_custom_fields
    from tickets.models import FieldDefinition

    FieldDefinition.objects.create(key="manager", label="Manager", kind="text")
    set_custom_fields(ticket, {"manager": ticket.customer.email}, by=agent(ticket))
    by = [{"kind": "field", "field": "manager"}, {"kind": "person", "person": people[0].email}]
    process = published(line(work("Ok", {"approval": {"rule": "one", "by": by}})))
    run = starting.start(process, ticket, by=agent(ticket))
    assert [d.approver for d in Decision.objects.filter(task__run=run)] == [people[0]]
    alone = published(line(work("Ok", {"approval": {"rule": "one", "by": by[:1]}})))
    stuck = fresh(starting.start(alone, ticket, by=agent(ticket)))
    assert (stuck.problem["code"], tasks(stuck)) == ("nobody", {})


def test_who_is_gone_decides_nothing(ticket, people):
    run = begin(ticket, people[:1])
    people[0].is_active = False
    people[0].save(update_fields=["is_active"])
    for act in (
        lambda: deciding.decide(decision(run, people[0]), YES, by=people[0], way="mail"),
        lambda: deciding.delegate(decision(run, people[0]), people[1], by=people[0]),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "inactive"
    assert Decision.objects.get(task__run=run).answer == ""

"""A preview tells what would have been: the same figures as of clocks that were there."""

import pytest

from core.clock import pretend
from sla.cases import timer_of
from sla.configuring import save_calendar, save_policy
from sla.figures import Outcome, Total, totals_of
from sla.models import Calendar, Clock, Policy, Retarget, Target
from sla.preview import preview, preview_calendar
from sla.terms import hours_of
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, OFFICE, at, hours_of_queue, on
from tickets.actions.fields import set_tags
from tickets.actions.merging import merge
from tickets.actions.progress import set_priority, set_state
from tickets.actions.replying import receive, reply
from tickets.actions.routing import move
from tickets.messages import Message
from tickets.models import Event, Priority, State, Ticket

pytestmark = pytest.mark.django_db

SAY = Message(text="Hello")
LATER = at(3, "10:00")


@pytest.fixture
def gold(office) -> tuple[Policy, list[Target]]:
    very_high = Priority.objects.get(level=5)
    condition = {"any": [{"field": "tags", "contains": "vip"}, {"field": "queue", "is": "Support"}]}
    targets = [
        Target(kind="first_response", seconds=2 * HOUR),
        Target(kind="next_response", seconds=HOUR),
        Target(kind="update", seconds=6 * HOUR),
        Target(kind="solution", seconds=20 * HOUR),
        Target(kind="solution", seconds=4 * HOUR, priority=very_high),
    ]
    return Policy(name="Gold", condition=condition, reopening="restart"), targets


def live(world) -> list[Ticket]:
    """Tickets with all that happens to tickets."""
    states = {name: State.objects.get(name=name) for name in ("open", "pending reminder", "closed successful")}
    with on(0, "09:30"):
        a, b, c, d, e = (TicketFactory(queue=world.support, customer=world.dana) for _n in range(5))
        TicketFactory(queue=world.billing, customer=world.dana)
    with on(0, "11:00"):
        reply(a, SAY, by=world.bea)
        set_priority(b, Priority.objects.get(level=5), by=world.bea)
        move(c, world.billing, by=world.bea)
        set_state(d, states["pending reminder"], until=at(2, "10:00"), by=world.bea)
    with on(0, "13:00"):
        receive(a, SAY, channel="email", by=world.dana)
        reply(b, SAY, by=world.bea, then=states["closed successful"])
    with on(0, "16:00"):
        reply(a, SAY, by=world.bea)
        set_tags(c, ["vip"], by=world.bea)
        set_state(d, states["open"], by=world.bea)
    with on(1, "10:00"):
        receive(b, SAY, channel="email", by=world.dana)
        receive(d, SAY, channel="email", by=world.erik)
        merge(e, into=a, by=world.bea)
    with on(1, "16:00"):
        move(c, world.support, by=world.bea)
        set_tags(c, [], by=world.bea)
        set_state(d, states["closed successful"], by=world.bea)
    return [a, b, c, d, e]


def stored(policy: Policy) -> list[Outcome]:
    """What the clocks that are there come to."""
    clocks = Clock.objects.filter(policy=policy).exclude(state="cancelled").select_related("ticket")
    return [
        Outcome(
            ticket=clock.ticket_id,
            number=clock.ticket.number,
            priority=clock.ticket.priority_id,
            kind=clock.kind,
            target=clock.target,
            spent=timer_of(clock).spent_at(LATER, hours_of),
            is_done=clock.state == "met",
        )
        for clock in clocks
    ]


def test_the_figures_are_those_of_the_real_thing(world, gold):
    policy, targets = gold
    live(world)
    with pretend(LATER):
        before = preview(policy, targets)
    assert before.tickets == 5
    save_policy(policy, targets, by=world.alex)
    second = live(world)
    real = [outcome for outcome in stored(policy) if outcome.ticket in {ticket.pk for ticket in second}]
    assert before.totals == totals_of(real)
    assert sorted(each.late_by for each in before.late) == sorted(each.late_by for each in real if each.is_late)


def test_a_saved_one_is_tried_with_what_is_typed(world, gold):
    policy, targets = gold
    save_policy(policy, targets, by=world.alex)
    live(world)
    with pretend(LATER):
        found = preview(policy, targets)
        assert found.totals == totals_of(stored(policy))
        policy.condition = {"field": "queue", "is": "Billing"}
        assert preview(policy, targets).tickets == 1


def test_nothing_is_written(world, gold):
    live(world)
    counts = [model.objects.count() for model in (Event, Clock, Policy, Target, Retarget)]
    with pretend(LATER):
        preview(*gold)
    assert [model.objects.count() for model in (Event, Clock, Policy, Target, Retarget)] == counts
    assert gold[0].pk is None
    assert set(Ticket.objects.values_list("due_at", flat=True)) == {None}


def test_an_sla_before_it_takes_its_tickets(world, gold, sla):
    sla("Platinum", first_response=HOUR, position=0, condition={"field": "tags", "contains": "vip"})
    policy, targets = gold
    policy.position = 1
    live(world)
    with pretend(LATER):
        found = preview(policy, targets)
    outcomes = {(total.kind, total.clocks) for total in found.totals if total.priority == _normal()}
    assert ("first_response", 5) not in outcomes


def test_it_is_bounded_and_says_so(world, gold):
    policy, targets = gold
    tickets = live(world)
    with pretend(LATER):
        assert not preview(policy, targets, limit=6).is_cut
        cut = preview(policy, targets, limit=2)
        none = preview(policy, targets, days=1)
    assert (cut.is_cut, cut.looked_at, cut.since) == (True, 2, tickets[-1].created_at)
    assert (none.is_cut, none.looked_at, none.totals, none.late) == (False, 0, [], [])


def test_late_ones_come_worst_first(world, gold):
    live(world)
    with pretend(LATER):
        late = preview(*gold).late
    assert [each.late_by for each in late] == sorted((each.late_by for each in late), reverse=True)
    assert all(each.passed_at < LATER for each in late)


def test_the_cost_does_not_grow_with_tickets(world, gold, queries):
    live(world)
    with pretend(LATER):
        preview(*gold)
    with pretend(LATER), queries() as few:
        preview(*gold)
    live(world)
    live(world)
    with pretend(LATER), queries() as many:
        preview(*gold)
    # two more merges: each asks what its customer waited for; and the states, asked for once a moment
    assert len(many) <= len(few) + 3


def test_a_calendar_is_tried_too(world, gold, office):
    policy, targets = gold
    save_policy(policy, targets, by=world.alex)
    live(world)
    with pretend(LATER):
        as_it_is = preview_calendar(office)
        office.hours = {}
        never = preview_calendar(office)
    assert as_it_is.totals == totals_of(stored(policy))
    assert never.late == []
    assert {total.mean_spent for total in never.totals if total.met} == {0}
    assert office.versions.count() == 1


def test_a_new_calendar_that_would_be_the_default_is_tried(world, gold):
    policy, targets = gold
    save_policy(policy, targets, by=world.alex)
    live(world)
    with pretend(LATER):
        found = preview_calendar(Calendar(name="Office", zone="UTC", hours=OFFICE, is_default=True))
        assert preview_calendar(Calendar(name="Office", zone="UTC", hours=OFFICE)).totals == []
    assert found.totals == totals_of(stored(policy))


def test_the_calendar_of_a_queue_counts_only_there(world, gold):
    longer = save_calendar(Calendar(name="Long", hours=OFFICE | {"sat": [["09:00", "17:00"]]}), by=world.alex)
    hours_of_queue(world.billing, calendar=longer)
    policy, targets = gold
    save_policy(policy, targets, by=world.alex)
    live(world)
    with pretend(LATER):
        assert preview_calendar(longer).tickets <= 1


def test_totals():
    def outcome(ticket: int, spent: int, *, is_done: bool = True, kind: str = "solution", priority: int = 3) -> Outcome:
        return Outcome(ticket, str(ticket), priority, kind, target=100, spent=spent, is_done=is_done)

    outcomes = [outcome(1, 50), outcome(1, 150), outcome(2, 100), outcome(3, 30, is_done=False)]
    outcomes += [outcome(4, 300, is_done=False), outcome(5, 10, is_done=False, kind="update")]
    assert totals_of(outcomes) == [
        Total("solution", 3, tickets=4, clocks=5, met=2, late=2, running=1, mean_spent=150, mean_late=125),
        Total("update", 3, tickets=1, clocks=1, met=0, late=0, running=1, mean_spent=None, mean_late=None),
    ]


def _normal() -> int:
    return Priority.objects.get(level=3).pk

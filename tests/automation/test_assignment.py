"""Tickets are given as their queue says: when, to whom, and what happens when nobody can."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.leaving import deactivate
from automation import giving
from automation.absence import stand_in_of
from automation.absences import look_after_absences
from automation.assignment_handlers import assign as handle
from automation.availability import set_available
from automation.candidates import wants_of
from automation.choosing import Want
from automation.effects import Context, do_effect
from automation.models import (
    AgentProfile,
    AgentSkill,
    Decision,
    Loan,
    Method,
    PriorityWeight,
    QueueAssignment,
    Skill,
    SkillRule,
    Waiting,
    WhenAway,
)
from automation.tasks import try_waiting
from core.clock import pretend
from core.memo import for_a_moment
from sla.configuring import save_calendar
from sla.models import Calendar
from tests.factories import AgentFactory, TicketFactory
from tickets.actions.progress import set_priority, set_state
from tickets.actions.replying import receive
from tickets.actions.routing import assign, move
from tickets.chores import run_chore
from tickets.events import Cause
from tickets.guidance import take_next
from tickets.handover import hand_over
from tickets.messages import Message
from tickets.models import Chore, Event, Priority, State, Ticket
from tickets.steps import Refused

pytestmark = pytest.mark.django_db

# A Monday, ten o'clock.
MONDAY = datetime(2026, 3, 2, 10, tzinfo=UTC)
OFFICE = {day: [["08:00", "16:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.fixture
def says(world):
    """`says(method=..., limit=...)`: what Support says."""

    def say(queue=None, **facts):
        row = {"method": Method.ROUND_ROBIN, **facts}
        return QueueAssignment.objects.update_or_create(queue=queue or world.support, defaults=row)[0]

    return say


@pytest.fixture
def opened(world, drain):
    """`opened()`: a new ticket of Dana's in Support after the workers have seen it."""

    def make(**facts) -> Ticket:
        ticket = TicketFactory(**{"queue": world.support, "customer": world.dana, **facts})
        drain()
        return fresh(ticket)

    return make


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def profile(user, **facts) -> AgentProfile:
    return AgentProfile.objects.update_or_create(user=user, defaults=facts)[0]


def kinds(ticket: Ticket) -> list[str]:
    happened = ticket.events.exclude(kind="article.added").order_by("id")
    return list(happened.values_list("kind", flat=True))


def skilled(user, **levels) -> None:
    for name, level in levels.items():
        skill = Skill.objects.get_or_create(name=name)[0]
        AgentSkill.objects.update_or_create(user=user, skill=skill, defaults={"level": level})


def close(ticket: Ticket, by) -> None:
    set_state(ticket, State.objects.get(name="closed successful"), by=by)


# ---- policies


def test_without_a_policy_tickets_are_nobodys(opened):
    ticket = opened()
    assert ticket.owner is None
    assert not Decision.objects.exists()
    assert not Waiting.objects.exists()


def test_in_turn(says, opened, world):
    says()
    owners = [opened().owner for _n in range(6)]
    assert owners == [world.alex, world.bea, world.carlos] * 2


def test_the_decision_says_why(says, opened, world):
    says()
    profile(world.alex, is_available=False)
    ticket = opened()
    decision = Decision.objects.get(ticket=ticket)
    assert (decision.agent, decision.queue) == (world.bea, world.support)
    assert {agent: why for agent, why, _facts in decision.reasons} == {
        world.bea.pk: "turn",
        world.carlos.pk: "later",
        world.alex.pk: "switched_off",
    }
    event = ticket.events.get(kind="owner.changed")
    assert (event.cause_kind, event.cause_reference) == ("assignment", str(decision.pk))
    assert event.actor.system_key == "rules"
    assert event.cause_event.kind == "ticket.created"


def test_a_queue_does_as_the_one_above(says, opened, world):
    says()
    assert opened(queue=world.hardware).owner == world.alex
    assert opened().owner == world.bea  # the turns are shared
    says(world.hardware, method=Method.MANUAL)
    assert opened(queue=world.hardware).owner is None


def test_only_who_may_have_it(says, opened, world):
    says(world.billing)
    assert {opened(queue=world.billing).owner for _n in range(3)} == {world.bea}


def test_only_members_of_a_role(says, opened, world):
    says(role=world.billing_role.role)
    assert {opened().owner for _n in range(3)} == {world.bea}


def test_least_load(says, opened, world):
    says(method=Method.LEAST_LOAD)
    for agent, number in ((world.alex, 3), (world.bea, 1), (world.carlos, 2)):
        for _n in range(number):
            assign(TicketFactory(queue=world.billing, customer=world.dana), agent, by=world.alex)
    assert Counter(opened().owner for _n in range(3)) == {world.bea: 2, world.carlos: 1}


def test_what_waits_is_no_load(says, opened, world):
    says(method=Method.LEAST_LOAD)
    for agent in (world.alex, world.bea, world.carlos):
        assign(TicketFactory(queue=world.billing, customer=world.dana), agent, by=world.alex)
    waiting = Ticket.objects.get(owner=world.carlos)
    later = timezone.now() + timedelta(days=1)
    set_state(waiting, State.objects.get(name="pending reminder"), until=later, by=world.alex)
    assert opened().owner == world.carlos


def test_heavy_priorities_count_more(says, opened, world):
    says(method=Method.LEAST_LOAD)
    heavy = Priority.objects.get(level=5)
    PriorityWeight.objects.create(priority=heavy, weight=3)
    first = opened()
    set_priority(first, heavy, by=world.alex)
    assert Counter(opened().owner for _n in range(4)) == {world.bea: 2, world.carlos: 2}


def test_the_limit_of_an_agent_counts_everywhere(says, opened, world, drain):
    says()
    for agent in (world.alex, world.bea, world.carlos):
        profile(agent, limit=1)
    assign(TicketFactory(queue=world.billing, customer=world.dana), world.bea, by=world.bea)
    drain()
    assert [opened().owner for _n in range(3)] == [world.alex, world.carlos, None]


def test_the_limit_of_the_queue_counts_there(says, opened, world):
    says(limit=1)
    assign(TicketFactory(queue=world.billing, customer=world.dana), world.bea, by=world.bea)
    assert [opened().owner for _n in range(4)] == [world.alex, world.bea, world.carlos, None]


def test_the_last_owner_of_the_customer(says, opened, world):
    says(sticky_days=30)
    earlier = TicketFactory(queue=world.billing, customer=world.erik)
    assign(earlier, world.carlos, by=world.alex)
    assert [opened(customer=world.erik).owner for _n in range(2)] == [world.carlos] * 2
    Ticket.objects.filter(customer=world.erik).update(changed_at=timezone.now() - timedelta(days=31))
    assert opened(customer=world.erik).owner == world.alex


def test_hours_are_respected(says, opened, world):
    office = save_calendar(Calendar(name="Office", zone="UTC", hours=OFFICE), by=world.alex)
    says()
    for agent in (world.alex, world.carlos):
        profile(agent, calendar=office)
    with pretend(MONDAY):
        assert {opened().owner for _n in range(3)} == {world.alex, world.bea, world.carlos}
    with pretend(MONDAY + timedelta(hours=8)):
        assert {opened().owner for _n in range(3)} == {world.bea}


# ---- skills


def test_skills_by_conditions_and_language(says, opened, world):
    says(by_skills=True)
    skilled(world.alex, Linux=2)
    skilled(world.bea, Linux=4)
    skilled(world.carlos, Linux=5)
    linux = Skill.objects.get(name="Linux")
    german = Skill.objects.create(name="German", language="de")
    AgentSkill.objects.create(user=world.carlos, skill=german, level=1)
    SkillRule.objects.create(
        name="Urgent", position=1, condition={"field": "tags", "contains": "urgent"}, wants={str(linux.pk): 5}
    )
    SkillRule.objects.create(
        name="Linux", position=2, condition={"field": "tags", "contains": "linux"}, wants={str(linux.pk): 3}
    )
    assert {opened(tags=["linux"]).owner for _n in range(3)} == {world.bea, world.carlos}
    assert {opened(tags=["linux", "urgent"]).owner for _n in range(2)} == {world.carlos}
    german_ticket = opened(tags=["linux"], language="de")
    assert wants_of(german_ticket) == [Want(linux.pk, 3), Want(german.pk, 1)]
    assert german_ticket.owner == world.carlos


def test_a_rule_that_cannot_be_read_wants_nothing(opened, world):
    skilled(world.alex, Linux=1)
    SkillRule.objects.create(name="Gone", condition={"field": "field.gone", "is": "x"}, wants={"1": 3})
    assert wants_of(opened()) == []


# ---- when


def test_on_a_move(says, opened, world, drain):
    says(world.billing)
    ticket = opened()
    move(ticket, world.billing, by=world.bea)
    drain()
    assert fresh(ticket).owner == world.bea


def test_what_is_somebodys_stays(says, opened, world, drain):
    ticket = opened()
    assign(ticket, world.carlos, by=world.alex)
    says()
    move(ticket, world.hardware, by=world.alex)
    drain()
    assert fresh(ticket).owner == world.carlos


def test_who_gives_it_back_does_not_get_it_again(says, opened, world, drain):
    says()
    ticket = opened()
    assert ticket.owner == world.alex
    assign(ticket, None, by=world.alex)
    drain()
    assert fresh(ticket).owner == world.bea
    profile(world.carlos, is_available=False)
    profile(world.alex, is_available=False)
    assign(fresh(ticket), None, by=world.bea)
    drain()
    assert fresh(ticket).owner is None
    assert Waiting.objects.get().not_to == world.bea


def test_when_an_agent_leaves(says, opened, world, drain):
    says()
    ticket = opened()
    deactivate(world.alex, by=world.bea)
    hand_over(world.alex, None, by=world.bea)
    run_chore(Chore.objects.get().pk)
    drain()
    assert fresh(ticket).owner == world.bea


def test_a_reopened_ticket_of_somebody_away(says, opened, world, drain):
    says()
    ticket = opened()
    close(ticket, world.alex)
    drain()
    world.alex.away_from, world.alex.substitute = timezone.localdate(), world.carlos
    world.alex.save()
    receive(fresh(ticket), Message(text="It is back."), by=world.dana, channel="email")
    drain()
    assert fresh(ticket).owner == world.carlos
    assert Decision.objects.latest("pk").reasons[0][:2] == [world.carlos.pk, "stand_in"]


def test_a_reopened_ticket_stays_with_an_owner_who_is_there(says, opened, world, drain):
    says()
    ticket = opened()
    close(ticket, world.alex)
    receive(fresh(ticket), Message(text="It is back."), by=world.dana, channel="email")
    drain()
    assert fresh(ticket).owner == world.alex


def test_twice_is_once(says, opened, world):
    says()
    ticket = opened()
    before = (kinds(ticket), Decision.objects.count())
    for event in Event.objects.filter(ticket=ticket).order_by("id"):
        handle(event)
    assert (kinds(fresh(ticket)), Decision.objects.count()) == before


def test_a_loop_of_automations_ends_quietly(says, opened, world):
    says()
    ticket = opened(queue=world.billing)
    event = ticket.events.get(kind="ticket.created")
    Ticket.objects.filter(pk=ticket.pk).update(queue=world.support)
    event.ticket, event.depth = fresh(ticket), 10
    handle(event)
    assert fresh(ticket).owner is None


# ---- nobody


@pytest.fixture
def nobody(says, world):
    says()
    for agent in (world.alex, world.bea, world.carlos):
        profile(agent, is_available=False)


def test_a_ticket_that_nobody_can_take_says_so_once(nobody, opened):
    ticket = opened()
    assert kinds(ticket) == ["ticket.created", "assignment.waiting"]
    waiting = Waiting.objects.get()
    Waiting.objects.update(due_at=timezone.now(), attempts=50)  # offered so often, as somebody came and went
    try_waiting(waiting.pk)
    assert kinds(fresh(ticket)) == ["ticket.created", "assignment.waiting"]
    again = Waiting.objects.get()
    assert (again.parked_at, again.leased_until, again.attempts) == (None, None, 0)
    assert again.due_at > timezone.now()
    assert Decision.objects.count() == 1


def test_whoever_is_available_again_gets_it(nobody, opened, world):
    ticket = opened()
    set_available(world.carlos, is_available=True)
    waiting = Waiting.objects.get()
    assert waiting.due_at <= timezone.now()
    try_waiting(waiting.pk)
    assert fresh(ticket).owner == world.carlos
    assert not Waiting.objects.exists()


def test_whoever_has_closed_one_gets_what_waits(says, opened, world, drain):
    says(limit=1)
    first = [opened() for _n in range(3)][1]
    waiting_ticket = opened()
    assert waiting_ticket.owner is None
    Waiting.objects.update(due_at=timezone.now() + timedelta(hours=1))
    close(first, world.bea)
    drain()
    try_waiting(Waiting.objects.get().pk)
    assert fresh(waiting_ticket).owner == world.bea


def test_the_next_try_is_when_somebody_begins(says, opened, world):
    office = save_calendar(Calendar(name="Office", zone="UTC", hours=OFFICE), by=world.alex)
    says(role=world.billing_role.role)
    profile(world.bea, calendar=office)
    early = MONDAY.replace(hour=7, minute=59)
    with pretend(early):
        opened()
    assert Waiting.objects.get().due_at == early + timedelta(minutes=1)


def test_a_ticket_taken_by_hand_waits_no_more(nobody, opened, world):
    ticket = opened()
    assign(ticket, world.bea, by=world.bea)
    waiting = Waiting.objects.get()
    Waiting.objects.update(due_at=timezone.now())
    try_waiting(waiting.pk)
    assert fresh(ticket).owner == world.bea
    assert not Waiting.objects.exists()


def test_old_reasons_are_forgotten(says, opened):
    says()
    opened()
    Decision.objects.update(at=timezone.now() - timedelta(days=91))
    opened()
    assert giving.forget_decisions() == 1


# ---- the effect


def effect(ticket: Ticket, values: dict, by) -> None:
    do_effect(values, ticket, Context(by=by, cause=Cause("rule", reference="1")))


def test_the_effect_gives_by_the_queue_even_what_somebody_has(says, opened, world):
    says()
    ticket = opened()
    effect(ticket, {"do": "give"}, world.alex)
    assert fresh(ticket).owner == world.bea


def test_the_effect_gives_to_the_least_loaded_of_a_role(opened, world):
    ticket = opened()
    effect(ticket, {"do": "give", "role": world.billing_role.role.pk}, world.alex)
    assert fresh(ticket).owner == world.bea
    with pytest.raises(Refused, match="nobody"):
        effect(ticket, {"do": "give", "role": world.billing_role.role.pk}, world.alex)
    assert fresh(ticket).owner == world.bea


# ---- absence


def away(user, *, until: date | None = None, instead=None, when: str = WhenAway.KEEP) -> None:
    user.away_from, user.away_until, user.substitute = timezone.localdate(), until, instead
    user.save()
    profile(user, when_away=when)


def test_who_is_away_gets_nothing(says, opened, world):
    says()
    away(world.bea)
    assert {opened().owner for _n in range(4)} == {world.alex, world.carlos}


def test_stand_ins_of_stand_ins(world):
    now = timezone.now()
    assert stand_in_of(world.bea, now) is None
    away(world.bea, instead=world.carlos)
    assert stand_in_of(world.bea, now) == world.carlos
    away(world.carlos, instead=world.alex)
    assert stand_in_of(world.bea, now) == world.alex
    away(world.alex, instead=world.bea)
    assert stand_in_of(world.bea, now) is None


def test_somebody_who_no_longer_works_here_stands_in_for_nobody(world):
    away(world.bea, instead=world.carlos)
    world.carlos.is_active = False
    world.carlos.save()
    assert stand_in_of(world.bea, timezone.now()) is None


def test_days_are_those_of_the_persons_zone(world):
    world.bea.time_zone, world.bea.away_from, world.bea.substitute = "Pacific/Auckland", date(2026, 3, 3), world.alex
    late = datetime(2026, 3, 2, 12, tzinfo=UTC)  # the third of March there
    assert stand_in_of(world.bea, late) == world.alex
    assert stand_in_of(world.bea, late - timedelta(hours=2)) is None


def test_tickets_stay_where_that_is_wished(opened, world):
    ticket = opened()
    assign(ticket, world.bea, by=world.bea)
    away(world.bea, instead=world.carlos)
    assert look_after_absences() == 0
    assert fresh(ticket).owner == world.bea


def test_tickets_go_back_to_their_queues(says, opened, world, drain):
    ticket = opened()
    assign(ticket, world.bea, by=world.bea)
    says()
    away(world.bea, when=WhenAway.QUEUE)
    assert look_after_absences() == 1
    drain()
    assert fresh(ticket).owner == world.alex
    assert look_after_absences() == 0


def test_the_stand_in_has_them_meanwhile(opened, world):
    kept, closed, passed_on, hidden = (opened() for _n in range(4))
    move(hidden, world.billing, by=world.bea)
    for ticket in (kept, closed, passed_on, hidden):
        assign(fresh(ticket), world.bea, by=world.bea)
    away(world.bea, instead=world.carlos, when=WhenAway.STAND_IN)
    assert look_after_absences() == 3
    assert fresh(hidden).owner == world.bea  # Carlos may not see it
    assert {fresh(ticket).owner for ticket in (kept, closed, passed_on)} == {world.carlos}
    close(fresh(closed), world.carlos)
    assign(fresh(passed_on), world.alex, by=world.carlos)
    world.bea.away_until = timezone.localdate() - timedelta(days=1)
    world.bea.away_from = world.bea.away_until
    world.bea.save()
    assert look_after_absences() == 1
    owners = [fresh(ticket).owner for ticket in (kept, closed, passed_on)]
    assert owners == [world.bea, world.carlos, world.alex]
    assert not Loan.objects.exists()
    assert AgentProfile.objects.get(user=world.bea).away_since is None
    assert look_after_absences() == 0


def test_without_a_stand_in_they_stay(opened, world):
    ticket = opened()
    assign(ticket, world.bea, by=world.bea)
    away(world.bea, when=WhenAway.STAND_IN)
    assert look_after_absences() == 0
    assert fresh(ticket).owner == world.bea


# ---- guided mode


def test_guided_mode_gives_what_suits(says, opened, world):
    says(method=Method.MANUAL, by_skills=True)
    skilled(world.bea, Linux=2)
    linux = Skill.objects.get(name="Linux")
    wants = {"condition": {"field": "tags", "contains": "linux"}, "wants": {str(linux.pk): 2}}
    SkillRule.objects.create(name="Linux", **wants)
    hard, easy = opened(tags=["linux"]), opened()
    assert take_next(world.carlos).ticket == easy
    assert take_next(world.bea).ticket == hard


def test_guided_mode_respects_the_limit(opened, world):
    profile(world.carlos, limit=0)
    opened()
    assert take_next(world.carlos) is None
    assert take_next(world.bea) is not None


# ---- what it costs


def test_queries_do_not_grow_with_agents(says, opened, world, queries, drain):
    says(method=Method.LEAST_LOAD, by_skills=True, limit=50)
    skilled(world.bea, Linux=1)

    def cost() -> int:
        ticket = TicketFactory(queue=world.support, customer=world.dana)
        with queries() as counted:
            giving.give(ticket)
        return len(counted)

    cost()
    few = cost()
    world.support_role.user_set.add(*(AgentFactory() for _n in range(12)))
    assert cost() == few


def test_a_worker_that_gives_many_asks_little(says, world, queries):
    """What bin/bench assignment counts: more is paid for each ticket."""
    says(method=Method.LEAST_LOAD)
    tickets = [TicketFactory(queue=world.support, customer=world.dana) for _n in range(3)]
    with for_a_moment():
        giving.give_at_work(tickets[0])
        with queries() as counted:
            giving.give_at_work(tickets[1])
    assert len(counted) <= 26
    assert fresh(tickets[1]).owner is not None


def test_an_event_without_a_policy_costs_next_to_nothing(opened, queries):
    created = opened().events.select_related("ticket").get(kind="ticket.created")
    with queries() as counted:
        handle(created)
    assert len(counted) == 1

"""Who hears of what: each event with each relation, rights, own actions, substitutes, roles, customers."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from accounts.people import system_actor
from automation.models import Notice, NoticeDelivery, NoticeWishes
from automation.notice_handlers import notify
from automation.notices.house import save_levels
from automation.notices.occasions import OCCASIONS
from automation.notices.wishes import save_wishes
from core.clock import now
from tests import factories
from tests.automation.notices import bell_of, forget, happened, mails_of, tell
from tickets.actions.fields import set_title
from tickets.actions.linking import link
from tickets.actions.progress import set_priority, set_state, wake_up
from tickets.actions.removing import mark_spam
from tickets.actions.replying import add_note, receive, reply
from tickets.actions.routing import assign, lock, make_responsible, move
from tickets.actions.taking_part import watch
from tickets.changes import locked
from tickets.events import Cause, record
from tickets.messages import Message
from tickets.models import Priority, State
from tickets.models.ticket import Channel
from tickets.rights import revoke

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(world):
    """Of Dana, in Support, owned by Bea; Carlos and Alex work there too."""
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana)
    assign(ticket, world.bea, by=world.alex)
    ticket.refresh_from_db()
    tell(ticket)
    forget()
    return ticket


def said(world, ticket, text="It hums again."):
    return receive(ticket, Message(text=text), channel=Channel.EMAIL, by=world.dana)


def state(ticket, name):
    return State.objects.get(name=name)


# Events.


def test_a_new_ticket_without_an_owner_rings_for_whoever_works_in_its_queue(world):
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana)
    for agent in (world.alex, world.bea, world.carlos):
        assert happened(ticket, agent) == ([("new", "free")], [])
    billing = factories.TicketFactory(queue=world.billing, customer=world.dana)
    assert happened(billing, world.carlos)[0] == [("new", "free")]  # the first one only
    assert bell_of(world.bea) == [("new", "free"), ("new", "free")]


def test_to_read_a_queue_is_not_to_work_in_it(world):
    reader = factories.AgentFactory()
    factories.role("Readers", reader, read=world.support)
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana)
    assert happened(ticket, reader) == ([], [])
    watch(ticket, reader, by=reader)
    said(world, ticket)
    assert happened(ticket, reader)[0] == [("answered", "watcher")]


def test_whoever_gets_a_ticket_hears_of_it(world):
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana)
    tell(ticket)
    forget()
    assign(ticket, world.bea, by=world.alex)
    make_responsible(ticket, world.carlos, by=world.alex)
    watch(ticket, world.alex, by=world.bea)
    assert happened(ticket, world.bea) == ([("assigned", "owner")], [("assigned", "owner")])
    assert happened(ticket, world.carlos) == ([("assigned", "responsible")], [("assigned", "responsible")])
    assert bell_of(world.alex) == [("assigned", "watcher")]


def test_the_message_of_a_customer(world, ticket):
    make_responsible(ticket, world.alex, by=world.alex)
    watch(ticket, world.carlos, by=world.carlos)
    forget()
    said(world, ticket)
    assert happened(ticket, world.bea) == ([("answered", "owner")], [("answered", "owner")])
    assert happened(ticket, world.alex) == ([("answered", "responsible")], [])
    assert happened(ticket, world.carlos) == ([("answered", "watcher")], [("answered", "watcher")])


def test_of_a_ticket_of_nobody_the_queue_hears(world):
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana)
    tell(ticket)
    forget()
    said(world, ticket)
    assert happened(ticket, world.carlos) == ([("answered", "free")], [])


def test_notes_answers_and_mentions(world, ticket):
    add_note(ticket, Message(text="@Carlos Díaz please look", mentions=[world.carlos]), by=world.alex)
    assert happened(ticket, world.bea) == ([("note", "owner")], [("note", "owner")])
    assert happened(ticket, world.carlos) == ([("mentioned", "mentioned")], [("mentioned", "mentioned")])
    forget()
    reply(ticket, Message(text="We look into it.", to=[{"name": "", "address": world.dana.email}]), by=world.alex)
    assert bell_of(world.dana) == []
    tell(ticket)
    assert ("reply", "owner") in bell_of(world.bea)


def test_an_owner_who_is_mentioned_has_one_notice(world, ticket):
    add_note(ticket, Message(text="@Bea Costa please look", mentions=[world.bea]), by=world.alex)
    assert happened(ticket, world.bea) == ([("mentioned", "mentioned")], [("mentioned", "mentioned")])


@pytest.mark.parametrize("channel", ["bell", "mail"])
def test_what_is_switched_off_as_one_thing_may_be_on_as_another(world, ticket, channel):
    save_wishes(world.bea, scope="", choices={"mentioned": {channel: False}})
    add_note(ticket, Message(text="@Bea Costa please look", mentions=[world.bea]), by=world.alex)
    assert happened(ticket, world.bea) == ([("mentioned", "mentioned")], [("mentioned", "mentioned")])
    # a note rings and mails too, so both stay; without notes only the other channel does
    forget()
    save_wishes(world.bea, scope="", choices={"note": {"bell": False, "mail": False}})
    add_note(ticket, Message(text="@Bea Costa please look", mentions=[world.bea]), by=world.alex)
    bell, mails = happened(ticket, world.bea)
    assert (bell == []) is (channel == "bell")
    assert (mails == []) is (channel == "mail")


def test_status_changes_reach_owner_and_watchers_in_the_bell_alone(world, ticket):
    watch(ticket, world.carlos, by=world.carlos)
    set_state(ticket, state(ticket, "closed successful"), by=world.alex)
    assert happened(ticket, world.bea) == ([("state", "owner")], [])
    assert happened(ticket, world.carlos) == ([("state", "watcher")], [])


def test_other_changes_reach_watchers(world, ticket):
    watch(ticket, world.carlos, by=world.carlos)
    set_priority(ticket, Priority.objects.exclude(pk=ticket.priority_id).first(), by=world.alex)
    set_title(ticket, "Another title", by=world.alex)
    other = factories.TicketFactory(queue=world.support, customer=world.dana)
    link(ticket, other, kind="related", by=world.alex)
    assert happened(ticket, world.carlos) == ([("changed", "watcher")] * 3, [])
    assert bell_of(world.bea) == []


def test_whoever_loses_a_ticket_hears_of_it_when_he_wants_to(world, ticket):
    save_wishes(world.bea, scope="", choices={"changed": {"bell": True}})
    assign(ticket, world.carlos, by=world.alex)
    assert happened(ticket, world.bea)[0] == [("changed", "owner")]
    assert happened(ticket, world.carlos)[0] == [("assigned", "owner")]


def test_a_ticket_that_is_moved_is_new_in_the_other_queue(world):
    ticket = factories.TicketFactory(queue=world.support, customer=world.dana)
    tell(ticket)
    forget()
    move(ticket, world.billing, by=world.alex)
    assert happened(ticket, world.bea) == ([("moved", "free")], [])
    assert bell_of(world.carlos) == []  # he works in Support alone


def test_reminders(world, ticket):
    until = now() - timedelta(minutes=1)
    set_state(ticket, state(ticket, "pending reminder"), until=until, by=world.bea)
    wake_up(ticket, by=system_actor("system"), cause=Cause("clock"))
    assert happened(ticket, world.bea) == ([("reminder", "owner")], [("reminder", "owner")])


@pytest.mark.parametrize(
    ("kind", "occasion", "mails"),
    [("sla.warned", "warned", False), ("sla.breached", "breached", True), ("sla.escalated", "escalated", True)],
)
def test_marks_of_clocks(world, ticket, kind, occasion, mails):
    make_responsible(ticket, world.carlos, by=world.carlos)
    now_ = {"clock": "solution", "due": now().isoformat(), "target": 60, "percent": 80, "level": 1}
    data = {name: {"was": None, "now": value} for name, value in now_.items()}
    with locked(ticket) as ticket:
        record(ticket, kind, by=system_actor("sla"), cause=Cause("clock"), data=data)
    assert happened(ticket, world.bea) == ([(occasion, "owner")], [(occasion, "owner")] if mails else [])
    assert bool(mails_of(world.carlos)) is mails
    assert bell_of(world.alex) == []


def test_a_message_that_was_not_delivered(world, ticket):
    article = reply(ticket, Message(text="Hello", to=[{"name": "", "address": "gone@acme.example"}]), by=world.carlos)
    tell(ticket)
    forget()
    data = {"recipients": {"was": None, "now": ["gone@acme.example"]}, "answer": {"was": None, "now": "550 gone"}}
    with locked(ticket) as ticket:
        record(ticket, "mail.failed", by=system_actor("mail"), article=article, data=data, cause=Cause("delivery", "1"))
    assert happened(ticket, world.carlos) == ([("undelivered", "author")], [("undelivered", "author")])
    assert ("undelivered", "owner") in bell_of(world.bea)


def test_the_answer_to_a_survey(world, ticket):
    data = {"score": {"was": None, "now": {"id": 5, "name": "5"}}}
    with locked(ticket) as ticket:
        record(ticket, "survey.answered", by=world.dana, data=data)
    assert happened(ticket, world.bea) == ([("survey", "owner")], [])


# Silence.


def test_own_actions_are_silent(world, ticket):
    add_note(ticket, Message(text="@Bea Costa, note to myself", mentions=[world.bea]), by=world.bea)
    set_state(ticket, state(ticket, "closed successful"), by=world.bea)
    assign(ticket, None, by=world.bea)
    assign(ticket, world.bea, by=world.bea)
    watch(ticket, world.bea, by=world.bea)
    assert happened(ticket, world.bea) == ([], [])


def test_what_a_rule_changes_because_of_me_is_silent_and_what_it_gives_me_is_not(world, ticket):
    cause = Cause("rule", "1", event=set_title(ticket, "Mine", by=world.carlos))
    watch(ticket, world.carlos, by=world.carlos)
    set_state(ticket, state(ticket, "closed successful"), by=system_actor("rules"), cause=cause)
    assert happened(ticket, world.carlos) == ([], [])
    assert ("state", "owner") in bell_of(world.bea)
    assign(ticket, world.carlos, by=system_actor("rules"), cause=cause)
    assert happened(ticket, world.carlos)[0] == [("assigned", "owner")]


def test_spam_and_trash_ring_for_nobody(world, ticket):
    world.billing.is_junk = True
    world.billing.save()
    mark_spam(ticket, world.billing, by=world.alex)
    assert happened(ticket, world.bea) == ([], [])


def test_t49_who_may_not_see_the_ticket_hears_nothing(world, ticket):
    watch(ticket, world.carlos, by=world.carlos)
    world.support_role.user_set.remove(world.carlos)
    said(world, ticket)
    assert happened(ticket, world.carlos) == ([], [])
    revoke(world.support_role, world.support, "write")
    world.bea.refresh_from_db()
    add_note(ticket, Message(text="Another one"), by=world.alex)
    forget()
    assert happened(ticket, world.bea) == ([], [])
    assert not Notice.objects.exists()
    assert not NoticeDelivery.objects.exists()


def test_t49_a_ticket_that_has_moved_away_tells_nobody_who_was_left_behind(world, ticket):
    watch(ticket, world.carlos, by=world.carlos)
    said(world, ticket)
    move(ticket, world.billing, by=world.alex)
    assert happened(ticket, world.carlos) == ([], [])  # also of what happened before, told too late
    assert ("answered", "owner") in bell_of(world.bea)


def test_t49_who_has_left_hears_nothing(world, ticket):
    world.bea.is_active = False
    world.bea.save()
    said(world, ticket)
    assert happened(ticket, world.bea) == ([], [])


# Substitutes, roles, wishes.


def away(person, substitute):
    person.away_from, person.substitute = timezone.localdate() - timedelta(days=1), substitute
    person.save()


def test_the_substitute_of_somebody_who_is_away_hears_too(world, ticket):
    away(world.bea, world.carlos)
    said(world, ticket)
    assert happened(ticket, world.carlos) == ([("answered", "substitute")], [("answered", "substitute")])
    assert mails_of(world.bea) == [("answered", "owner")]


def test_t49_a_substitute_without_the_right_hears_nothing(world):
    ticket = factories.TicketFactory(queue=world.billing, customer=world.dana)
    away(world.bea, world.carlos)
    assign(ticket, world.bea, by=system_actor("rules"))
    assert happened(ticket, world.carlos) == ([], [])


def test_a_role_hears_where_administrators_say_so(world, ticket):
    new = OCCASIONS["new"]
    role = Role.objects.get(group=world.billing_role)
    levels = {**new.stock_levels(), f"role:{role.pk}": {"bell": "off", "mail": "always", "webhook": "off"}}
    save_levels(new, levels, by=world.alex)
    stranger = factories.AgentFactory()
    world.billing_role.user_set.add(stranger)
    new_one = factories.TicketFactory(queue=world.support, customer=world.dana)
    assert happened(new_one, world.bea) == ([("new", "free")], [("new", "free")])
    assert happened(new_one, stranger) == ([], [])  # has the role, and no right there
    assert mails_of(world.carlos) == []


def test_who_wants_all_of_it_hears_of_the_tickets_of_others(world, ticket):
    save_wishes(world.carlos, scope="all", choices={})
    said(world, ticket)
    assert happened(ticket, world.carlos) == ([("answered", "queue")], [("answered", "queue")])
    assert bell_of(world.alex) == []


def test_a_muted_queue_mutes_those_inside(world):
    save_wishes(world.carlos, scope="", choices={}, muted=[world.support.pk])
    ticket = factories.TicketFactory(queue=world.hardware, customer=world.dana)
    assert happened(ticket, world.carlos) == ([], [])
    assert bell_of(world.alex) == [("new", "free")]


def test_what_is_not_chosen_stays_as_it_is(world):
    save_wishes(world.bea, scope="", choices={"answered": {"mail": False}, "gone": {"bell": True}})
    save_wishes(world.bea, scope="mine", choices={"note": {"bell": True, "smoke": True}, "state": {}}, muted=[3, 3])
    kept = NoticeWishes.objects.get(pk=world.bea.pk)
    assert kept.choices == {"answered": {"mail": False}, "note": {"bell": True}}
    assert (kept.scope, kept.muted) == ("mine", [3])
    save_wishes(world.bea, scope="", choices={"answered": {}, "note": {}})
    kept.refresh_from_db()
    assert (kept.choices, kept.muted) == ({}, [3])


# Customers.


def switch_on_for_customers(world, *occasions):
    for key in occasions:
        occasion = OCCASIONS[key]
        levels = {relation: {"mail": "on"} for relation in occasion.relations}
        save_levels(occasion, levels, by=world.alex)


def colleague_of(world):
    person = factories.CustomerFactory(email="fred@acme.example", name="Fred")
    person.memberships.create(organisation=world.acme, sees_all=True)
    return person


def test_customers_hear_nothing_out_of_the_box(world, ticket):
    fred = colleague_of(world)
    reply(ticket, Message(text="Hello", to=[{"name": "", "address": world.dana.email}]), by=world.bea)
    set_state(ticket, state(ticket, "closed successful"), by=world.bea)
    assert happened(ticket, world.dana) == ([], [])
    assert happened(ticket, fred) == ([], [])


def test_colleagues_of_the_customer_hear_what_customers_may_see(world, ticket):
    fred, ned = colleague_of(world), factories.CustomerFactory()
    ned.memberships.create(organisation=world.acme)  # sees his own alone
    switch_on_for_customers(world, "request_said", "request_closed")
    add_note(ticket, Message(text="Between us"), by=world.bea)
    assert happened(ticket, fred) == ([], [])
    reply(ticket, Message(text="Hello", to=[{"name": "", "address": world.dana.email}]), by=world.bea)
    assert happened(ticket, fred) == ([], [("request_said", "organisation")])
    assert happened(ticket, world.dana) == ([], [])  # has the message itself
    set_state(ticket, state(ticket, "closed successful"), by=world.bea)
    assert happened(ticket, world.dana) == ([], [("request_closed", "customer")])
    assert mails_of(ned) == []
    assert mails_of(world.erik) == []


def test_who_gets_a_copy_of_the_message_needs_no_notice_of_it(world, ticket):
    fred = colleague_of(world)
    switch_on_for_customers(world, "request_said")
    to, cc = [{"name": "", "address": world.dana.email}], [{"name": "", "address": fred.email}]
    reply(ticket, Message(text="Hello", to=to, cc=cc), by=world.bea)
    assert happened(ticket, fred) == ([], [])


# Rows.


def test_done_twice_it_changes_nothing(world, ticket):
    said(world, ticket)
    tell(ticket)
    before = (Notice.objects.count(), NoticeDelivery.objects.count())
    tell(ticket)
    assert (Notice.objects.count(), NoticeDelivery.objects.count()) == before == (1, 1)


def test_many_watchers_cost_no_more_questions(world, ticket, queries):
    def cost():
        event = said(world, ticket).events.get()
        with queries() as counted:
            notify(event)
        return len(counted)

    few = cost()
    agents = [factories.AgentFactory() for _number in range(12)]
    world.support_role.user_set.add(*agents)
    for agent in agents:
        watch(ticket, agent, by=agent)
    assert cost() == few <= 16
    assert Notice.objects.filter(occasion="answered").count() == 2 + 12


def test_what_nobody_is_told_of_costs_nothing(world, ticket, queries):
    event = lock(ticket, by=world.bea)
    with queries() as counted:
        notify(event)
    assert len(counted) == 0

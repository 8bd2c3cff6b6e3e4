"""Asking customers: who is asked and when, what the link can do, what the answer leaves behind."""

import email
import email.policy
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.people import system_actor
from automation import surveying
from automation.effects import Context, check_effects, do_effect
from automation.effects import sentence_of as sentence_of_effect
from automation.happenings import happenings_of
from automation.models import Content, SurveyAnswer, SurveyInvitation, SurveyRule
from automation.survey_handlers import plan
from automation.survey_links import concealed_link, invitation_of, link_of, token_of
from automation.survey_rules import rule_of, words
from automation.tasks import ask_survey, sweep_surveys
from core.blobs import load
from mail.models import Address, AutoReply, MailRules, Outgoing
from tests.conftest import World
from tests.factories import TicketFactory
from tickets.actions.progress import set_state, solve
from tickets.actions.removing import mark_spam, restore, trash
from tickets.actions.replying import add_note, reply
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Event, State, StateType, Ticket
from tickets.sentences import sentence_of
from tickets.steps import Refused

State_ = SurveyInvitation.State


@pytest.fixture
def asks(world: World) -> SurveyRule:
    return SurveyRule.objects.create(queue=world.support, is_on=True, delay=24, pause=30, valid=14)


@pytest.fixture
def closed(world: World, asks: SurveyRule) -> Ticket:
    """Answered and closed by an agent, and looked at by the handler."""
    return close(answered(world), world.bea)


def answered(world: World, **facts) -> Ticket:
    ticket = TicketFactory(queue=world.support, **{"customer": world.dana, "channel": "phone"} | facts)
    reply(ticket, Message(text="Try it now."), by=world.bea)
    return ticket


def close(ticket: Ticket, by) -> Ticket:
    plan(set_state(ticket, State.objects.get(name="closed successful"), by=by))
    return Ticket.objects.get(pk=ticket.pk)


def reopen(ticket: Ticket, by) -> None:
    plan(set_state(ticket, State.objects.get(name="open"), by=by))


def invitation(ticket: Ticket) -> SurveyInvitation:
    return SurveyInvitation.objects.select_related("customer", "ticket").get(ticket=ticket)


def its_time_comes(ticket: Ticket) -> SurveyInvitation:
    SurveyInvitation.objects.unfinished().filter(ticket=ticket).update(due_at=timezone.now() - timedelta(seconds=1))
    for found in SurveyInvitation.objects.due().filter(ticket=ticket):
        ask_survey(found.pk)
    return SurveyInvitation.objects.select_related("customer", "ticket").filter(ticket=ticket).first()


def test_a_closed_ticket_is_asked_about_after_the_delay(closed: Ticket):
    planned = invitation(closed)
    assert planned.state == State_.PLANNED
    assert timedelta(hours=23) < planned.due_at - timezone.now() <= timedelta(hours=24)
    ask_survey(planned.pk)
    assert invitation(closed).state == State_.PLANNED  # not yet
    asked = its_time_comes(closed)
    assert (asked.state, asked.due_at) == (State_.ASKED, None)
    assert timedelta(days=13) < asked.expires_at - timezone.now() <= timedelta(days=14)


def test_the_question_is_an_automatic_mail_with_its_own_link(closed: Ticket):
    asked = its_time_comes(closed)
    outgoing = Outgoing.objects.get(article=asked.article)
    mail = email.message_from_bytes(load(outgoing.digest), policy=email.policy.default)
    assert outgoing.envelope_from == ""
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert f"[#{closed.number}]" in mail["Subject"]
    assert link_of(asked) in mail.get_body(("plain",)).get_content()
    assert AutoReply.objects.filter(address="dana@acme.example").count() == 1


def test_T80_agents_read_no_link_on_the_ticket(closed: Ticket):
    asked = its_time_comes(closed)
    assert concealed_link() in asked.article.body
    assert token_of(asked) not in asked.article.body + asked.article.html
    assert not [event for event in Event.objects.all() if token_of(asked) in str(event.data)]


def test_the_handler_may_run_twice_and_the_task_too(closed: Ticket):
    plan(closed.events.filter(data__has_key="state").last())
    assert SurveyInvitation.objects.count() == 1
    its_time_comes(closed)
    its_time_comes(closed)
    assert Outgoing.objects.filter(article__sender="system").count() == 1


def test_the_sweep_wakes_what_is_due(closed: Ticket, monkeypatch):
    woken = []
    monkeypatch.setattr("core.work.nudge", lambda task, pk: woken.append((task, pk)))
    SurveyInvitation.objects.update(due_at=timezone.now())
    sweep_surveys()
    assert woken == [("automation.tasks.ask_survey", invitation(closed).pk)]


def test_other_events_cost_nothing(world: World, asks: SurveyRule, django_assert_num_queries):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    event = ticket.events.first()
    with django_assert_num_queries(0):
        plan(event)
    assert not SurveyInvitation.objects.exists()


def test_a_reopened_ticket_is_not_asked_about(world: World, closed: Ticket):
    reopen(closed, world.bea)
    assert (invitation(closed).state, invitation(closed).reason) == (State_.SKIPPED, "reopened")
    close(closed, world.bea)
    assert sorted(SurveyInvitation.objects.values_list("state", flat=True)) == ["planned", "skipped"]


def test_whoever_missed_the_reopening_finds_it_when_the_time_comes(world: World, closed: Ticket):
    set_state(closed, State.objects.get(name="open"), by=world.bea)
    assert its_time_comes(closed).reason == "reopened"


def off(world: World, ticket: Ticket) -> None:
    SurveyRule.objects.update(is_on=False)


def junk(world: World, ticket: Ticket) -> None:
    type(world.support).objects.filter(pk=world.support.pk).update(is_junk=True)


def trashed(world: World, ticket: Ticket) -> None:
    trash(ticket, by=world.bea)


def inactive(world: World, ticket: Ticket) -> None:
    type(world.dana).objects.filter(pk=world.dana.pk).update(is_active=False)


def never(world: World, ticket: Ticket) -> None:
    MailRules.objects.create(pk=1, never_send_to="acme.example")


def unsendable(world: World, ticket: Ticket) -> None:
    Address.objects.update(is_active=False)


def recently(world: World, ticket: Ticket) -> None:
    other = close(answered(world), world.bea)
    assert its_time_comes(other).state == State_.ASKED


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [
        (off, "off"),
        (junk, "junk"),
        (trashed, "reopened"),
        (inactive, "inactive"),
        (never, "never"),
        (unsendable, "unsendable"),
        (recently, "recently"),
    ],
)
def test_who_is_not_asked(world: World, closed: Ticket, trouble: Callable, reason: str):
    trouble(world, closed)
    found = its_time_comes(closed)
    assert (found.state, found.reason, found.article_id) == (State_.SKIPPED, reason, None)
    assert not Outgoing.objects.filter(ticket=closed, article__sender="system").exists()
    assert str(surveying.REASONS[reason])


def test_without_an_answer_nobody_is_asked(world: World, asks: SurveyRule):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    add_note(ticket, Message(text="Done by phone."), by=world.bea)
    assert its_time_comes(close(ticket, world.bea)).reason == "unanswered"


def test_without_an_answer_too_where_the_queue_wants_it(world: World, asks: SurveyRule):
    SurveyRule.objects.update(needs_answer=False)
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    assert its_time_comes(close(ticket, world.bea)).state == State_.ASKED


@pytest.mark.parametrize(("unless", "state"), [(True, State_.SKIPPED), (False, State_.ASKED)])
def test_closed_by_the_customer(world: World, asks: SurveyRule, unless: bool, state: str):  # noqa: FBT001
    SurveyRule.objects.update(unless_customer_closed=unless)
    ticket = answered(world)
    plan(solve(ticket, by=world.dana))
    assert its_time_comes(ticket).state == state


def test_spam_is_not_even_planned(world: World, asks: SurveyRule):
    ticket = answered(world)
    plan(mark_spam(ticket, None, by=world.bea))
    assert not SurveyInvitation.objects.exists()
    plan(restore(ticket, by=world.bea))
    assert not SurveyInvitation.objects.exists()


def test_another_customer_is_asked_all_the_same(world: World, closed: Ticket):
    recently(world, closed)
    other = close(answered(world, customer=world.erik), world.bea)
    assert its_time_comes(other).state == State_.ASKED


def test_a_queue_does_as_the_nearest_above_that_says_something(world: World, asks: SurveyRule):
    assert rule_of(world.hardware) == asks
    assert not rule_of(world.billing).is_on
    SurveyRule.objects.create(queue=world.hardware, is_on=False)
    assert not rule_of(world.hardware).is_on
    ticket = TicketFactory(queue=world.hardware, customer=world.dana)
    close(ticket, world.bea)
    assert not SurveyInvitation.objects.exists()


def test_the_words_are_in_the_customers_language(world: World, asks: SurveyRule):
    ticket = answered(world)
    subject, body = words(asks, ticket, link="https://x.example/1/", language="en")
    assert subject == f"How did we do with request {ticket.number}?"
    assert "https://x.example/1/" in body
    texts = {"en": "Hello", "de": "Guten Tag {{ customer.first_name }}: {{ link }}?score=5", "es": "{{ broken"}
    asks.text = Content.objects.create(key="survey", name="Survey", texts=texts)
    assert words(asks, ticket, link="L", language="de")[1] == "Guten Tag Dana: L?score=5"
    assert words(asks, ticket, link="L", language="en")[1] == "Hello\n\nL\n"
    assert "L" in words(asks, ticket, link="L", language="es")[1]  # the stock text


# ---- the link and the answer


@pytest.fixture
def asked(closed: Ticket) -> SurveyInvitation:
    return its_time_comes(closed)


def test_an_answer_stands_on_the_ticket(world: World, asked: SurveyInvitation):
    given = surveying.answer(asked, score=4, comment=" Quick and kind. ")
    event = asked.ticket.events.get(kind="survey.answered")
    assert sentence_of(event) == "Dana Miller answered the survey: 4 of 5, “Satisfied”"
    assert (event.cause_kind, event.cause_reference) == ("survey", str(asked.pk))
    assert (given.comment, given.queue, given.ticket) == ("Quick and kind.", world.support, asked.ticket)
    assert invitation(asked.ticket).state == State_.ANSWERED


def test_there_is_one_answer(asked: SurveyInvitation):
    surveying.answer(asked, score=4)
    with pytest.raises(surveying.AnsweredAlready):
        surveying.answer(asked, score=1)
    assert SurveyAnswer.objects.get().score == 4


def test_a_comment_may_come_later_and_once(asked: SurveyInvitation):
    given = surveying.answer(asked, score=2)
    surveying.add_comment(given, "  ")
    surveying.add_comment(given, "Nobody called back.")
    with pytest.raises(surveying.AnsweredAlready):
        surveying.add_comment(given, "Something else")
    assert SurveyAnswer.objects.get().comment == "Nobody called back."
    assert asked.ticket.events.filter(kind="survey.commented").count() == 1


def test_the_link_expires(asked: SurveyInvitation):
    assert surveying.is_open(asked)
    asked.expires_at = timezone.now()
    assert not surveying.is_open(asked)


def test_the_link_of_a_ticket_in_the_trash_leads_nowhere(world: World, asked: SurveyInvitation):
    trash(asked.ticket, by=world.bea)
    assert not surveying.is_open(invitation_of(token_of(asked)))


def test_T22_only_the_link_itself_is_good(asked: SurveyInvitation):
    token = token_of(asked)
    assert invitation_of(token) == asked
    number, _dash, mac = token.partition("-")
    others = (f"{int(number) + 1}-{mac}", f"{number}-", f"{number}", "", "-", f"-{mac}", f"{number}-{mac[:-1]}", "é-x")
    assert [invitation_of(other) for other in (*others, f"{'9' * 30}-{mac}", f"{number}-{mac.lower()}")] == [None] * 10


def test_T80_the_link_is_void_when_the_address_has_changed(world: World, asked: SurveyInvitation):
    token = token_of(asked)
    type(world.dana).objects.filter(pk=world.dana.pk).update(email="dana@new.example")
    assert invitation_of(token) is None


def test_states_that_count_as_closed_follow_the_kind(world: World, asks: SurveyRule):
    other = State.objects.create(name="archived", type=StateType.CLOSED)
    ticket = answered(world)
    plan(set_state(ticket, other, by=world.bea))
    plan(set_state(ticket, State.objects.get(name="closed successful"), by=world.bea))
    assert SurveyInvitation.objects.count() == 1


# ---- asked for by automation


def ordered(ticket: Ticket, world: World, **values) -> Event | None:
    return do_effect({"do": "survey", **values}, ticket, Context(by=system_actor("rules"), cause=Cause("rule", "1")))


def test_an_effect_asks_whatever_the_queue_says(world: World):
    ticket = close(answered(world), world.bea)
    check_effects([{"do": "survey", "after": "2h"}])
    event = ordered(ticket, world, after="2h")
    assert event.kind == "survey.planned"
    assert timedelta(minutes=119) < invitation(ticket).due_at - timezone.now() <= timedelta(hours=2)
    assert ordered(ticket, world) is None  # is planned already
    assert its_time_comes(ticket).state == State_.ASKED
    assert sentence_of_effect({"do": "survey", "after": "2h"}) == "Ask the customer how satisfied he is, after 2 hours"


def test_an_effect_keeps_the_peace_of_customers(world: World, closed: Ticket):
    assert its_time_comes(closed).state == State_.ASKED
    other = close(answered(world), world.bea)
    surveying.cancel(other, reason="reopened")
    ordered(other, world)
    assert its_time_comes(other).reason == "recently"


@pytest.mark.parametrize("after", ["soon", 5])
def test_a_delay_that_is_none_is_refused(world: World, after: object):
    with pytest.raises(Refused):
        ordered(TicketFactory(queue=world.support), world, after=after)
    assert not SurveyInvitation.objects.exists()


def test_rules_hear_of_answers_and_of_bad_ones(asked: SurveyInvitation):
    surveying.answer(asked, score=2)
    event = asked.ticket.events.get(kind="survey.answered")
    assert {"survey_answered", "dissatisfied"} <= happenings_of(event)
    event.data = {"score": {"was": None, "now": {"id": 3, "name": "3"}}}
    assert "dissatisfied" not in happenings_of(event)


def test_F19_after_a_backup_nobody_is_asked_twice(closed: Ticket):
    SurveyInvitation.objects.update(due_at=timezone.now())
    assert surveying.hold_back() == 1
    assert its_time_comes(closed).reason == "restored"

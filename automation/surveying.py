"""Asking customers whether they are satisfied: planned when a ticket is closed, asked some hours later, answered once.

An answer counts until its link expires and cannot be changed; who has only clicked may still add a comment. What a mail
scanner fetches counts for nothing, as answering is a POST (web/portal/views/survey.py).
"""

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.people import system_actor
from automation.models import SurveyAnswer, SurveyInvitation, SurveyRule
from automation.survey_links import MARK, concealed_link
from automation.survey_rules import rule_of, words
from core.clock import now
from core.database import hold
from core.text import strip_nul
from core.work import wake
from mail.addressing import sender_for
from mail.loops import WHY, note_answer, would_send
from mail.rules import lists, rules
from tickets.actions.removing import taken_off
from tickets.actions.replying import send_automatic
from tickets.changes import locked, locked_survivor
from tickets.events import Cause, TooDeep, record
from tickets.messages import Message
from tickets.models import Event, StateType, Ticket
from tickets.models.article import Sender

PLANNED, ANSWERED, COMMENTED = "survey.planned", "survey.answered", "survey.commented"
MAX_COMMENT = 5_000
State = SurveyInvitation.State

# Why nobody was asked, by code.
REASONS: Mapping[str, str | Promise] = {
    **WHY,
    "reopened": _("The ticket was reopened."),
    "off": _("The queue does not ask its customers any more."),
    "junk": _("The ticket was marked as spam or lies among unwanted messages."),
    "unanswered": _("No agent has answered the customer."),
    "by_customer": _("The customer has closed it."),
    "recently": _("The customer was asked not long ago."),
    "restored": _("Its time came before a backup was restored, so the customer may have been asked then."),
    "inactive": _("The customer is not active any more."),
}


class AnsweredAlready(ValueError):
    """There is one answer to each question."""


def plan(ticket: Ticket, *, event: Event, delay: timedelta, is_ordered: bool = False) -> SurveyInvitation | None:
    """Have the customer asked after this time; a second time for the same event changes nothing (None)."""
    due = timezone.now() + delay
    facts = {"customer_id": ticket.customer_id, "language": ticket.language, "is_ordered": is_ordered, "due_at": due}
    invitation, is_new = SurveyInvitation.objects.get_or_create(ticket=ticket, event=event, defaults=facts)
    if is_new:
        wake(invitation)
    return invitation if is_new else None


def is_planned(ticket: Ticket) -> bool:
    return SurveyInvitation.objects.unfinished().filter(ticket=ticket, state=State.PLANNED).exists()


def cancel(ticket: Ticket, *, reason: str) -> int:
    """Whoever was to be asked about this ticket is not; how many questions that were."""
    waiting = SurveyInvitation.objects.unfinished().filter(ticket=ticket, state=State.PLANNED)
    return waiting.update(state=State.SKIPPED, reason=reason, due_at=None, leased_until=None)


def hold_back() -> int:
    """After a backup was restored: who was to be asked by now may have been (F19)."""
    return SurveyInvitation.objects.due().update(state=State.SKIPPED, reason="restored", due_at=None, leased_until=None)


def ask(invitation: SurveyInvitation) -> list[str]:
    """Its time has come: send the question, or note why not. Returns the fields to save."""
    with locked(invitation.ticket) as ticket:
        rule = rule_of(ticket.queue)
        reason = _against(invitation, ticket, rule)
        if not reason:
            try:
                _send(invitation, ticket, rule)
            except TooDeep:
                reason = "loop"
        if reason:
            invitation.state, invitation.reason = State.SKIPPED, reason
    return ["state", "reason", "article", "asked_at", "expires_at", "language"]


def is_open(invitation: SurveyInvitation) -> bool:
    """Whether its link leads to something: it was asked, has not expired, and the ticket is not in the trash."""
    if invitation.state not in (State.ASKED, State.ANSWERED) or invitation.expires_at is None:
        return False
    return timezone.now() < invitation.expires_at and not invitation.ticket.is_removed


def answer(invitation: SurveyInvitation, *, score: int, comment: str = "") -> SurveyAnswer:
    """The customer answers; on a merged ticket its survivor hears of it. Raises `AnsweredAlready`."""
    with transaction.atomic():
        fresh = SurveyInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if fresh.state != State.ASKED:
            raise AnsweredAlready
        fresh.state = State.ANSWERED
        fresh.save(update_fields=["state"])
        with locked_survivor(invitation.ticket) as ticket:
            given = SurveyAnswer.objects.create(
                invitation=fresh,
                ticket=ticket,
                queue_id=ticket.queue_id,
                owner_id=ticket.owner_id,
                score=score,
                comment=_clean(comment),
            )
            _tell(given, ANSWERED, ticket)
    invitation.state = fresh.state
    return given


def add_comment(given: SurveyAnswer, comment: str) -> None:
    """Who has given a score says why; once. Raises `AnsweredAlready`."""
    with transaction.atomic():
        fresh = SurveyAnswer.objects.select_for_update(of=("self",)).get(pk=given.pk)
        if fresh.comment:
            raise AnsweredAlready
        if not _clean(comment):
            return
        fresh.comment = given.comment = _clean(comment)
        fresh.save(update_fields=["comment"])
        with locked_survivor(fresh.ticket) as ticket:
            _tell(fresh, COMMENTED, ticket)


def _against(invitation: SurveyInvitation, ticket: Ticket, rule: SurveyRule) -> str:
    """The first reason not to ask, as a code of `REASONS`; empty when there is none."""
    if ticket.state.type != StateType.CLOSED or ticket.merged_into_id:
        return "reopened"
    if not rule.is_on and not invitation.is_ordered:
        return "off"
    if ticket.queue.is_junk or taken_off(ticket) is not None:
        return "junk"
    customer = ticket.customer
    if not customer.is_active or customer.is_system:
        return "inactive"
    if rule.needs_answer and not ticket.articles.filter(sender=Sender.AGENT, visible_to_customer=True).exists():
        return "unanswered"
    if rule.unless_customer_closed and not invitation.is_ordered and _closed_by_customer(invitation):
        return "by_customer"
    return _against_address(invitation, ticket, rule)


def _against_address(invitation: SurveyInvitation, ticket: Ticket, rule: SurveyRule) -> str:
    customer = ticket.customer
    hold(f"survey of {customer.pk}")  # of two tickets that are due at once only one asks
    since = now() - timedelta(days=rule.pause)
    if SurveyInvitation.objects.filter(customer=customer, asked_at__gt=since).exclude(pk=invitation.pk).exists():
        return "recently"
    if lists(rules().never_send_to, customer.email):
        return "never"
    if sender_for(ticket.queue) is None:
        return "unsendable"
    return would_send(customer.email, is_automatic=False, ticket=ticket).code


def _closed_by_customer(invitation: SurveyInvitation) -> bool:
    return invitation.event.actor_id == invitation.customer_id


def _send(invitation: SurveyInvitation, ticket: Ticket, rule: SurveyRule) -> None:
    customer, language = ticket.customer, ticket.language
    subject, body = words(rule, ticket, link=concealed_link(), language=language)
    message = Message(
        text=body,
        subject=subject,
        to=[{"name": customer.name, "address": customer.email}],
        marks=[{"code": MARK, "invitation": invitation.pk}],
    )
    invitation.customer, invitation.language = customer, language
    invitation.save(update_fields=["customer"])  # the link in the mail is made of it
    note_answer(customer.email)
    cause = Cause("survey", reference=str(invitation.pk), event=invitation.event)
    invitation.article = send_automatic(ticket, message, by=system_actor("surveys"), cause=cause)
    invitation.state, invitation.asked_at = State.ASKED, now()
    invitation.expires_at = timezone.now() + timedelta(days=rule.valid)


def _tell(given: SurveyAnswer, kind: str, ticket: Ticket) -> None:
    """The score and the comment stay with the answer; the history says what was given."""
    customer = given.invitation.customer
    score = {"was": None, "now": {"id": given.score, "name": str(given.score)}}
    cause = Cause("survey", reference=str(given.invitation_id))
    record(ticket, kind, by=customer, cause=cause, data={"score": score})


def _clean(comment: str) -> str:
    return strip_nul(comment).strip()[:MAX_COMMENT]

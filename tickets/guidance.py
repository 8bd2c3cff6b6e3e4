"""Guided mode: which ticket is next for an agent, and why this one."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.clock import now
from core.moments import moment
from core.text import clean_line
from tickets.actions.routing import assign, lock, unlock
from tickets.models import Article, Event, Queue, Skip, StateType, Ticket
from tickets.models.article import Sender
from tickets.queries import TicketQuerySet
from tickets.rights import rights_of

# A ticket that was passed over is offered again after this time.
PASSED_OVER = timedelta(hours=4)
# Of what waits so many are looked at for one that suits.
LOOKED_AT = 50


@dataclass(frozen=True)
class Offer:
    """The next ticket; `reasons` are whole sentences for the agent who gets it."""

    ticket: Ticket
    reasons: list[str]


def waiting_for(user: User) -> TicketQuerySet:
    """Tickets that `user` could be given, most urgent first: due time, then priority, then age.

    Open, in a queue where the agent may take tickets, not passed over lately; nobody's, or given to the agent and not
    begun, or the agent's own when the customer has come back.
    """
    asks = Q(state__type=StateType.NEW) | Q(last_customer_at=F("last_public_at"))
    return _ready(user).filter(Q(owner=None) | Q(owner=user) & asks, is_locked=False)


def held_by(user: User) -> TicketQuerySet:
    """What `user` works on already, locked, most urgent first: it comes before everything that waits."""
    return _ready(user).filter(owner=user, is_locked=True)


def take_next(user: User) -> Offer | None:
    """Give `user` the next ticket, locked, or the one that they hold already; None when nothing waits.

    Two agents at once never get the same one, and nobody who asks twice gets two.
    """
    with transaction.atomic():
        User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
        held = held_by(user).first()
        if held is not None:
            return Offer(held, reasons_for(held))
        ticket = _first_that_suits(user)
        if ticket is None:
            return None
        reasons = reasons_for(ticket)
        lock(ticket, by=user)
    ticket.refresh_from_db()
    return Offer(ticket, reasons)


def pass_over(ticket: Ticket, reason: str, *, by: User) -> Skip:
    """`by` does not take it now, for this reason; others get it. Raises `ValueError` without a reason."""
    reason = clean_line(reason, 200)
    if not reason:
        raise ValueError("a reason is needed")
    with transaction.atomic():
        _put_back(ticket, by=by)
        return Skip.objects.create(ticket=ticket, user=by, reason=reason, until=now() + PASSED_OVER)


def give_back(ticket: Ticket, *, by: User) -> None:
    """Enough for now: as it was before `take_next`, but what `by` has written in since stays theirs."""
    taken = _taking(ticket, by)
    if taken is not None and ticket.articles.filter(author=by, created_at__gte=taken.at).exists():
        let_go(ticket, by=by)
    else:
        _put_back(ticket, by=by)


def let_go(ticket: Ticket, *, by: User) -> None:
    """`by` is through with it for now: it stays theirs, but they no longer work on it."""
    if _is_worked_by(ticket, by):
        unlock(ticket, by=by)


def reasons_for(ticket: Ticket) -> list[str]:
    """Why this one comes before the others, in the active language."""
    reasons = []
    if ticket.due_at:
        sentence = _("It is due on %(time)s.") if ticket.due_at > now() else _("It has been overdue since %(time)s.")
        reasons.append(sentence % {"time": moment(ticket.due_at)})
    if ticket.owner_id:
        reasons.append(_why_yours(ticket))
    if ticket.priority.level > 3:
        reasons.append(_("Its priority is “%(priority)s”.") % {"priority": _(ticket.priority.name)})
    age = (now() - ticket.created_at).days
    if age:
        sentence = ngettext("It has been waiting for %(number)s day.", "It has been waiting for %(number)s days.", age)
        reasons.append(sentence % {"number": age})
    elif not ticket.is_locked:
        reasons.append(_("It is the oldest one that waits."))
    return reasons


def answered_again(tickets: Iterable[Ticket]) -> set[int]:
    """Ids of those that somebody has and where the customer spoke last, after an agent's answer: one query at most."""
    spoke_last = [ticket.pk for ticket in tickets if ticket.owner_id and _customer_spoke_last(ticket)]
    if not spoke_last:
        return set()
    answers = Article.objects.filter(ticket__in=spoke_last, sender=Sender.AGENT, visible_to_customer=True)
    return set(answers.order_by().values_list("ticket_id", flat=True).distinct())


def _ready(user: User) -> TicketQuerySet:
    """To be worked now, in the order of guided mode, without what `user` has passed over lately."""
    passed = Skip.objects.filter(user=user, until__gt=now()).values("ticket")
    tickets = Ticket.objects.allowing(user, "owner").open().exclude(pk__in=passed)
    ready = tickets.filter(state__type__in=(StateType.NEW, StateType.OPEN))
    return ready.order_by(F("due_at").asc(nulls_last=True), "-priority__level", "created_at", "id")


def _first_that_suits(user: User) -> Ticket | None:
    """The most urgent one that waits, locked; of those that others are just taking, none."""
    waiting = waiting_for(user)
    tests = [test for guide in _guides() if (test := guide(user)) is not None]
    if not tests:
        return _hold(waiting)
    for ticket in waiting.select_related("state", "priority", "queue", "type")[:LOOKED_AT]:
        if all(test(ticket) for test in tests) and (held := _hold(waiting.filter(pk=ticket.pk))):
            return held
    return None


def _hold(tickets: TicketQuerySet) -> Ticket | None:
    return tickets.select_for_update(skip_locked=True, of=("self",), no_key=True).first()


@cache
def _guides() -> Sequence[Callable[[User], Callable[[Ticket], bool] | None]]:
    """What higher apps have to say (settings.GUIDES)."""
    return [import_string(name) for name in settings.GUIDES]


def _put_back(ticket: Ticket, *, by: User) -> None:
    """Unlocked, and nobody's when it was nobody's."""
    with transaction.atomic():
        if not _is_worked_by(ticket, by):
            return
        taken = _taking(ticket, by)
        unlock(ticket, by=by)
        if taken is not None and _was_nobodys(taken):
            assign(ticket, None, by=by)


def _why_yours(ticket: Ticket) -> str:
    if ticket.pk in answered_again([ticket]):
        return _("It is yours, and the customer has answered.")
    is_new = ticket.state.type == StateType.NEW and not ticket.is_locked
    return _("It was given to you.") if is_new else _("It is yours.")


def _customer_spoke_last(ticket: Ticket) -> bool:
    return ticket.last_customer_at is not None and ticket.last_customer_at == ticket.last_public_at


def _taking(ticket: Ticket, by: User) -> Event | None:
    return ticket.events.filter(kind="lock.changed", actor=by).order_by("-id").first()


def _is_worked_by(ticket: Ticket, user: User) -> bool:
    return Ticket.objects.filter(pk=ticket.pk, is_locked=True, owner=user).exists()


def _was_nobodys(taken: Event) -> bool:
    return "owner" in taken.data and taken.data["owner"]["was"] is None


def may_choose(user: User, queue: Queue) -> bool:
    """Whether the agent may take any ticket here: in a guided queue only who may do everything chooses."""
    return not queue.is_guided or rights_of(user).covers(queue.pk, "write")


def may_take(user: User, ticket: Ticket) -> bool:
    """Whether the agent may make this ticket their own, which it is not yet."""
    allowed = ticket.allows(user, "owner") and may_choose(user, ticket.queue)
    return allowed and ticket.owner_id != user.pk and ticket.is_open

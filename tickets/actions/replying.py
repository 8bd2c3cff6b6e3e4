"""What people say on a ticket."""

from dataclasses import replace
from datetime import datetime

from accounts.models import User
from core.clock import now
from tickets import vocabulary
from tickets.actions.opening import Opening, open_ticket, submitted
from tickets.actions.progress import set_state
from tickets.actions.routing import assign
from tickets.articles import count_facts, write_article
from tickets.changes import Stale, locked, locked_survivor, moment, refuse_if_merged
from tickets.events import Cause, record
from tickets.messages import Message
from tickets.models import Article, Event, State, StateType, Ticket
from tickets.models.article import Sender
from tickets.models.queue import FollowUp
from tickets.models.ticket import Channel

TAKEN_BACK = {"code": "taken_back"}
# The code of the mark on the first message of a ticket that goes on where a closed one ended.
CONTINUES = "continues"


class NotYours(PermissionError):
    """Only who wrote a message may take it back."""


class TooLate(ValueError):
    """The mail has left, or is leaving."""


def reply(
    ticket: Ticket,
    message: Message,
    *,
    by: User,
    cause: Cause | None = None,
    based_on: int | None = None,
    then: State | None = None,
    until: datetime | None = None,
) -> Article:
    """An agent answers the customer by mail and the ticket goes on to the state `then` (a new one at least to open).

    `based_on` is the newest article the agent has seen: raises `Stale` when the customer sees a newer one. Raises
    `Refused` when the ticket is merged into another.
    """
    with locked(ticket) as ticket:
        if earlier := submitted(message, by=by):
            return earlier
        if based_on is not None:
            _refuse_if_answered(ticket, based_on)
        refuse_if_merged(ticket)
        article = write_article(ticket, message, channel=Channel.EMAIL, sender=Sender.AGENT, visible=True, by=by)
        record(ticket, "article.added", by=by, cause=cause, article=article)
        if then is None and ticket.state.type == StateType.NEW:
            then = vocabulary.first_state(StateType.OPEN)
        if then is not None:
            set_state(ticket, then, until=until, by=by, cause=cause)
        return article


def forward(ticket: Ticket, message: Message, *, by: User, cause: Cause | None = None) -> Article:
    """An agent mails somebody else about the ticket; the customer does not see it. `message.to` must name somebody."""
    if not message.to:
        raise ValueError("a forwarded message needs a recipient")
    return _say(ticket, message, channel=Channel.EMAIL, visible=False, by=by, cause=cause)


def take_back(article: Article, *, by: User, cause: Cause | None = None) -> Event | None:
    """`by`, who wrote it, takes a message back before its mail leaves; agents still see it, as taken back.

    The state and the owner it had brought are taken back with it. None when that has happened already. Raises
    `NotYours` for anybody else (T52), and `TooLate` once the mail is on its way.
    """
    if article.author_id != by.pk:
        raise NotYours
    with locked(article.ticket):
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if TAKEN_BACK in article.marks:
            return None
        if article.send_at is None or article.send_at <= now():
            raise TooLate
        return withdraw(article, by=by, cause=cause)


def withdraw(article: Article, *, by: User, cause: Cause | None = None) -> Event | None:
    """`take_back` by whoever has found that the mail may still be stopped, and who may do so (mail/withdrawing.py)."""
    with locked(article.ticket) as ticket:
        article = Article.objects.select_for_update(of=("self",)).get(pk=article.pk)
        if TAKEN_BACK in article.marks:
            return None
        article.marks = [*article.marks, TAKEN_BACK]
        article.visible_to_customer = False
        article.save(update_fields=["marks", "visible_to_customer"])
        count_facts(ticket)
        event = record(ticket, "article.taken_back", by=by, cause=cause, article=article)
        _take_back_what_came_with(ticket, article, by=by, cause=Cause("taken back", event=event))
        return event


def add_note(ticket: Ticket, message: Message, *, by: User, cause: Cause | None = None) -> Article:
    """An internal note: only people who may see the ticket in the desk ever read it."""
    return _say(ticket, message, channel=Channel.NOTE, visible=False, by=by, cause=cause)


def log_contact(
    ticket: Ticket, message: Message, *, channel: str, visible: bool, by: User, cause: Cause | None = None
) -> Article:
    """An agent writes down what was said elsewhere (a call, a visit); nothing is sent."""
    return _say(ticket, message, channel=channel, visible=visible, by=by, cause=cause)


def log_call(
    ticket: Ticket,
    message: Message,
    *,
    caller: str,
    by: User,
    cause: Cause | None = None,
    then: State | None = None,
    until: datetime | None = None,
) -> Article:
    """An agent writes down a call; `caller` (a `Sender`) rang: the customer's side or the agent. Nothing is sent.

    The ticket goes on to the state `then`; a new one is open at least, because somebody has spoken with the customer.
    """
    with locked(ticket) as ticket:
        if earlier := submitted(message, by=by):
            return earlier
        article = write_article(ticket, message, channel=Channel.PHONE, sender=caller, visible=True, by=by)
        record(ticket, "article.added", by=by, cause=cause, article=article)
        if then is None and ticket.state.type == StateType.NEW:
            then = vocabulary.first_state(StateType.OPEN)
        if then is not None:
            set_state(ticket, then, until=until, by=by, cause=cause)
        return article


def send_automatic(ticket: Ticket, message: Message, *, by: User, cause: Cause | None = None) -> Article:
    """A mail of the system itself, such as a receipt. It changes no state and stops no clock."""
    customer, queue = ticket.customer, ticket.queue
    with locked(ticket) as ticket:
        # Whoever sends it has just asked for these two; there are as many receipts as mails.
        if (ticket.customer_id, ticket.queue_id) == (customer.pk, queue.pk):
            ticket.customer, ticket.queue = customer, queue
        article = write_article(ticket, message, channel=Channel.EMAIL, sender=Sender.SYSTEM, visible=True, by=by)
        record(ticket, "article.added", by=by, cause=cause, article=article)
        return article


def receive(ticket: Ticket, message: Message, *, channel: str, by: User, cause: Cause | None = None) -> Article:
    """The customer's side says something; a merged ticket leads to its survivor.

    On a closed ticket the queue decides: it reopens, or the message is kept and marked as refused, or it opens a new
    ticket (the returned article's `.ticket` is that one). A waiting ticket becomes open; a new one stays new.
    """
    with locked_survivor(ticket) as ticket:
        if earlier := submitted(message, by=by):
            return earlier
        policy = ticket.queue.follow_up if ticket.state.type == StateType.CLOSED else FollowUp.REOPEN
        if policy == FollowUp.NEW:
            return _continue_in_new_ticket(ticket, message, channel=channel, by=by, cause=cause)
        article = write_article(ticket, message, channel=channel, sender=Sender.CUSTOMER, visible=True, by=by)
        refused = policy == FollowUp.REJECT
        record(ticket, "article.refused" if refused else "article.added", by=by, cause=cause, article=article)
        if not refused and ticket.state.type not in (StateType.NEW, StateType.OPEN):
            set_state(ticket, vocabulary.first_state(StateType.OPEN), by=by, cause=cause)
        return article


def receive_automatic(
    ticket: Ticket, message: Message, *, channel: str, by: User, cause: Cause | None = None
) -> Article:
    """A machine on the customer's side says something, such as an absence notice; a merged ticket leads on.

    No person has spoken: a closed ticket stays closed whatever its queue decides, a waiting one waits on.
    """
    with locked_survivor(ticket) as ticket:
        article = write_article(ticket, message, channel=channel, sender=Sender.CUSTOMER, visible=True, by=by)
        record(ticket, "article.added", by=by, cause=cause, article=article)
        return article


def receive_for(
    ticket: Ticket, message: Message, *, sender: str, visible: bool, by: User, cause: Cause | None = None
) -> Article:
    """A mail of which a trusted system has said who speaks in it (a `Sender`) and whether customers read it.

    A merged ticket leads on. Nobody has answered by it: the state stays as it is.
    """
    with locked_survivor(ticket) as ticket:
        article = write_article(ticket, message, channel=Channel.EMAIL, sender=sender, visible=visible, by=by)
        record(ticket, "article.added", by=by, cause=cause, article=article)
        return article


def hold(ticket: Ticket, message: Message, *, by: User, cause: Cause | None = None) -> Article:
    """A message whose sender could not be trusted: kept as a note, so that an agent decides (decision 21)."""
    with locked_survivor(ticket) as ticket:
        article = write_article(ticket, message, channel=Channel.EMAIL, sender=Sender.CUSTOMER, visible=False, by=by)
        record(ticket, "article.held", by=by, cause=cause, article=article)
        return article


def _take_back_what_came_with(ticket: Ticket, article: Article, *, by: User, cause: Cause) -> None:
    """The state and the owner that came with the message in one transaction, unless somebody has changed them since."""
    said = article.events.filter(kind__in=("article.added", "ticket.created")).first()
    if said is None:
        return
    together = list(ticket.events.filter(transaction=said.transaction, pk__gt=said.pk))
    changed = next((event for event in together if "state" in event.data), None)
    claimed = any(event.kind == "owner.changed" and event.actor_id == by.pk for event in together)
    if claimed and ticket.owner_id == by.pk:
        assign(ticket, None, by=by, cause=cause)
    if changed and not ticket.events.filter(pk__gt=changed.pk, data__has_key="state").exists():
        was = State.objects.get(pk=changed.data["state"]["was"]["id"])
        until = moment(changed.data.get("pending_until", {}).get("was"))
        set_state(ticket, was, until=until or now(), by=by, cause=cause)


def _say(
    ticket: Ticket, message: Message, *, channel: str, visible: bool, by: User, cause: Cause | None = None
) -> Article:
    with locked(ticket) as ticket:
        if earlier := submitted(message, by=by):
            return earlier
        article = write_article(ticket, message, channel=channel, sender=Sender.AGENT, visible=visible, by=by)
        record(ticket, "article.added", by=by, cause=cause, article=article)
        return article


def _continue_in_new_ticket(
    ticket: Ticket, message: Message, *, channel: str, by: User, cause: Cause | None = None
) -> Article:
    opening = Opening(
        title=ticket.title,
        queue=ticket.queue,
        customer=ticket.customer,
        channel=channel,
        priority=ticket.priority,
        type=ticket.type,
        language=ticket.language,
    )
    marks = [*message.marks, {"code": CONTINUES, "number": ticket.number}]
    article = open_ticket(opening, replace(message, marks=marks), by=by, cause=cause)
    data = {"continued_in": {"was": None, "now": {"id": article.ticket_id, "name": article.ticket.number}}}
    record(ticket, "ticket.continued", by=by, cause=cause, data=data)
    return article


def _refuse_if_answered(ticket: Ticket, based_on: int) -> None:
    newer = ticket.articles.filter(pk__gt=based_on, visible_to_customer=True).exclude(sender=Sender.SYSTEM)
    articles = list(newer.select_related("author"))
    if articles:
        raise Stale(articles=articles)

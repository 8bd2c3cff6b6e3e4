"""Commands of an agent, done through the ordinary verbs: each with the right that the desk asks for, or refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.models import User
from accounts.people import customer_for_address, person_with_address
from core.text import clean_line, normalise_address
from mail.addresses import is_address
from mail.addressing import is_ours
from mail.commands import Command
from mail.facts import Trace
from mail.wishes import moment_of
from tickets import vocabulary
from tickets.actions.fields import set_customer, set_tags
from tickets.actions.progress import ClosingFieldsMissing, PendingTimeMissing, set_priority, set_state
from tickets.actions.routing import assign, move
from tickets.events import Cause, Refused
from tickets.models import Article, State, StateType, Ticket
from tickets.models.queue import place
from tickets.models.vocabulary import Vocabulary
from tickets.options import owners, priorities, queues_to_move_to, states

Word = TypeVar("Word", bound=Vocabulary)

# On an article: what of the commands in the mail was refused, and why.
COMMANDS_REFUSED = "commands_refused"
DONE, NO_RIGHT, UNKNOWN, REFUSED = "done", "no right", "not known here", "not possible now"


class _Unknown(ValueError):
    """The command names something that is not there, or that this agent may not choose."""


def obey_commands(ticket: Ticket, commands: Sequence[Command], agent: User, *, cause: Cause) -> Trace:
    """One after the other; what is refused stops nothing else."""
    return [{"step": "command", "found": str(one), "result": _obey(ticket, one, agent, cause)} for one in commands]


def mark_refused(article: Article, steps: Trace) -> None:
    """What was refused is told where the agent and his colleagues look: at the message itself."""
    refused = [{"command": step["found"], "why": step["result"]} for step in steps if step["result"] != DONE]
    if refused:
        article.marks = [*article.marks, {"code": COMMANDS_REFUSED, "commands": refused}]
        article.save(update_fields=["marks"])


def may(ticket: Ticket, agent: User, right: str) -> bool:
    return Ticket.objects.allowing(agent, right).filter(pk=ticket.pk).exists()


def _obey(ticket: Ticket, command: Command, agent: User, cause: Cause) -> str:
    right, act = _ORDERS[command.name]
    ticket.refresh_from_db()
    if not may(ticket, agent, right):
        return NO_RIGHT
    try:
        act(ticket, command.argument, agent, cause)
    except _Unknown:
        return UNKNOWN
    except (PendingTimeMissing, ClosingFieldsMissing, ValidationError, Refused):
        return REFUSED
    return DONE


def _close(ticket: Ticket, argument: str, agent: User, cause: Cause) -> None:
    closed = [state for state in states(ticket) if state.type == StateType.CLOSED]
    state = _named(closed, argument, agent) if argument else vocabulary.first_state(StateType.CLOSED)
    set_state(ticket, state, by=agent, cause=cause)


def _state(ticket: Ticket, argument: str, agent: User, cause: Cause) -> None:
    """`#state pending reminder +2d`: a time may stand behind the name."""
    name, _blank, last = argument.rpartition(" ")
    until = moment_of(last, now=timezone.now()) if name else None
    state: State = _named(states(ticket), name if until else argument, agent)
    set_state(ticket, state, until=until, by=agent, cause=cause)


def _owner(ticket: Ticket, argument: str, agent: User, cause: Cause) -> None:
    """An address, a name, `me` or `nobody`; only who may see the ticket can have it (decision 15)."""
    word = argument.strip("<> ").lower()
    if word in ("nobody", "-"):
        assign(ticket, None, by=agent, cause=cause)
        return
    person = agent if word in ("me", "mine") else person_with_address(word)
    fitting = [one for one in owners(ticket) if one == person or (person is None and one.name.lower() == word)]
    if len(fitting) != 1:
        raise _Unknown
    assign(ticket, fitting[0], by=agent, cause=cause)


def _queue(ticket: Ticket, argument: str, agent: User, cause: Cause) -> None:
    wanted = argument.lower()
    found = [queue for queue in queues_to_move_to(agent, ticket) if wanted in _names_of(queue.path)]
    if len(found) != 1:
        raise _Unknown
    move(ticket, found[0], by=agent, cause=cause)


def _names_of(path: str) -> tuple[str, ...]:
    return (path.lower(), place(path).lower(), path.lower().replace("::", "/"), path.lower().rpartition("::")[2])


def _priority(ticket: Ticket, argument: str, agent: User, cause: Cause) -> None:
    chosen = priorities()
    by_level = [one for one in chosen if argument.isdecimal() and str(one.level) == argument]
    set_priority(ticket, by_level[0] if by_level else _named(chosen, argument, agent), by=agent, cause=cause)


def _tag(ticket: Ticket, argument: str, agent: User, cause: Cause) -> None:
    """`#tag printer, urgent, -old`: a minus takes one off."""
    words = [clean_line(word, 51) for word in argument.replace("#", "").split(",")]
    gone = {word[1:].strip() for word in words if word.startswith("-")}
    added = {word for word in words if word and not word.startswith("-")}
    set_tags(ticket, ({*ticket.tags} - gone) | added, by=agent, cause=cause)


def _customer(ticket: Ticket, argument: str, agent: User, cause: Cause) -> None:
    address = normalise_address(argument.strip("<> "))
    known = person_with_address(address)
    if not is_address(address) or is_ours(address) or (known is not None and not known.is_active):
        raise _Unknown
    set_customer(ticket, known or customer_for_address(address), by=agent, cause=cause)


def _named(words: Sequence[Word], name: str, agent: User) -> Word:
    """By its own name, or by the one that the agent reads in his language."""
    wanted = name.strip().lower()
    with override(agent.language or "en"):
        found = [word for word in words if wanted in (word.name.lower(), gettext(word.name).lower())]
    if not found:
        found = [word for word in words if word.name.lower().partition(" ")[2] == wanted]
    if len(found) != 1:
        raise _Unknown
    return found[0]


Order = Callable[[Ticket, str, User, Cause], None]
# By name: the right on the ticket that it takes, and what it does.
_ORDERS: Mapping[str, tuple[str, Order]] = {
    "close": ("write", _close),
    "state": ("write", _state),
    "owner": ("owner", _owner),
    "queue": ("write", _queue),
    "priority": ("priority", _priority),
    "tag": ("write", _tag),
    "customer": ("write", _customer),
}

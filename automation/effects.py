"""What automation may do with a ticket: rules, schedules, macros and alerts share one list of effects.

An effect is data, `{"do": "assign", "to": 5}`; what each does, asks for and says stands in the mappings that
settings.EFFECTS names. Effects act within the scope of the system and not by the rights of a person; what they name is
looked up when they run, because it may have been retired since somebody wrote them down.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from automation.answers import CHECKS
from tickets.changes import Stale, locked
from tickets.events import Cause
from tickets.models import Event, Ticket
from tickets.steps import FAILURES, Refused

log = logging.getLogger(__name__)

__all__ = [
    "REASONS",
    "Ask",
    "Context",
    "Effect",
    "EffectError",
    "Refused",
    "Values",
    "check_effects",
    "do_effect",
    "known_effects",
    "mails_of",
    "reason",
    "sentence_of",
]

Values = Mapping[str, Any]
MAX_EFFECTS = 30


class EffectError(ValueError):
    """The effects cannot be kept like this; the message is for people, in the reader's language.

    `place` counts the effects from 0, `ask` names what is wrong in it; None where it is the whole.
    """

    def __init__(self, message: str, *, place: int | None = None, ask: str | None = None):
        super().__init__(message)
        self.place, self.ask = place, ask


@dataclass(frozen=True)
class Context:
    """Who acts, why, and what it answers to. Of rules, schedules and alerts `by` is an actor of the system."""

    by: User
    cause: Cause
    event: Event | None = None


@dataclass(frozen=True)
class Ask:
    """One thing that an effect must know: `name` is its key in the effect, `kind` says how a form asks for it and how
    it is checked (automation/answers.py). `choices` are those of the kind "choice"."""

    name: str
    kind: str
    label: str | Promise
    required: bool = True
    choices: Sequence[tuple[str | int, str | Promise]] = ()
    hint: str | Promise = ""


@dataclass(frozen=True)
class Effect:
    """`run` gives None when there is nothing to change, and raises `Refused`. `right` is what a person needs on the
    ticket who starts it by hand. `mails` is how many messages it sends. `needs_person`: only where somebody runs it.
    `lacks` says what is missing although each answer for itself will do: the name of an ask, and a sentence."""

    label: str | Promise
    asks: Sequence[Ask]
    run: Callable[[Ticket, Values, Context], Event | None]
    sentence: Callable[[Values], str | Promise]
    mails: int | Callable[[Ticket, Values], int] = 0
    right: str = "write"
    needs_person: bool = False
    lacks: Callable[[Values], tuple[str, str | Promise] | None] | None = None


# Why an effect was refused, by its code.
REASONS: Mapping[str, str | Promise] = {
    "unknown": gettext_lazy("There is no such effect any more."),
    "choice": gettext_lazy("What was chosen does not exist any more or is no longer in use."),
    "right": gettext_lazy("This person has no right to see tickets of the queue."),
    "person": gettext_lazy("This can only be done by a person who starts it."),
    "nobody": gettext_lazy("Nobody can take it now."),
    "pending_time": gettext_lazy("The time until which it waits is missing or over."),
    "closing_fields": gettext_lazy("Fields that are needed for closing are empty."),
    "link": gettext_lazy("It would be its own ancestor, or is the other ticket itself."),
    "value": gettext_lazy("A value does not fit."),
    "endpoint_scope": gettext_lazy("The endpoint is not for tickets of this queue."),
    "field": gettext_lazy("Tickets of its queue and type do not have this field."),
    "text": gettext_lazy("The text has a placeholder that cannot be filled."),
    "changed": gettext_lazy("Somebody has changed the same thing since."),
    "refused": gettext_lazy("There is nobody to send it to, or no address to send it from."),
    "loop": gettext_lazy("There have been several automatic replies in a row, so this looks like a loop."),
    "unanswerable": gettext_lazy("This message is not one that may be answered automatically."),
    "deep": gettext_lazy("Automations have set each other off too many times in a row: this looks like a loop."),
    "error": gettext_lazy("Something went wrong, also when it was tried again. The log of the server says what."),
}


def known_effects() -> Mapping[str, Effect]:
    """Every effect by its name, of all lists that settings.EFFECTS names, in their order."""
    return _load(tuple(settings.EFFECTS))


def do_effect(values: Values, ticket: Ticket, context: Context) -> Event | None:
    """Do one effect now, on the ticket as it is now, in one transaction; None when nothing changed.

    Raises `Refused` with a code when it cannot be done, and `tickets.events.TooDeep` when it would go round in a loop.
    """
    effect = known_effects().get(str(values.get("do")))
    if effect is None:
        raise Refused("unknown")
    if effect.needs_person and context.by.is_system:
        raise Refused("person")
    try:
        with locked(ticket) as fresh:
            return effect.run(fresh, values, context)
    except tuple(FAILURES) as error:
        raise Refused(FAILURES[type(error)]) from error
    except Stale as error:
        raise Refused("changed") from error


def check_effects(effects: Any, *, for_person: bool = False) -> None:
    """Raise `EffectError` unless every effect is known, has what it asks for, and names what is there now."""
    if not isinstance(effects, list):
        raise EffectError(_("Effects are a list."))
    if len(effects) > MAX_EFFECTS:
        raise EffectError(_("At most %(number)s effects.") % {"number": MAX_EFFECTS})
    for place, values in enumerate(effects):
        _check(values, place, for_person=for_person)


def sentence_of(values: Values) -> str:
    """What an effect does, for people: "Move it to Support › Hardware"."""
    effect = known_effects().get(str(values.get("do")))
    if effect is None:
        return str(REASONS["unknown"])
    try:
        return str(effect.sentence(values))
    except Exception:  # what it names is gone in some way nobody thought of: a page must not break by that
        log.warning("no sentence for the effect %s", values.get("do"), exc_info=True)
        return str(effect.label)


def mails_of(values: Values, ticket: Ticket) -> int:
    """How many messages this effect would send about the ticket."""
    effect = known_effects().get(str(values.get("do")))
    if effect is None:
        return 0
    return effect.mails(ticket, values) if callable(effect.mails) else effect.mails


def reason(code: str) -> str:
    """The sentence for a code of `Refused`."""
    return str(REASONS.get(code) or REASONS["error"])


def _check(values: Any, place: int, *, for_person: bool) -> None:
    if not isinstance(values, Mapping):
        raise EffectError(_("An effect is a group of values."), place=place)
    effect = known_effects().get(str(values.get("do")))
    if effect is None:
        raise EffectError(_("There is no effect “%(name)s”.") % {"name": values.get("do")}, place=place)
    if effect.needs_person and not for_person:
        raise EffectError(str(REASONS["person"]), place=place)
    if unknown := sorted(map(str, values.keys() - {"do"} - {ask.name for ask in effect.asks})):
        words = {"effect": effect.label, "names": ", ".join(unknown)}
        raise EffectError(_("“%(effect)s” does not ask for: %(names)s.") % words, place=place)
    for ask in effect.asks:
        _check_answer(effect, ask, values.get(ask.name), place)
    if missing := effect.lacks and effect.lacks(values):
        raise EffectError(str(missing[1]), place=place, ask=missing[0])


def _check_answer(effect: Effect, ask: Ask, value: Any, place: int) -> None:
    words = {"effect": effect.label, "ask": ask.label}
    if value in (None, "", [], {}):
        if ask.required:
            raise EffectError(_("“%(effect)s” needs: %(ask)s.") % words, place=place, ask=ask.name)
        return
    if ask.kind == "choice":
        if str(value) not in {str(key) for key, _label in ask.choices}:
            raise EffectError(_("“%(effect)s”: choose one of the listed values.") % words, place=place, ask=ask.name)
        return
    check = CHECKS.get(ask.kind)
    try:
        if check is not None:
            check(value)
    except ValidationError as error:
        message = f"“{effect.label}”, {ask.label}: {' '.join(error.messages)}"
        raise EffectError(message, place=place, ask=ask.name) from error


@cache
def _load(names: tuple[str, ...]) -> Mapping[str, Effect]:
    effects: dict[str, Effect] = {}
    for name in names:
        effects |= import_string(name)
    return effects

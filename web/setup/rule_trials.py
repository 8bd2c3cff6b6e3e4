"""What a rule would have done to the tickets of the last days (automation/trying.py), as its page tells it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from automation.models import Rule
from automation.trying import Trial, Would, try_rule
from tickets.conditions import ConditionError
from tickets.fieldnames import names
from tickets.models import Ticket
from web.common.effect_words import effects_in_words
from web.setup.past_tickets import PERIODS, USUAL, period_in

# So many tickets are listed.
MOST_SHOWN = 50


@dataclass(frozen=True)
class EffectFigures:
    """How often an effect would have been done, would have changed nothing, and would not have been possible."""

    text: str
    done: int
    nothing: int
    failed: int


@dataclass(frozen=True)
class Touched:
    """A ticket the reader may open. `does` are effects that would have changed it."""

    ticket: Ticket
    does: Sequence[str]
    failed: bool


@dataclass(frozen=True)
class Tried:
    """`hidden` is how many touched tickets the reader may not see."""

    days: str = USUAL
    error: str = ""
    found: Trial | None = None
    effects: Sequence[EffectFigures] = ()
    tickets: Sequence[Touched] = field(default_factory=tuple)
    hidden: int = 0
    unsure: str = ""

    @property
    def periods(self) -> Sequence[tuple[str, str | Promise]]:
        return PERIODS

    @property
    def looked_at(self) -> str:
        number = self.found.looked_at if self.found else 0
        words = ngettext("of %(number)s ticket looked at", "of %(number)s tickets looked at", number)
        return words % {"number": number}

    @property
    def mails(self) -> str:
        number = self.found.mails if self.found else 0
        words = ngettext("%(number)s email would have been sent.", "%(number)s emails would have been sent.", number)
        return words % {"number": number} if number else _("No email would have been sent.")

    @property
    def percent(self) -> int:
        return round(100 * self.found.tickets / self.found.looked_at) if self.found and self.found.looked_at else 0


def tried(data: QueryDict, rule: Rule, queues: Sequence[int], *, reader: User, is_valid: bool) -> Tried:
    """As the rule is typed, saved or not; nothing of it stays and nothing leaves."""
    days = period_in(data)
    if not is_valid:
        return Tried(days, _("Complete the rule first, then try it."))
    try:
        trial = try_rule(rule, queues=queues, days=int(days))
    except ConditionError as error:
        return Tried(days, str(error))
    labels = names()
    unsure = ", ".join(str(labels.get(name, name)) for name in trial.unsure)
    touched = {would.ticket.pk for would in trial.shown}
    readable = set(Ticket.objects.allowing(reader, "read").filter(pk__in=touched).values_list("pk", flat=True))
    return Tried(
        days,
        found=trial,
        effects=_figures(rule, trial),
        tickets=_touched([would for would in trial.shown if would.ticket.pk in readable])[:MOST_SHOWN],
        hidden=len(touched - readable),
        unsure=unsure,
    )


def _figures(rule: Rule, trial: Trial) -> list[EffectFigures]:
    found = []
    for place, text in enumerate(effects_in_words(rule.effects)):
        counted = {result: number for (at, result), number in trial.effects.items() if at == place}
        done, nothing = counted.pop("done", 0), counted.pop("nothing", 0)
        found.append(EffectFigures(text, done, nothing, sum(counted.values())))
    return found


def _touched(shown: Sequence[Would]) -> list[Touched]:
    """One line for each ticket, however often it would have been touched."""
    by_ticket: dict[int, list[Would]] = {}
    for would in shown:
        by_ticket.setdefault(would.ticket.pk, []).append(would)
    done = [each["effect"] for would in shown for each in would.effects if each["result"] == "done"]
    words = iter(effects_in_words(done))
    lines = {id(would): [next(words) for each in would.effects if each["result"] == "done"] for would in shown}
    return [
        Touched(
            wouldbe[0].ticket,
            list(dict.fromkeys(line for would in wouldbe for line in lines[id(would)])),
            any(would.outcome in ("failed", "stopped") for would in wouldbe),
        )
        for wouldbe in by_ticket.values()
    ]

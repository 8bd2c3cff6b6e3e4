"""The way of a message through the house, step by step with its times (mail/models.py, `journal`)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from mail.models import Incoming
from web.setup.trace import how_it_came, steps_of, what_became

FINAL = (Incoming.State.TICKETED, Incoming.State.IGNORED, Incoming.State.QUARANTINED, "reread")


@dataclass(frozen=True)
class Step:
    """One line; `time` is empty where nobody noted it."""

    words: str
    time: str = ""


def journey(incoming: Incoming) -> list[Step]:
    """From how it came to what became of it. What matching found belongs to the last time it was read."""
    journal = [line for line in incoming.journal if isinstance(line, dict)]
    steps = list(_noted(incoming, journal))
    found = [Step(words) for words in steps_of(incoming)]
    place = next((n for n in range(len(journal) - 1, -1, -1) if journal[n].get("step") == "matched"), len(journal))
    if found and place < len(journal):
        steps[place : place + 1] = [Step(one.words, steps[place].time if n == 0 else "") for n, one in enumerate(found)]
    elif found:
        steps[len(steps) - 1 :] = [*found, *steps[len(steps) - 1 :]] if steps else found
    if not journal or journal[0].get("step") != "received" or journal[0].get("again"):
        steps.insert(0, Step(how_it_came(incoming), _clock(incoming.received_at, incoming.received_at)))
    if not journal or journal[-1].get("step") not in FINAL:
        steps.append(Step(what_became(incoming)))
    return [step for step in steps if step.words]


def _noted(incoming: Incoming, journal: list[dict[str, Any]]) -> Iterable[Step]:
    last = len(journal) - 1
    for number, line in enumerate(journal):
        words = _words(incoming, line, is_last=number == last)
        yield Step(words, _clock(_at(line), incoming.received_at))


def _words(incoming: Incoming, line: Mapping[str, Any], *, is_last: bool) -> str:
    match line.get("step"):
        case "received" if line.get("again"):
            return _("%(person)s had it looked at again.") % {"person": line["again"]}
        case "received" if line.get("released"):
            return _("%(person)s released it with all that its storm had kept.") % {"person": line["released"]}
        case "received":
            return how_it_came(incoming, peer=str(line.get("peer", "")))
        case Incoming.BEGUN:
            return _("A worker began with it.")
        case "parsed":
            milliseconds = int(line.get("ms", 0))
            words = ngettext("It was read in %(number)s ms.", "It was read in %(number)s ms.", milliseconds)
            return words % {"number": milliseconds}
        case "matched":
            return "" if line.get("by") else _("Nothing in it belongs to a ticket of ours.")
        case "failed":
            return _("A try failed: %(error)s") % {"error": line.get("error", "")}
        case Incoming.State.TICKETED if line.get("released"):
            return _("%(person)s made a ticket of it by hand.") % {"person": line["released"]}
        case Incoming.State.IGNORED if line.get("dropped"):
            return _("%(person)s dropped it with all that its storm had kept.") % {"person": line["dropped"]}
        case "reread":
            words = _("%(person)s had it read again, and the message on the ticket was put right.")
            return words % {"person": line["by"]}
        case Incoming.State.TICKETED:
            return what_became(incoming)
        case _step if is_last:
            return what_became(incoming)
        case Incoming.State.QUARANTINED | Incoming.State.IGNORED:
            return str(dict(Incoming.Reason.choices).get(line.get("reason", ""), ""))
        case other:
            return str(other)


def _at(line: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(line.get("at")))
    except ValueError:
        return None


def _clock(at: datetime | None, received_at: datetime) -> str:
    """10:03:11.204, with the day when it is another one."""
    if at is None:
        return ""
    at, came = timezone.localtime(at), timezone.localtime(received_at)
    clock = f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"
    return clock if at.date() == came.date() else f"{at:%Y-%m-%d} {clock}"

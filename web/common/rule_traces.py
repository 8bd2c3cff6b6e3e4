"""Runs of rules as people read them: which parts of the condition held, what each effect did, what led to it.

Drawn by templates/components/rule_run.html, on tickets and in the administration.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from automation.chains import causes_of
from automation.effects import reason, sentence_of
from automation.models import Rule, RuleRun
from automation.naming import names_known
from tickets.models import Event, Ticket
from tickets.sentences import sentence_of as event_in_words
from web.common.condition_words import in_words
from web.common.effect_words import named_in
from web.common.event_choices import EventChoices

RESULTS: Mapping[str, str] = {
    "done": "ok",
    "nothing": "line",
    "refused": "danger",
    "waiting": "warn",
    "failed": "danger",
    "stopped": "warn",
}
OUTCOMES: Mapping[str, str] = {"done": "ok", "nothing": "line", "failed": "danger", "stopped": "warn"}


@dataclass(frozen=True)
class Part:
    """A part of the condition. `depth` is how far it is nested; a group has `is_group`."""

    text: str
    held: bool
    depth: int
    is_group: bool = False


@dataclass(frozen=True)
class Did:
    """One effect of a run. `said` is what came of it, `hue` the look of that."""

    text: str
    said: str
    hue: str
    why: str = ""
    is_given_up: bool = False


@dataclass(frozen=True)
class Told:
    """`happened` is the event as the history of the ticket tells it."""

    run: RuleRun
    parts: Sequence[Part]
    effects: Sequence[Did]
    happened: str
    # What led to the event, the nearest first; only where that was asked for.
    causes: Sequence[str] = ()

    @property
    def hue(self) -> str:
        return OUTCOMES.get(self.run.outcome, "line")

    @property
    def can_try_again(self) -> bool:
        return any(did.is_given_up for did in self.effects)


def told_on(ticket: Ticket, runs: Sequence[RuleRun], choices: EventChoices) -> list[Told]:
    """With what led to each, for who reads this ticket and maybe no other one."""
    causes = causes_of([run.event for run in runs])
    rules = {event.cause_reference for events in causes.values() for event in events if event.cause_kind == "rule"}
    rules |= {run.event.cause_reference for run in runs if run.event.cause_kind == "rule"}
    names = {
        str(pk): name for pk, name in Rule.objects.filter(pk__in=filter(str.isdecimal, rules)).values_list("pk", "name")
    }
    return [
        replace(
            one,
            happened=_with_rule(one.happened, one.run.event, names),
            causes=[_cause(event, ticket, names) for event in causes.get(one.run.event_id, ())],
        )
        for one in told(runs, choices)
    ]


def told(runs: Sequence[RuleRun], choices: EventChoices) -> list[Told]:
    """As many queries for one as for fifty."""
    words = iter(in_words([leaf for run in runs for leaf in _leaves(run.conditions)], choices))
    with names_known(named_in(each["effect"] for run in runs for each in run.effects if "effect" in each)):
        return [
            Told(
                run,
                list(_parts(run.conditions, words, depth=0, is_top=True)),
                [_did(each) for each in run.effects],
                event_in_words(run.event),
            )
            for run in runs
        ]


def _cause(event: Event, ticket: Ticket, names: Mapping[str, str]) -> str:
    if event.ticket_id != ticket.pk:
        return _("something happened on another ticket")
    return _with_rule(event_in_words(event), event, names)


def _with_rule(text: str, event: Event, names: Mapping[str, str]) -> str:
    name = names.get(event.cause_reference) if event.cause_kind == "rule" else None
    return _("%(event)s, by the rule “%(rule)s”") % {"event": text, "rule": name} if name else text


def _leaves(node: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """In the order in which `_parts` tells them; a negated comparison is one."""
    for word in ("all", "any"):
        if word in node:
            for part in node[word]:
                yield from _leaves(part)
            return
    if "not" in node and _is_group(node["not"]):
        yield from _leaves(node["not"])
    elif "not" in node:
        yield {"not": _plain(node["not"])}
    elif "field" in node:
        yield _plain(node)


def _parts(node: Mapping[str, Any], words: Iterator[str], *, depth: int, is_top: bool = False) -> Iterable[Part]:
    """The outermost "all of these" goes without saying."""
    held = bool(node.get("held"))
    for word in ("all", "any"):
        if word not in node:
            continue
        is_said = word == "any" or not is_top
        if is_said:
            yield Part(_GROUPS[word](), held, depth, is_group=True)
        for part in node[word]:
            yield from _parts(part, words, depth=depth + is_said)
        return
    if "not" in node and _is_group(node["not"]):
        yield Part(_("Not:"), held, depth, is_group=True)
        yield from _parts(node["not"], words, depth=depth + 1)
    elif node.get("field") or "not" in node:
        yield Part(next(words, ""), held, depth)


_GROUPS = {"all": lambda: _("All of these:"), "any": lambda: _("At least one of these:")}


def _is_group(node: Mapping[str, Any]) -> bool:
    return any(word in node for word in ("all", "any", "not"))


def _plain(node: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in node.items() if key != "held"}


def _did(each: Mapping[str, Any]) -> Did:
    result = str(each.get("result", ""))
    text = sentence_of(each.get("effect") or {})
    why = reason(str(each["code"])) if each.get("code") else ""
    said = _RESULTS.get(result, lambda: result)()
    return Did(text, said, RESULTS.get(result, "line"), why, is_given_up=result == "failed")


_RESULTS = {
    "done": lambda: _("done"),
    "nothing": lambda: _("nothing to change"),
    "refused": lambda: _("not possible"),
    "waiting": lambda: _("failed, will be tried again"),
    "failed": lambda: _("failed"),
    "stopped": lambda: _("stopped"),
}

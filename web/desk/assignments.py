"""Why a ticket was given to somebody, or to nobody yet, beside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from automation.models import Decision, Skill
from tickets.models import Ticket
from web.desk.panels import TicketPanel

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Line:
    """One candidate and the reason."""

    person: User
    words: str


@dataclass(frozen=True)
class Why:
    """`chosen` is who was given the ticket; None when nobody could have it and it waits."""

    at: datetime
    chosen: Line | None
    needs: Sequence[str]
    lines: Sequence[Line]
    others: int


def why_of(ticket: Ticket, _agent: User) -> Why | None:
    """The latest decision, as long as what it says is how things are."""
    decision = Decision.objects.filter(ticket=ticket).order_by("-id").first()
    if decision is None or decision.agent_id != ticket.owner_id or ticket.closed_at is not None:
        return None
    people = User.objects.in_bulk([agent for agent, _why, _facts in decision.reasons])
    asked = {pk for pk, _level in decision.wants}
    skills = {pk: str(skill) for pk, skill in Skill.objects.in_bulk(asked).items()} if asked else {}
    lines = [
        Line(people[agent], in_words(why, facts, skills)) for agent, why, facts in decision.reasons if agent in people
    ]
    chosen = lines[0] if lines and decision.agent_id is not None else None
    needs = [
        _("%(skill)s, level %(level)s") % {"skill": skills[pk], "level": level}
        for pk, level in decision.wants
        if pk in skills
    ]
    return Why(decision.at, chosen, needs, lines[1:] if chosen else lines, decision.others)


def in_words(why: str, facts: Facts, skills: Mapping[int, str]) -> str:
    sentence = _SENTENCES.get(why)
    if sentence is None:
        return why
    words = {**facts, "name": skills.get(facts.get("skill", 0), _("a skill that is gone"))}
    if why == "skill" and not facts.get("level"):
        return _("does not have the skill %(name)s, which is needed at level %(needed)s") % words
    return str(sentence) % words


# Each goes on after a name.
_SENTENCES: Mapping[str, str | Promise] = {
    "sticky": gettext_lazy("had the customer's last ticket"),
    "stand_in": gettext_lazy("stands in for the owner, who is away"),
    "turn": gettext_lazy("had waited longest for a ticket"),
    "load": gettext_lazy("had the least to do: %(load)s points"),
    "gave_back": gettext_lazy("had just given it back"),
    "switched_off": gettext_lazy("takes no new tickets now"),
    "away": gettext_lazy("is out of office"),
    "off_hours": gettext_lazy("does not work at this time"),
    "full": gettext_lazy("has %(load)s of at most %(limit)s points already"),
    "full_here": gettext_lazy("has %(load)s of at most %(limit)s points in this queue already"),
    "skill": gettext_lazy("has the skill %(name)s at level %(level)s, and %(needed)s is needed"),
    "later": gettext_lazy("had a ticket more recently"),
    "busier": gettext_lazy("had more to do: %(load)s points"),
    "another": gettext_lazy("could have had it, too"),
}


def _decisions(ticket: Ticket, _now: datetime) -> QuerySet[Decision]:
    return Decision.objects.filter(ticket=ticket)


WHY = TicketPanel("desk/group_assignment.html", why_of, _decisions)

"""Setting up how tickets are given: policies of queues, skills, what agents take on. Every change is audited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.audit import note_change, remove_audited, save_audited
from accounts.models import User
from automation.availability import come_back
from automation.models import AgentProfile, AgentSkill, PriorityWeight, QueueAssignment, Skill, SkillRule, WhenAway
from automation.models.assignment import HIGHEST_LEVEL, LOWEST_LEVEL
from sla.models import Calendar
from tickets.changes import plain
from tickets.conditions import ConditionError, check
from tickets.models import Priority, Queue

# Which agent, which skill.
Cell = tuple[int, int]


# What of it stands in the profile, and what with the person.
PROFILE = ("limit", "calendar", "is_available", "when_away")
# What the audit calls it, among everything else about a person.
AUDITED = {"limit": "most_points", "calendar": "working_hours", "is_available": "takes_tickets"}
ABSENCE = ("away_from", "away_until", "substitute")


@dataclass(frozen=True)
class AgentWork:
    """What an administrator says about what an agent is given. `limit` is in points of work, None without one."""

    limit: int | None = None
    calendar: Calendar | None = None
    is_available: bool = True
    when_away: str = WhenAway.KEEP
    away_from: date | None = None
    away_until: date | None = None
    substitute: User | None = None


@dataclass(frozen=True)
class Changed:
    """A level that somebody else has set meanwhile; 0 is none."""

    person: User
    skill: Skill
    level: int


class LevelsChanged(Exception):
    """Somebody else has changed the same levels since the page was made."""

    def __init__(self, changed: list[Changed]):
        super().__init__("The levels have changed meanwhile.")
        self.changed = changed


def save_queue_assignment(row: QueueAssignment, *, by: User) -> None:
    """What a queue says from now on."""
    row.clean_fields(exclude=["queue"])
    save_audited(row, by=by)


def inherit_assignment(queue: Queue, *, by: User) -> None:
    """The queue says nothing any more and does as the one above it."""
    row = QueueAssignment.objects.filter(pk=queue.pk).first()
    if row is not None:
        remove_audited(row, by=by)


def save_agent_work(person: User, work: AgentWork, *, by: User) -> None:
    """How much and when somebody is given tickets, as one line of the audit. Who is there gets what waits."""
    with transaction.atomic():
        person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=person.pk)
        profile = AgentProfile.objects.filter(pk=person.pk).first() or AgentProfile(user=person)
        before = _work_of(person, profile)
        for name in PROFILE:
            setattr(profile, name, getattr(work, name))
        for name in ABSENCE:
            setattr(person, name, getattr(work, name))
        profile.clean_fields(exclude=["user"])
        if note_change(person, before=before, after=_work_of(person, profile), by=by) is None:
            return
        profile.save()
        person.save(update_fields=ABSENCE)
        if profile.is_available:
            come_back(person)


def save_skill(skill: Skill, *, by: User) -> None:
    """Raises `ValidationError` when the name is taken, or when there is another skill for the language."""
    if Skill.objects.filter(name__iexact=skill.name).exclude(pk=skill.pk).exists():
        raise ValidationError({"name": _("There is already a skill with this name.")})
    if skill.language and Skill.objects.filter(language=skill.language).exclude(pk=skill.pk).exists():
        raise ValidationError({"language": _("There is already a skill for this language.")})
    skill.clean_fields()
    save_audited(skill, by=by)


def remove_skill(skill: Skill, *, by: User) -> None:
    """Nobody has it any more, and no ticket needs it."""
    with transaction.atomic():
        key = str(skill.pk)
        for rule in SkillRule.objects.select_for_update(of=("self",)).filter(wants__has_key=key):
            rule.wants = {other: level for other, level in rule.wants.items() if other != key}
            save_audited(rule, by=by)
        remove_audited(skill, by=by)


def change_levels(wanted: Mapping[Cell, int], *, shown: Mapping[Cell, int], by: User) -> int:
    """Set levels (0 takes the skill away) where they differ from what the page showed; returns how many.

    Raises `LevelsChanged` when somebody else has set one of them to something else meanwhile.
    """
    touched = {cell: level for cell, level in wanted.items() if level != shown.get(cell, 0)}
    people = User.objects.in_bulk({user for user, _skill in touched})
    skills = Skill.objects.in_bulk({skill for _user, skill in touched})
    with transaction.atomic():
        # whoever saves at the same time waits here
        list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=people).order_by("pk"))
        rows = AgentSkill.objects.filter(user__in=people).values_list("user", "skill", "level")
        present = {(user, skill): level for user, skill, level in rows}
        news = [cell for cell in touched if present.get(cell, 0) not in (shown.get(cell, 0), touched[cell])]
        if news:
            raise LevelsChanged([Changed(people[u], skills[s], present.get((u, s), 0)) for u, s in sorted(news)])
        changed = {cell: level for cell, level in touched.items() if present.get(cell, 0) != level}
        for pk in sorted({user for user, _skill in changed}):
            levels = {skills[skill]: level for (user, skill), level in changed.items() if user == pk}
            _set_levels(people[pk], levels, present, by=by)
    return len(changed)


def save_skill_rule(rule: SkillRule, *, by: User) -> None:
    """Raises `ValidationError` when the condition cannot be read, or when it asks for no skill."""
    try:
        check(rule.condition)
    except ConditionError as error:
        raise ValidationError({"condition": str(error)}) from error
    if not rule.wants:
        raise ValidationError(_("Choose at least one skill."))
    if not all(LOWEST_LEVEL <= level <= HIGHEST_LEVEL for level in rule.wants.values()):
        raise ValidationError(_("Levels go from 1 to 5."))
    if rule.pk is None:
        rule.position = (SkillRule.objects.aggregate(last=Max("position"))["last"] or 0) + 1
    rule.clean_fields()
    save_audited(rule, by=by)


def move_skill_rule(rule: SkillRule, places: int, *, by: User) -> None:
    """Some places down (or up, below 0) in the order in which rules are asked; all get numbers without gaps."""
    with transaction.atomic():
        rows = list(SkillRule.objects.select_for_update(of=("self",)))
        old = rows.index(rule)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                save_audited(row, by=by)


def save_weights(weights: Mapping[int, int], *, by: User) -> None:
    """How many points of work a ticket of each priority counts, by the priority's id."""
    with transaction.atomic():
        known = PriorityWeight.objects.in_bulk()
        for priority in Priority.objects.filter(pk__in=weights):
            row = known.get(priority.pk) or PriorityWeight(priority=priority)
            row.weight = weights[priority.pk]
            row.clean_fields(exclude=["priority"])
            if row.weight != 1 or priority.pk in known:
                save_audited(row, by=by)


def _set_levels(person: User, levels: Mapping[Skill, int], present: Mapping[Cell, int], *, by: User) -> None:
    AgentSkill.objects.filter(user=person, skill__in=_ids(levels)).delete()
    AgentSkill.objects.bulk_create(AgentSkill(user=person, skill=s, level=n) for s, n in levels.items() if n)
    before = {skill.name: present.get((person.pk, skill.pk), 0) for skill in levels}
    after = {skill.name: level for skill, level in levels.items()}
    note_change(person, before={"skills": before}, after={"skills": after}, by=by)


def _ids(skills: Iterable[Skill]) -> list[int]:
    return [skill.pk for skill in skills]


def _work_of(person: User, profile: AgentProfile) -> dict[str, Any]:
    """As the audit shows it."""
    return {AUDITED.get(name, name): plain(getattr(profile, name)) for name in PROFILE} | {
        name: plain(getattr(person, name)) for name in ABSENCE
    }

"""Rules as administrators keep them: checked, ordered, audited; every process reads them anew after a change."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.audit import note, note_change, snapshot
from accounts.models import ConfigChange, User
from automation.conditions import check_condition
from automation.effects import EffectError, check_effects
from automation.happenings import HAPPENINGS
from automation.models import Rule
from automation.rulebook import announce_change
from core.clock import now
from core.text import clean_line
from tickets.conditions import ConditionError
from tickets.models import Queue


def save_rule(rule: Rule, queues: Iterable[Queue], *, by: User) -> Rule:
    """Save a new rule as a draft at the end, or a changed one as it is; changes that waited (automation/rule_drafts.py)
    are done with. Raises `ValidationError` by field."""
    rule.name, rule.description = clean_line(rule.name, 100), clean_line(rule.description, 300)
    scope = sorted(queues, key=lambda queue: queue.path)
    check_rule(rule)
    with transaction.atomic():
        old = Rule.objects.select_for_update(of=("self",)).filter(pk=rule.pk).first() if rule.pk else None
        before, draft = (_shown(old), old.draft) if old else ({}, None)
        if old is None:
            rule.status = Rule.Status.DRAFT
            rule.position = (Rule.objects.aggregate(last=Max("position"))["last"] or 0) + 1
            rule.save()
        else:
            rule.status, rule.position = old.status, old.position
        rule.queues.set(scope)
        after = _shown(rule)
        if draft:
            before, after = before | {"draft": draft}, after | {"draft": None}
        if before == after:
            return rule
        rule.draft = None
        rule.changed_at = now()
        rule.save()
        _note(rule, before, after, by=by)
        announce_change()
    return rule


def check_rule(rule: Rule) -> None:
    """Raise `ValidationError` by field unless the rule can be read; it need not be saved."""
    if not rule.name:
        raise ValidationError({"name": _("Give it a name.")})
    if Rule.objects.filter(name=rule.name).exclude(pk=rule.pk).exists():
        raise ValidationError({"name": _("There is already a rule with this name.")})
    rule.events = list(dict.fromkeys(rule.events))
    if not rule.events or not HAPPENINGS.keys() >= set(rule.events):
        raise ValidationError({"events": _("Choose what the rule listens to.")})
    try:
        check_condition(rule.condition)
    except ConditionError as error:
        raise ValidationError({"condition": str(error)}) from error
    try:
        check_effects(rule.effects)
    except EffectError as error:
        raise ValidationError({"effects": str(error)}) from error


def publish(rule: Rule, *, by: User) -> Rule:
    """From now on the rule is asked. Raises `ValidationError` for one without effects, or that cannot be read."""
    check_rule(rule)
    if not rule.effects:
        raise ValidationError({"effects": _("A rule needs at least one effect.")})
    return _set_status(rule, Rule.Status.ACTIVE, by=by)


def pause(rule: Rule, *, by: User) -> Rule:
    """The rule is not asked until it is published again; effects of it that wait for another try are still done."""
    return _set_status(rule, Rule.Status.PAUSED, by=by)


def copy_rule(rule: Rule, *, by: User) -> Rule:
    """The same as a draft of its own, to be changed and tried."""
    copy = Rule(
        name=_free_name(rule.name),
        description=rule.description,
        events=rule.events,
        condition=rule.condition,
        effects=rule.effects,
        stops=rule.stops,
        once_per_ticket=rule.once_per_ticket,
    )
    return save_rule(copy, rule.queues.all(), by=by)


def move_rule(rule: Rule, places: int, *, by: User) -> None:
    """Some places down (or up, below 0) in the order in which rules are asked."""
    with transaction.atomic():
        rows = list(Rule.objects.select_for_update(of=("self",)))
        old = rows.index(rule)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        _number(rows, by=by)


def order_rules(ids: Iterable[int], *, by: User) -> None:
    """Rules in this order; those that are not named keep theirs, behind."""
    wanted = list(dict.fromkeys(ids))
    with transaction.atomic():
        rows = list(Rule.objects.select_for_update(of=("self",)))
        rows.sort(key=lambda row: wanted.index(row.pk) if row.pk in wanted else len(wanted))
        _number(rows, by=by)


def remove_rule(rule: Rule, *, by: User) -> None:
    """The rule is gone; what it did stays in the history of the tickets, with its name."""
    with transaction.atomic():
        note(rule, action=ConfigChange.Action.REMOVED, before=_shown(rule), after={}, by=by)
        rule.delete()
        announce_change()


def _number(rows: list[Rule], *, by: User) -> None:
    changed = False
    for position, row in enumerate(rows, start=1):
        if row.position != position:
            before = {"position": row.position}
            row.position = position
            row.save(update_fields=["position"])
            note_change(row, before=before, after={"position": position}, by=by)
            changed = True
    if changed:
        announce_change()


def _set_status(rule: Rule, status: str, *, by: User) -> Rule:
    with transaction.atomic():
        row = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
        if row.status == status:
            return row
        before = {"status": row.status}
        row.status, row.changed_at = status, now()
        row.save(update_fields=["status", "changed_at"])
        note_change(row, before=before, after={"status": status}, by=by)
        announce_change()
    rule.status, rule.changed_at = row.status, row.changed_at
    return rule


def _shown(rule: Rule) -> dict[str, object]:
    """As the audit shows it."""
    return {**snapshot(rule), "queues": [queue.path for queue in rule.queues.order_by("path")]}


def _note(rule: Rule, before: dict, after: dict, *, by: User) -> None:
    if before:
        note_change(rule, before=before, after=after, by=by)
    else:
        note(rule, action=ConfigChange.Action.CREATED, before={}, after=after, by=by)


def _free_name(name: str) -> str:
    """ "Outages (copy)", "Outages (copy 2)" ..."""
    taken = set(Rule.objects.values_list("name", flat=True))
    base = name[:80]
    first = _("%(name)s (copy)") % {"name": base}
    others = (_("%(name)s (copy %(number)s)") % {"name": base, "number": number} for number in range(2, 1000))
    return first if first not in taken else next(other for other in others if other not in taken)

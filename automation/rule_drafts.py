"""Changes of an active rule that wait: kept beside what runs, tried on the past, published or dropped.

A rule that is not active needs none of this, because what is saved of it runs nowhere.
"""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from accounts.audit import note_change
from accounts.models import User
from automation.models import Rule
from automation.ruling import check_rule
from core.text import clean_line
from tickets.models import Queue

FIELDS = ("name", "description", "events", "condition", "effects", "stops", "once_per_ticket")


def keep_draft(rule: Rule, queues: Iterable[Queue], *, by: User) -> Rule:
    """Keep what `rule` says here beside what it says in the database, which goes on running.

    Raises `ValidationError` by field, as saving it would.
    """
    rule.name, rule.description = clean_line(rule.name, 100), clean_line(rule.description, 300)
    check_rule(rule)
    wanted: dict[str, Any] = {name: getattr(rule, name) for name in FIELDS}
    wanted["queues"] = sorted(queue.pk for queue in queues)
    return _set(rule, wanted, by=by)


def drop_draft(rule: Rule, *, by: User) -> Rule:
    """What runs is all there is again."""
    return _set(rule, None, by=by)


def with_draft(rule: Rule) -> list[int] | None:
    """Lay the waiting changes over the rule, in memory; returns the ids of their queues, None where none wait."""
    if not rule.draft:
        return None
    for name in FIELDS:
        setattr(rule, name, rule.draft.get(name, getattr(rule, name)))
    return list(rule.draft.get("queues", []))


def _set(rule: Rule, draft: dict[str, Any] | None, *, by: User) -> Rule:
    with transaction.atomic():
        row = Rule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
        if draft == _published(row):
            draft = None
        if row.draft == draft:
            return row
        before = {"draft": row.draft}
        row.draft = draft
        row.save(update_fields=["draft"])
        note_change(row, before=before, after={"draft": draft}, by=by)
    return row


def _published(rule: Rule) -> dict[str, Any]:
    said: dict[str, Any] = {name: getattr(rule, name) for name in FIELDS}
    return said | {"queues": sorted(rule.queues.values_list("pk", flat=True))}

"""Making and changing custom fields: configuration, so every change is audited. Their values: customfields.py."""

from collections.abc import Iterable, Mapping

from django.db import models, transaction

from accounts.audit import save_audited, save_with_rows
from accounts.models import User
from core.later import after_commit
from tickets.chores import start_chore
from tickets.customfields import forget_kinds
from tickets.models import Chore, FieldDefinition


def save_field(definition: FieldDefinition, sets: Mapping[str, Iterable[models.Model]], *, by: User) -> FieldDefinition:
    """Save a new or changed field with the queues and types it is limited to; its index follows in the background."""
    with transaction.atomic():
        had_index = FieldDefinition.objects.filter(pk=definition.pk, is_searchable=True, is_active=True).exists()
        save_with_rows(definition, sets, by=by)
        forget_kinds()  # for what this transaction does next
        after_commit(forget_kinds)
        if had_index != (definition.is_searchable and definition.is_active):
            start_chore(Chore.Kind.INDEX, {"field": definition.pk}, by=by)
    return definition


def move_field(definition: FieldDefinition, places: int, *, by: User) -> None:
    """Some places down (or up, below 0) in the order in which fields are shown; all get numbers without gaps."""
    with transaction.atomic():
        rows = list(FieldDefinition.objects.select_for_update())
        old = rows.index(definition)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                save_audited(row, by=by)

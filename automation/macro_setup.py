"""Setting macros up: keeping, ordering and removing them. Every change is audited."""

from collections.abc import Iterable

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.audit import remove_audited, save_audited, save_with_rows
from accounts.models import User
from automation.effects import EffectError, check_effects
from automation.models import Macro
from core.text import clean_line
from tickets.models import Queue


def save_macro(macro: Macro, *, roles: Iterable[Group], queues: Iterable[Queue], by: User) -> Macro:
    """Keep a new macro, at the end, or a changed one. Raises `ValidationError` by field."""
    macro.name = clean_line(macro.name, 100)
    _check(macro)
    with transaction.atomic():
        if macro.pk is None:
            macro.position = (Macro.objects.aggregate(last=Max("position"))["last"] or 0) + 1
        save_with_rows(macro, {"roles": roles, "queues": queues}, by=by)
    return macro


def pause_macro(macro: Macro, *, by: User) -> None:
    """It is offered to nobody, also when something that it names is gone."""
    macro.is_active = False
    save_audited(macro, by=by)


def move_macro(macro: Macro, places: int, *, by: User) -> None:
    """Some places down (or up, below 0) in the order in which macros are offered; all get numbers without gaps."""
    with transaction.atomic():
        rows = list(Macro.objects.select_for_update(of=("self",)))
        old = rows.index(macro)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                save_audited(row, by=by)


def remove_macro(macro: Macro, *, by: User) -> None:
    """What it did stays in the histories of the tickets."""
    remove_audited(macro, by=by)


def _check(macro: Macro) -> None:
    problems: dict[str, str] = {}
    if not macro.name:
        problems["name"] = _("Give it a name.")
    if not (macro.on_ticket or macro.in_lists):
        problems["on_ticket"] = _("Say where it is offered.")
    try:
        check_effects(macro.effects, for_person=True)
        if not macro.effects:
            problems["effects"] = _("Add at least one effect.")
    except EffectError as error:
        problems["effects"] = str(error)
    if problems:
        raise ValidationError(problems)
    macro.clean_fields()

"""Filters and known senders as administrators keep them: checked, ordered and audited."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.audit import remove_audited, save_audited
from accounts.models import User
from core.text import clean_line, normalise_address
from mail.filtering import EXPRESSIONS, NUMBERS, PARTS, TESTS, BadExpression, Condition, check_expression
from mail.models import Filter, KnownSender, QueueIntake
from tickets.models import Queue

MAX_CONDITIONS = 20
_DOMAIN = re.compile(r"@[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
_HEADER = re.compile(r"[!-9;-~]{1,200}")


def save_filter(one: Filter, *, by: User) -> Filter:
    """Save a filter; the next message is looked at with it. Raises `ValidationError` for what cannot be read."""
    one.name = clean_line(one.name, 100)
    one.conditions = [check_condition(data) for data in one.conditions][:MAX_CONDITIONS]
    if not one.conditions:
        raise ValidationError(_("A filter needs at least one condition, else it would fit every message."))
    if one.joins_by and one.joins_by not in one.fields:
        raise ValidationError({"joins_by": _("The filter must put something into this field, too.")})
    with transaction.atomic():
        if one.pk is None:
            one.position = (Filter.objects.aggregate(last=Max("position"))["last"] or 0) + 1
        save_audited(one, by=by)
    return one


def check_condition(data: Mapping[str, Any]) -> dict[str, str]:
    """One condition in its stored form. Raises `ValidationError`, with the code "header" where that is wrong."""
    one = Condition.read(data)
    if one.part not in PARTS or one.test not in TESTS:
        raise ValidationError(_("Choose what is looked at and how."))
    if one.part == "header" and not _HEADER.fullmatch(one.header.strip()):
        raise ValidationError(_("Write the name of a header, such as X-Spam-Score."), code="header")
    if not one.value.strip():
        raise ValidationError(_("Write what is looked for."))
    if one.test in NUMBERS and not re.fullmatch(r"-?\d{1,9}(?:\.\d{1,6})?", one.value.strip()):
        raise ValidationError(_("Enter a number."))
    if one.test in EXPRESSIONS:
        try:
            check_expression(one.value)
        except BadExpression as error:
            words = {"expression": one.value[:100], "error": error}
            raise ValidationError(_("The expression “%(expression)s” cannot be read: %(error)s") % words) from error
    header = one.header.strip() if one.part == "header" else ""
    value = one.value if one.test in EXPRESSIONS else one.value.strip()
    return Condition(one.part, one.test, value, header).stored()


def move_filter(one: Filter, places: int, *, by: User) -> None:
    """Some places down (or up, below 0) in the order in which filters are asked."""
    with transaction.atomic():
        rows = list(Filter.objects.select_for_update(of=("self",)))
        old = rows.index(one)
        rows.insert(min(max(old + places, 0), len(rows) - 1), rows.pop(old))
        for position, row in enumerate(rows, start=1):
            if row.position != position:
                row.position = position
                save_audited(row, by=by)


def remove_filter(one: Filter, *, by: User) -> None:
    remove_audited(one, by=by)


def save_known_sender(row: KnownSender, *, by: User) -> KnownSender:
    """Save what is thought of an address or domain. Raises `ValidationError` when it is neither."""
    row.pattern = check_pattern(row.pattern)
    row.note = clean_line(row.note, 200)
    if KnownSender.objects.filter(pattern=row.pattern).exclude(pk=row.pk).exists():
        raise ValidationError({"pattern": _("There is already an entry for this address or domain.")})
    save_audited(row, by=by)
    return row


def remove_known_sender(row: KnownSender, *, by: User) -> None:
    remove_audited(row, by=by)


def check_pattern(text: str) -> str:
    """An address in normal form, or `@example.com` for a whole domain. Raises `ValidationError`."""
    text = text.strip()
    if text and "@" not in text:
        text = f"@{text}"
    pattern = normalise_address(text)
    if _DOMAIN.fullmatch(pattern) and "." in pattern and ".." not in pattern:
        return pattern
    try:
        validate_email(pattern)
    except ValidationError as error:
        raise ValidationError({"pattern": _("Write an address or a domain such as @example.com.")}) from error
    return pattern


def save_queue_intake(queue: Queue, *, unwraps_forwards: bool, by: User) -> QueueIntake:
    intake = QueueIntake.objects.filter(queue=queue).first() or QueueIntake(queue=queue)
    if intake.pk or unwraps_forwards:
        intake.unwraps_forwards = unwraps_forwards
        save_audited(intake, by=by)
    return intake


def unwraps_forwards(queue: Queue) -> bool:
    intake = getattr(queue, "mail_intake", None)  # none for most queues
    return intake is not None and intake.unwraps_forwards

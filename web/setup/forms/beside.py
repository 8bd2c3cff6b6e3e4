"""Rows that stand beside a queue, one of each kind at most, as the parts of its page edit them."""

from django.db import models

from accounts.audit import seen_of_parts
from tickets.models import Queue


def seen_beside(queue: Queue, model: type[models.Model]) -> str:
    """What a part of the page has seen of its row, for its form; all parts ask once. Nothing for a new queue."""
    if not queue.pk:
        return ""
    known = getattr(queue, "_seen_beside", None)
    if known is None:
        known = queue._seen_beside = seen_of_parts(_kinds(), queue.pk)  # type: ignore[attr-defined]
    return str(known[model._meta.label_lower])


def _kinds() -> list[type[models.Model]]:
    fields = Queue._meta.get_fields(include_hidden=True)
    return [field.related_model for field in fields if field.one_to_one and field.auto_created]

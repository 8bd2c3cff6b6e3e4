"""Configuration changes, each with everything before and after. Administrators' forms save through here."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from accounts.models import ConfigChange, User

SECRET_WORDS = ("password", "secret", "token", "digest")
# How a secret shows that it was given anew, as True before and after would say nothing.
REPLACED = "replaced"
_through: ContextVar[Callable[[], str]] = ContextVar("through", default=str)


class Stale(Exception):
    """Somebody changed the same thing since the page was made; `changes` are the lines about it, oldest first."""

    def __init__(self, changes: list[ConfigChange]):
        super().__init__("The setting has changed meanwhile.")
        self.changes = changes


def seen_of(thing: models.Model | type[models.Model]) -> int:
    """What a form remembers of the moment it was made: the newest line about this row, or about any row of a model."""
    return _lines(thing).values_list("pk", flat=True).first() or 0


def seen_of_parts(kinds: Iterable[type[models.Model]], pk: int) -> dict[str, int]:
    """`seen_of` for the rows of several models with one id, as the parts of a page have them, by label; one query."""
    labels = [model._meta.label_lower for model in kinds]
    lines = ConfigChange.objects.filter(kind__in=labels, object_id=str(pk)).order_by()
    return dict.fromkeys(labels, 0) | dict(lines.values_list("kind").annotate(models.Max("pk")))


def refuse_stale(thing: models.Model | type[models.Model], *, seen: int | None) -> None:
    """Raise `Stale` when there is a newer line about it than `seen`; None is a program that has looked at nothing.

    Within a transaction: the row stays locked, so that of two who save at once the second is refused.
    """
    if seen is None:
        return
    if isinstance(thing, models.Model):
        list(type(thing)._default_manager.select_for_update(of=("self",), no_key=True).filter(pk=thing.pk))
    if newer := list(_lines(thing).filter(pk__gt=seen).select_related("actor").order_by("pk")[:20]):
        raise Stale(newer)


def save_audited(obj: models.Model, *, by: User) -> ConfigChange | None:
    """Save a row of configuration and note what changed; None (and no write) when nothing did."""
    with transaction.atomic():
        old = type(obj)._default_manager.select_for_update(of=("self",)).filter(pk=obj.pk).first() if obj.pk else None
        if old is None:
            obj.save()
            return note(obj, action=ConfigChange.Action.CREATED, before={}, after=snapshot(obj), by=by)
        if _values(old) == _values(obj):
            return None
        before, after = snapshot(old), snapshot(obj) | _replaced_secrets(old, obj)
        obj.save()
        return note(obj, action=ConfigChange.Action.CHANGED, before=before, after=after, by=by)


def save_with_rows(obj: models.Model, sets: Mapping[str, Iterable[models.Model]], *, by: User) -> ConfigChange | None:
    """Save a row and the rows it is set beside (many-to-many, by field name), as one line of the audit."""
    with transaction.atomic():
        old = type(obj)._default_manager.select_for_update(of=("self",)).filter(pk=obj.pk).first() if obj.pk else None
        before = snapshot(old) | _sets(old, sets) if old else {}
        obj.save()
        for name, rows in sets.items():
            getattr(obj, name).set(rows)
        after = snapshot(obj) | _sets(obj, sets)
        if old is None:
            return note(obj, action=ConfigChange.Action.CREATED, before={}, after=after, by=by)
        return note_change(obj, before=before, after=after | _replaced_secrets(old, obj), by=by)


def remove_audited(obj: models.Model, *, by: User) -> ConfigChange:
    """Delete a row of configuration and keep what it was."""
    with transaction.atomic():
        change = note(obj, action=ConfigChange.Action.REMOVED, before=snapshot(obj), after={}, by=by)
        obj.delete()
    return change


def note_change(obj: models.Model, *, before: dict, after: dict, by: User) -> ConfigChange | None:
    """One line of the audit for a change that is more than one row; None when both sides are equal."""
    if before == after:
        return None
    return note(obj, action=ConfigChange.Action.CHANGED, before=before, after=after, by=by)


def note(obj: models.Model, *, action: str, before: dict, after: dict, by: User) -> ConfigChange:
    """Write one line of the audit, for changes that are more than one row (members of a role, grants)."""
    return ConfigChange.objects.create(
        actor=by,
        action=action,
        kind=obj._meta.label_lower,
        object_id=str(obj.pk),
        label=str(obj)[:200],
        through=_through.get()()[:130],
        before=before,
        after=after,
    )


@contextmanager
def acting_through(name: Callable[[], str]) -> Iterator[None]:
    """Lines written meanwhile say which program acted in the person's name; `name` is asked then."""
    mark = _through.set(name)
    try:
        yield
    finally:
        _through.reset(mark)


def note_export(what: dict[str, Any], *, by: User) -> ConfigChange:
    """The audit itself was taken away: `what` says which lines."""
    return ConfigChange.objects.create(
        actor=by,
        action=ConfigChange.Action.CREATED,
        kind=ConfigChange._meta.label_lower,
        object_id="",
        label="CSV",
        after=what,
    )


def snapshot(obj: models.Model) -> dict[str, Any]:
    """The fields people set, as plain values: rows as `{"id", "name"}`, secrets only as whether there is one."""
    plain: dict[str, Any] = {}
    for field in obj._meta.concrete_fields:
        if _is_secret(field):
            plain[field.name] = bool(field.value_from_object(obj))
        elif not field.editable or field.primary_key:
            continue
        elif field.is_relation:
            row = getattr(obj, field.name)
            plain[field.name] = {"id": row.pk, "name": str(row)} if row is not None else None
        else:
            plain[field.name] = _plain(field.value_from_object(obj))
    return plain


def _lines(thing: models.Model | type[models.Model]) -> models.QuerySet[ConfigChange]:
    lines = ConfigChange.objects.filter(kind=thing._meta.label_lower).order_by("-pk")
    return lines.filter(object_id=str(thing.pk)) if isinstance(thing, models.Model) else lines


def _sets(obj: models.Model, names: Iterable[str]) -> dict[str, list[str]]:
    return {name: sorted(str(row) for row in getattr(obj, name).all()) for name in names}


def _values(obj: models.Model) -> list[Any]:
    return [field.value_from_object(obj) for field in obj._meta.concrete_fields]


def _replaced_secrets(old: models.Model, new: models.Model) -> dict[str, str]:
    """Secrets that were there, are there and are other ones."""
    secrets = [field for field in new._meta.concrete_fields if _is_secret(field)]
    pairs = ((field.name, field.value_from_object(old), field.value_from_object(new)) for field in secrets)
    return {name: REPLACED for name, was, now in pairs if was and now and was != now}


def _is_secret(field: models.Field) -> bool:
    return any(word in field.name for word in SECRET_WORDS)


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool | list | dict):
        return value
    return DjangoJSONEncoder().default(value) if not isinstance(value, bytes | memoryview) else ""

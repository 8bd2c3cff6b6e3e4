"""Configuration changes, each with everything before and after. Administrators' forms save through here."""

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.forms.models import model_to_dict

from accounts.models import ConfigChange, User

SECRET_WORDS = ("password", "secret", "token", "digest")


def save_audited(obj: models.Model, *, by: User) -> ConfigChange | None:
    """Save a row of configuration and note what changed; None (and no write) when nothing did."""
    with transaction.atomic():
        old = type(obj)._default_manager.select_for_update(of=("self",)).filter(pk=obj.pk).first() if obj.pk else None
        before = snapshot(old) if old else {}
        if old and before == snapshot(obj):
            return None
        obj.save()
        action = ConfigChange.Action.CHANGED if old else ConfigChange.Action.CREATED
        return note(obj, action=action, before=before, after=snapshot(obj), by=by)


def note(obj: models.Model, *, action: str, before: dict, after: dict, by: User) -> ConfigChange:
    """Write one line of the audit, for changes that are more than one row (members of a role, grants)."""
    return ConfigChange.objects.create(
        actor=by,
        action=action,
        kind=obj._meta.label_lower,
        object_id=str(obj.pk),
        label=str(obj)[:200],
        before=before,
        after=after,
    )


def snapshot(obj: models.Model) -> dict[str, Any]:
    """The fields of a row as plain values; secrets only as whether there is one."""
    values = model_to_dict(obj, fields=[f.name for f in obj._meta.concrete_fields])
    plain = {}
    for name, value in values.items():
        if any(word in name for word in SECRET_WORDS):
            plain[name] = bool(value)
        else:
            plain[name] = value if isinstance(value, str | int | bool | list | dict | None) else _text(value)
    return plain


def _text(value: Any) -> str:
    return DjangoJSONEncoder().default(value) if not isinstance(value, bytes | memoryview) else ""

"""Who reads and writes how service levels are set up: agents read, administrators write."""

from collections.abc import Mapping
from hashlib import sha256
from json import dumps
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied

from accounts.models import User
from api.problems import PreconditionFailed


def require_reader(person: User) -> None:
    if not (person.is_agent or person.is_administrator):
        raise NotFound


def require_administrator(person: User) -> None:
    require_reader(person)
    if not person.is_administrator:
        raise PermissionDenied(_("Only administrators set up SLAs."))


def fingerprint(shown: Mapping[str, Any]) -> str:
    """The ETag of something that counts no versions: of what is shown of it."""
    return f'"{sha256(dumps(shown, sort_keys=True, default=str).encode()).hexdigest()[:32]}"'


def require_seen(header: str | None, shown: Mapping[str, Any]) -> None:
    """`If-Match` names what somebody has seen: refuse when it is something else by now."""
    if header is None or header.strip() == "*":
        return
    if fingerprint(shown) not in [tag.strip().removeprefix("W/") for tag in header.split(",")]:
        raise PreconditionFailed(_("Somebody has changed this meanwhile."))


def refused(error: ValidationError) -> serializers.ValidationError:
    """What the domain says about a field, said by the interface."""
    return serializers.ValidationError(said_of(error) if hasattr(error, "error_dict") else error.messages)


def said_of(error: ValidationError) -> dict[str, list[str]]:
    """By field. What Django says of values that are taken names our classes, which are nothing for people."""
    return {
        field: [
            str(_("There is already one with this value.")) if one.code == "unique" else text
            for one in errors
            for text in one.messages
        ]
        for field, errors in error.error_dict.items()
    }

"""What all addresses of the administration share: for administrators alone, and nobody overwrites the unseen."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from accounts.audit import seen_of
from accounts.models import ApiToken
from api.base import Door
from api.problems import PreconditionFailed
from api.v1.levels.access import fingerprint, said_of
from automation.dependents import dependents, is_in_use

CONFIRMED = "confirmed"


class AdminDoor(Door):
    """Nobody else knows that these addresses exist."""

    area = ApiToken.Area.SETUP

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        method = (request.method or "").lower()
        has_method = method in self.http_method_names and hasattr(self, method)
        if has_method and not self.person.is_administrator:
            raise NotFound


def etag(row: models.Model, shown: dict[str, Any]) -> str:
    """Of what is shown of it and of the newest line of the audit about it, so that a replaced secret counts as well."""
    return fingerprint({"shown": shown, "seen": seen_of(row)})


def require_same(header: str | None, row: models.Model, shown: dict[str, Any]) -> None:
    """`If-Match` names what somebody has seen: refuse when it is something else by now."""
    if header is None or header.strip() == "*":
        return
    if etag(row, shown) not in [tag.strip().removeprefix("W/") for tag in header.split(",")]:
        raise PreconditionFailed(_("This setting has changed meanwhile."))


def leaning_on(row: models.Model) -> list[str]:
    """What would miss the row when it was retired now, a sentence each."""
    return [one.text for one in dependents(row)] if row.pk and is_in_use(row) else []


def refused(error: ValidationError, *, names: dict[str, str] | None = None) -> serializers.ValidationError:
    """What the domain says about a field, said by the interface; `names` where it calls a field otherwise."""
    if not hasattr(error, "error_dict"):
        return serializers.ValidationError({"non_field_errors": error.messages})
    found = {(names or {}).get(field, field): said for field, said in said_of(error).items()}
    return serializers.ValidationError({"non_field_errors" if k == "__all__" else k: v for k, v in found.items()})

"""A PATCH as verbs: one for each field that is named, in an order in which they do not disturb each other."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import User
from api.problems import PreconditionFailed
from api.v1.access import require
from sla.actions import choose_policy, release_policy
from tickets.actions.fields import set_custom_fields, set_customer, set_service, set_tags, set_title, set_type
from tickets.actions.progress import ClosingFieldsMissing, set_priority, set_state
from tickets.actions.routing import assign, lock, make_responsible, move, unlock
from tickets.events import Cause
from tickets.models import Ticket

VERBS: Mapping[str, Callable[..., Any]] = {
    "title": set_title,
    "type": set_type,
    "service": set_service,
    "customer": set_customer,
    "tags": set_tags,
    "priority": set_priority,
    "queue": move,
    # which of them a ticket has depends on its type and queue
    "custom_fields": set_custom_fields,
    "owner": assign,
    "responsible": make_responsible,
    "sla": choose_policy,
}
RIGHTS = {"owner": "owner", "responsible": "owner", "priority": "priority"}
_TAG = re.compile(r'(?:W/)?"(\d{1,9})"\Z', re.ASCII)


def require_rights(ticket: Ticket, user: User, names: set[str]) -> None:
    """The right that each field needs where the ticket is now; where it may go is a choice of the form.

    To change nothing takes the right to read: customers are refused before they learn which version there is.
    """
    for right in {RIGHTS.get(name, "write") for name in names} | {"read"}:
        require(ticket, user, right)


def change(ticket: Ticket, values: Mapping[str, Any], *, by: User, cause: Cause, seen: int | None) -> None:
    """Call the verbs. Raises `Stale` when one of these fields has changed since version `seen`."""
    how = {"by": by, "cause": cause, "seen": seen}
    for name, verb in VERBS.items():
        if name in values:
            try:
                verb(ticket, values[name], **how)
            except ValidationError as error:
                raise serializers.ValidationError({name: error.message_dict}) from error
    if "is_locked" in values:
        _set_lock(ticket, values, **how)
    if values.get("sla_by_hand") is False:
        release_policy(ticket, **how)
    if "state" in values:
        try:
            set_state(ticket, values["state"], until=values.get("pending_until"), **how)
        except ClosingFieldsMissing as missing:
            text = _("This must be filled in before the ticket is closed.")
            raise serializers.ValidationError(
                {"custom_fields": {field.key: [text] for field in missing.fields}}
            ) from missing


def _set_lock(ticket: Ticket, values: Mapping[str, Any], *, by: User, cause: Cause, seen: int | None) -> None:
    owner = values.get("owner", ticket.owner)
    if values["is_locked"]:
        lock(ticket, owner=owner, by=by, cause=cause, seen=None if "owner" in values else seen)
    else:
        unlock(ticket, by=by, cause=cause, seen=seen)


def etag(ticket: Ticket) -> str:
    return f'"{ticket.version}"'


def seen_version(header: str | None, ticket: Ticket) -> int | None:
    """The version that `If-Match` names, None without one or for `*`. One that never was matches nothing."""
    if header is None or header.strip() == "*":
        return None
    tags = [_TAG.match(tag.strip()) for tag in header.split(",")]
    known = [int(tag[1]) for tag in tags if tag and int(tag[1]) <= ticket.version]
    if not known:
        raise PreconditionFailed
    return max(known)

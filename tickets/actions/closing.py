"""Closing a ticket together with what must be known before it is closed."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from accounts.models import User
from tickets.actions.fields import set_custom_fields
from tickets.actions.progress import set_state
from tickets.events import Cause
from tickets.models import Event, State, Ticket


def close(
    ticket: Ticket,
    state: State,
    *,
    fields: Mapping[str, Any],
    by: User,
    cause: Cause | None = None,
    seen: int | None = None,
) -> Event | None:
    """Fill in custom `fields` and put the ticket into the closed `state`: both, or neither.

    Raises `ClosingFieldsMissing` when fields that closing takes are still empty, `ValidationError` with messages per
    key for values that do not fit, and `Stale` when the state or a custom field has changed since version `seen`.
    """
    with transaction.atomic():
        if fields:
            set_custom_fields(ticket, dict(fields), by=by, cause=cause, seen=seen)
        return set_state(ticket, state, by=by, cause=cause, seen=seen)

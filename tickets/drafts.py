"""Drafts: what an agent has typed and not sent. Outside the history, as nothing has happened yet."""

from typing import Any

from accounts.models import User
from core.clock import now
from tickets.models import Draft, Ticket

MAX_DRAFT = 200_000


class DraftTooLong(ValueError):
    """More than `MAX_DRAFT` characters."""


def save_draft(user: User, ticket: Ticket | None, form: str, content: dict[str, Any]) -> Draft | None:
    """Keep what is typed, instead of what was kept before; nothing typed keeps nothing. Raises `DraftTooLong`."""
    typed = {name: value for name, value in content.items() if value not in ("", [], None)}
    if sum(len(str(value)) for value in typed.values()) > MAX_DRAFT:
        raise DraftTooLong
    if not typed:
        discard_draft(user, ticket, form)
        return None
    draft, _made = Draft.objects.update_or_create(
        user=user, ticket=ticket, form=form, defaults={"content": typed, "saved_at": now()}
    )
    return draft


def draft_of(user: User, ticket: Ticket | None, form: str) -> Draft | None:
    return Draft.objects.filter(user=user, ticket=ticket, form=form).first()


def discard_draft(user: User, ticket: Ticket | None, form: str) -> None:
    Draft.objects.filter(user=user, ticket=ticket, form=form).delete()

"""Tokens as the page lists them, with what they may in a few words."""

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import ApiToken, User
from accounts.models.access import USUAL_PER_MINUTE
from tickets.models import Queue

MAX_SHOWN = 100


@dataclass(frozen=True)
class TokenRow:
    token: ApiToken
    parts: Sequence[str]
    places: Sequence[str]
    # None where it is as usual.
    per_minute: int | None
    # Another one has come in its place: it works on for a while and cannot be renewed again.
    is_replaced: bool


def rows_of(person: User) -> list[TokenRow]:
    """Those that still count, the newest first."""
    tokens = list(ApiToken.objects.filter(user=person, revoked_at__isnull=True).order_by("-pk")[:MAX_SHOWN])
    queues = Queue.objects.in_bulk({pk for token in tokens for pk in token.queues})
    replaced = set(ApiToken.objects.filter(replaces__in=tokens).values_list("replaces", flat=True))
    return [
        TokenRow(
            token=token,
            parts=[str(ApiToken.Area(area).label) for area in token.areas if not token.queues],
            places=[queues[pk].place for pk in token.queues if pk in queues],
            per_minute=token.per_minute if token.per_minute != USUAL_PER_MINUTE else None,
            is_replaced=token.pk in replaced,
        )
        for token in tokens
    ]

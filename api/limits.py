"""How many requests programs may send: counted per minute; of tokens it is told with each answer."""

import time
from dataclasses import dataclass

from django.core.cache import cache

from accounts.models import ApiToken

MINUTE = 60


@dataclass(frozen=True)
class Spent:
    """`reset` is in seconds; below zero `remaining` means that this was one too many."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        left = max(self.remaining, 0)
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(left),
            "RateLimit-Reset": str(self.reset),
        }


def spend(token: ApiToken, *, cost: int = 1) -> Spent:
    """Count a request, or one that does the work of `cost`; tokens that came in each other's place share their count.
    While the cache is away nothing is limited."""
    used, reset = count(f"api-requests:{token.family}", cost=cost)
    return Spent(token.per_minute, token.per_minute - used, reset)


def count(what: str, *, cost: int = 1) -> tuple[int, int]:
    """How much there was of it in this minute, this included, and in how many seconds the next minute begins."""
    minute, second = divmod(int(time.time()), MINUTE)
    key = f"{what}:{minute}"
    cache.add(key, 0, 2 * MINUTE)
    try:
        used = cache.incr(key, cost) or 0
    except ValueError:  # it has run out between the two
        used = cost
    return used, MINUTE - second

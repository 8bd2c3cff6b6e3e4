"""Keyset pages: a page costs what its rows cost, however deep it lies."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest
from django.db.models import Q, QuerySet

Completing = QuerySet | Callable[[Sequence[int]], Sequence[Any]]


@dataclass(frozen=True)
class Page:
    """The rows of one page and the cursor of the next; an empty cursor means there is none."""

    rows: Sequence[Any]
    next: str


def page_of(
    queryset: QuerySet, *, order: Sequence[str], cursor: str = "", size: int = 50, shown: Completing | None = None
) -> Page:
    """One page of `queryset` in `order` (field names, `-` for descending; the last one unique, none nullable).

    With `shown`, the same rows with all their neighbours (or what gives them by their ids), the page is chosen first
    and only its rows are completed: where many must be sorted, their neighbours would be looked up for all of them.
    Raises `BadRequest` when the cursor was not made by this function for the same order.
    """
    ordered = queryset.order_by(*order)
    if cursor:
        ordered = ordered.filter(_after(order, _decode(cursor, order)))
    if shown is not None:
        return _page_of_chosen(ordered, order, size, shown)
    return page_from(list(ordered[: size + 1]), order=order, size=size)


def page_from(rows: Sequence[Any], *, order: Sequence[str], size: int) -> Page:
    """The page that such rows make, of which there is one more than shown where another page follows."""
    last = [_value(rows[size - 1], name) for name in order] if len(rows) > size else None
    return Page(rows[:size], _encode(last, order) if last else "")


def cursor_behind(values: Sequence[Any], order: Sequence[str]) -> str:
    """Where a list goes on behind a row with these values: for whoever comes back later for what is new."""
    return _encode(list(values), order)


def values_in(cursor: str, order: Sequence[str]) -> list[Any]:
    """The values of the row behind which this cursor goes on. Raises `BadRequest` as `page_of` does."""
    return _decode(cursor, order)


def _page_of_chosen(ordered: QuerySet, order: Sequence[str], size: int, shown: Completing) -> Page:
    chosen = list(ordered.values_list("pk", *(name.lstrip("-") for name in order))[: size + 1])
    following = _encode(list(chosen[size - 1][1:]), order) if len(chosen) > size else ""
    ids = [pk for pk, *_values in chosen[:size]]
    found = shown.in_bulk(ids) if isinstance(shown, QuerySet) else {row.pk: row for row in (shown(ids) if ids else ())}
    return Page([found[pk] for pk, *_values in chosen[:size] if pk in found], following)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """(a, b) > (x, y), spelt out so that each field may have its own direction.

    The first field is repeated as a plain bound, which lets PostgreSQL start the index scan there.
    """
    after, equal = Q(), Q()
    for name, value in zip(order, values, strict=True):
        field = name.lstrip("-")
        after |= equal & Q(**{f"{field}__{'lt' if name[0] == '-' else 'gt'}": value})
        equal &= Q(**{field: value})
    first = order[0].lstrip("-")
    return Q(**{f"{first}__{'lte' if order[0][0] == '-' else 'gte'}": values[0]}) & after


def _value(row: Any, name: str) -> Any:
    for part in name.lstrip("-").split("__"):
        row = getattr(row, part)
    return row


def _encode(values: list[Any], order: Sequence[str]) -> str:
    plain = [{"at": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    return signing.dumps(plain, salt=_salt(order))


def _decode(cursor: str, order: Sequence[str]) -> list[Any]:
    """Signed, so that only values that once stood in such a row are ever compared with the fields."""
    try:
        plain = signing.loads(cursor, salt=_salt(order))
    except signing.BadSignature as error:
        raise BadRequest("The cursor does not belong to this list.") from error
    return [datetime.fromisoformat(v["at"]) if isinstance(v, dict) else v for v in plain]


def _salt(order: Sequence[str]) -> str:
    return f"core.pagination {' '.join(order)}"

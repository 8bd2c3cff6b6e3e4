"""What the rows are called that effects and conditions name by their id: one query for each kind, however many."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from accounts.models import Role, User
from automation.models import Endpoint
from tickets.models import Priority, Queue, ReplyTemplate, Service, State, TicketType

# Also what is no longer in use has a name.
_MODELS: Mapping[str, type[models.Model]] = {
    "queue": Queue,
    "agent": User,
    "person": User,
    "role": Role,
    "state": State,
    "closed_state": State,
    "priority": Priority,
    "type": TicketType,
    "service": Service,
    "template": ReplyTemplate,
    "endpoint": Endpoint,
}
_VOCABULARY = (Priority, State, TicketType)

Names = dict[tuple[str, int], str]
_names: ContextVar[Names | None] = ContextVar("names", default=None)


@contextmanager
def names_known(wanted: Iterable[tuple[str, Any]]) -> Iterator[None]:
    """Within, `name_of` asks the database for none of these pairs of kind and id."""
    by_model: dict[type[models.Model], set[int]] = {}
    pairs = {(kind, pk) for kind, pk in wanted if kind in _MODELS and isinstance(pk, int)}
    for kind, pk in pairs:
        by_model.setdefault(_MODELS[kind], set()).add(pk)
    rows = {model: model._default_manager.in_bulk(ids) for model, ids in by_model.items()}
    found = {(kind, pk): _shown(rows[_MODELS[kind]].get(pk)) for kind, pk in pairs}
    mark = _names.set({**(_names.get() or {}), **found})
    try:
        yield
    finally:
        _names.reset(mark)


def name_of(kind: str, pk: Any) -> str:
    """What the row is called; a plain word for one that is gone."""
    known = _names.get() or {}
    if (kind, pk) in known:
        return known[kind, pk]
    if kind not in _MODELS or not isinstance(pk, int):
        return _shown(None)
    return _shown(_MODELS[kind]._default_manager.filter(pk=pk).first())


def _shown(row: models.Model | None) -> str:
    if row is None:
        return _("something that is not there any more")
    if isinstance(row, Queue):
        return row.place
    return _(row.name) if isinstance(row, _VOCABULARY) else str(row)

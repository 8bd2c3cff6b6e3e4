"""Questions of which only the values differ, asked on every page: their statements are put together once a process.

To make SQL of a queryset with its neighbours takes Django longer than PostgreSQL needs to answer it. So a question is
made once with samples in the place of its values; from then on the values are put where the samples came out.
"""

import copy
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, BigAutoField, CharField, ForeignKey, Lookup, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from core.counting import LIMIT, Statement, ask, statement_of

Question = Callable[..., QuerySet[Any]]
Counted = tuple[Mapping[str, QuerySet], Mapping[str, QuerySet]]

# The kinds of values that are several ids or texts.
IDS, TEXTS = list[int], list[str]

# No row has such an id; there is one for each place, and others for the second try.
_IDS = (9_100_000_000_000_000_000, 9_200_000_000_000_000_000)
_MOMENTS = (datetime(9000, 1, 1, tzinfo=UTC), datetime(9001, 1, 1, tzinfo=UTC))


@AutoField.register_lookup
@BigAutoField.register_lookup
@CharField.register_lookup
@ForeignKey.register_lookup
class Among(Lookup):
    """`queue_id__among=ids`: as `in`, but the ids are one value of the statement, however many they are."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, Any]:
        if not self.rhs:
            raise EmptyResultSet
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*params, sorted(self.rhs)]


def prepared(*kinds: Any) -> Callable[[Question], Callable[..., list[Any]]]:
    """Makes of a function of values that gives a queryset one that gives its rows.

    `kinds` are those of the values, in their order: `int`, `str`, `datetime`, or `IDS` and `TEXTS` for several, which
    are looked for by `among`. The function may do nothing with them but put them into the queryset; everything else in
    it is fixed: it asks neither for the time nor the language nor for rows, and knows no value that may be None.
    """

    def decorate(function: Question) -> Callable[..., list[Any]]:
        known: list[_Rows] = []

        @wraps(function)
        def rows(*values: Any) -> list[Any]:
            if not known:
                known.append(_Rows.of(function, kinds))
            return known[0].asked(values)

        return rows

    return decorate


def prepared_figures(
    *kinds: Any, limit: int = LIMIT
) -> Callable[[Callable[..., Counted]], Callable[..., dict[str, Any]]]:
    """The same for `figures` (core/counting.py): the function gives what is counted and the firsts."""

    def decorate(function: Callable[..., Counted]) -> Callable[..., dict[str, Any]]:
        known: list[tuple[Statement, _Places]] = []

        @wraps(function)
        def found(*values: Any) -> dict[str, Any]:
            if not known:
                statement, again = (_statement(function, samples, limit) for samples in _samples(kinds))
                known.append(
                    (statement, _Places.of(kinds, (statement.sql, again.sql), (statement.params, again.params)))
                )
            statement, places = known[0]
            return ask(replace(statement, params=places.filled(values)))

        return found

    return decorate


def _statement(function: Callable[..., Counted], samples: Sequence[Any], limit: int) -> Statement:
    counted, firsts = function(*samples)
    return statement_of(counted, firsts=firsts, limit=limit)


def _samples(kinds: Sequence[Any]) -> list[list[Any]]:
    """Two sets of values that occur nowhere else."""
    return [
        [_sample(kind, first + number, moment + timedelta(days=number)) for number, kind in enumerate(kinds)]
        for first, moment in zip(_IDS, _MOMENTS, strict=True)
    ]


def _sample(kind: Any, number: int, moment: datetime) -> Any:
    if kind is datetime:
        return moment
    return [kind.__args__[0](number)] if kind in (IDS, TEXTS) else kind(number)


@dataclass(frozen=True)
class _Places:
    """The values of a statement: those that are fixed, and where those of the question go."""

    fixed: Sequence[Any]
    places: Sequence[tuple[int, int]]

    @classmethod
    def of(cls, kinds: Sequence[Any], statements: Sequence[str], params: Sequence[Sequence[Any]]) -> Self:
        """From what came out for both sets of samples; raises ValueError where anything else differs between them."""
        samples = _samples(kinds)
        found = [
            [(place, values.index(param)) for place, param in enumerate(given) if _is_in(param, values)]
            for given, values in zip(params, samples, strict=True)
        ]
        asked = {place for place, _number in found[0]}
        fixed = [[param for place, param in enumerate(given) if place not in asked] for given in params]
        if statements[0] != statements[1] or found[0] != found[1] or fixed[0] != fixed[1]:
            raise ValueError(f"Something in this question is neither fixed nor one of its values: {statements[0]}")
        if {number for _place, number in found[0]} != set(range(len(kinds))):
            raise ValueError(f"A value does not come out as it was put in: {statements[0]}")
        return cls(params[0], found[0])

    def filled(self, values: Sequence[Any]) -> tuple[Any, ...]:
        params = list(self.fixed)
        for place, number in self.places:
            value = values[number]
            params[place] = sorted(value) if isinstance(value, Set) else value
        return tuple(params)


def _is_in(param: Any, values: Sequence[Any]) -> bool:
    return any(type(param) is type(value) and param == value for value in values)


@dataclass(frozen=True)
class _Rows:
    queryset: QuerySet
    compiler: SQLCompiler
    sql: str
    places: _Places
    # What makes values of Python of the columns.
    converters: dict[int, Any]

    @classmethod
    def of(cls, function: Callable[..., QuerySet], kinds: Sequence[Any]) -> Self:
        querysets = [function(*samples) for samples in _samples(kinds)]
        compilers = [queryset.query.clone().get_compiler(DEFAULT_DB_ALIAS) for queryset in querysets]
        made = [compiler.as_sql() for compiler in compilers]
        places = _Places.of(kinds, [sql for sql, _params in made], [params for _sql, params in made])
        columns = [column[0] for column in compilers[0].select[: compilers[0].col_count]]
        return cls(querysets[0], compilers[0], made[0][0], places, compilers[0].get_converters(columns))

    def asked(self, values: Sequence[Any]) -> list[Any]:
        compiler, filled = copy.copy(self.compiler), (self.sql, self.places.filled(values))
        compiler.connection = connections[DEFAULT_DB_ALIAS]
        compiler.as_sql = lambda *args, **kwargs: filled  # type: ignore[method-assign]
        compiler.get_converters = lambda expressions: self.converters  # type: ignore[method-assign]
        queryset = self.queryset.all()
        queryset.query.get_compiler = lambda *args, **kwargs: compiler  # type: ignore[method-assign]
        return list(queryset)

"""What all kinds of rows share: columns, cells that are read one by one, plans, and refusals with their reasons."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from imports.values import Reader, Unfit

Value = TypeVar("Value")
Known = TypeVar("Known", covariant=True)

CREATED, CHANGED, UNCHANGED, REFUSED = "created", "changed", "unchanged", "refused"

# What a file says of one row, by the keys of its columns; empty cells say nothing and are left out.
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Column:
    """What a column can be. `names` are headings by which it is recognised beside its key and its label, folded."""

    key: str
    label: str | Promise
    names: Sequence[str] = ()
    is_needed: bool = False
    hint: str | Promise = ""


@dataclass(frozen=True)
class Fault:
    """`column` is the key of one; "" where the fault is the row's."""

    column: str
    reason: str


class RowRefused(Exception):
    """The row cannot be taken; nothing of it is."""

    def __init__(self, faults: Sequence[Fault]):
        super().__init__(", ".join(fault.reason for fault in faults))
        self.faults = faults


@dataclass(frozen=True)
class Plan:
    """What a row would do; `act` does it."""

    outcome: str
    act: Callable[[], object] = lambda: None
    # What was read of the cells, by their columns.
    understood: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Setting:
    """How a file is read, and in whose name."""

    by: User
    reader: Reader
    language: str
    # Number of the import, for histories.
    reference: str = ""


class Kind(Protocol, Generic[Known]):
    """One kind of rows."""

    @property
    def key(self) -> str:
        """The column by which a row is found again."""

    def columns(self) -> Sequence[Column]: ...

    def identity(self, cells: Cells) -> str:
        """What two rows of a file must not have in common; "" where the row says nothing of it."""

    def known(self, rows: Sequence[Cells], setting: Setting) -> Known:
        """What is there already of these rows, and what they name."""

    def plan(self, cells: Cells, known: Any, setting: Setting) -> Plan:
        """Raises `RowRefused`. Writes nothing."""

    def finish(self, keys: Sequence[str]) -> None:
        """What remains to be done for rows that were taken, in the same transaction."""


class Reading:
    """Reads the cells of a row and gathers what is wrong with them."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells
        self.faults: list[Fault] = []
        self.understood: dict[str, Any] = {}

    def get(self, key: str, read: Callable[[str], Value]) -> Value | None:
        """None where the cell is empty, or cannot be read."""
        text = self.cells.get(key, "")
        if not text:
            return None
        try:
            value = self.understood[key] = read(text)
            return value
        except Unfit as error:
            self.faults.append(Fault(key, str(error)))
            return None

    def need(self, key: str, read: Callable[[str], Value]) -> Value | None:
        if not self.cells.get(key):
            self.faults.append(Fault(key, _("It is empty, and has to be there.")))
        return self.get(key, read)

    def refuse(self, column: str, reason: str) -> None:
        self.faults.append(Fault(column, reason))

    def end(self) -> None:
        """Raises `RowRefused` when something was wrong."""
        if self.faults:
            raise RowRefused(self.faults)


def said(values: Mapping[str, Any]) -> dict[str, Any]:
    """Those that a row says anything of."""
    return {key: value for key, value in values.items() if value is not None}


def faults_of(error: ValidationError, columns: Iterable[str]) -> list[Fault]:
    """What a verb has refused, at the columns that it is about."""
    known = set(columns)
    if not hasattr(error, "error_dict"):
        return [Fault("", " ".join(error.messages))]
    return [Fault(key if key in known else "", " ".join(texts)) for key, texts in error.message_dict.items()]

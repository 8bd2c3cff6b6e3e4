"""How much a file may hold, and what is said of one that cannot be read."""

from typing import Self

from django.utils.translation import gettext as _

MOST_COLUMNS = 200
# As many as a sheet of Excel has.
MOST_LINES = 1_048_576
LONGEST_CELL = 100_000
LONGEST_HEADING = 100
# Characters of a line of CSV.
LONGEST_LINE = 4_000_000
# Lines at a stretch with nothing in them, after which there is nothing more to come.
MOST_EMPTY = 100_000


class Unreadable(Exception):
    """The file cannot be read; the text is for people."""


# How spreadsheets write that something went wrong, in CSV as well.
ERRORS = frozenset(
    ["#N/A", "#NV", "#REF!", "#BEZUG!", "#VALUE!", "#WERT!", "#DIV/0!", "#NAME?", "#NUM!", "#ZAHL!", "#NULL!"]
)


class Unread(str):
    """What stands in a cell that says nothing; `reason` is for people."""

    reason: str

    def __new__(cls, text: str, reason: str) -> Self:
        made = super().__new__(cls, text)
        made.reason = reason
        return made


def too_many_columns() -> Unreadable:
    return Unreadable(_("The file has more than %(number)s columns.") % {"number": MOST_COLUMNS})


def too_many_lines() -> Unreadable:
    return Unreadable(_("The file has more than %(number)s lines. Divide it.") % {"number": MOST_LINES})

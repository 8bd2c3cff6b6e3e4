"""An import as its page shows it: how far it is, what its columns are, the first rows, what was refused."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from imports.kinds.all import KINDS
from imports.models import OPEN_TO_CHANGE, Import, State
from imports.reading.kept_rows import kept_rows
from imports.refusing import labels_of
from web.setup.forms.imports import ColumnsForm

SHOWN_REFUSALS = 100
LONGEST_EXAMPLE = 80

OUTCOMES: dict[str, tuple[str | Promise, str]] = {
    "created": (pgettext_lazy("row of a file", "new"), "ok"),
    "changed": (pgettext_lazy("row of a file", "changed"), "info"),
    "unchanged": (pgettext_lazy("row of a file", "unchanged"), "line"),
    "refused": (pgettext_lazy("row of a file", "refused"), "danger"),
}
STEPS: dict[str, str | Promise] = {
    State.READING: _("The file is being read."),
    State.ASKING: _("Say what the columns are, then the file is checked."),
    State.CHECKING: _("The file is being checked. Nothing is imported yet."),
    State.CHECKED: _("The file is checked. Nothing is imported yet."),
    State.IMPORTING: _("The rows are being imported. You can go on working."),
    State.DONE: _("The file is imported."),
    State.CANCELLED: _("It was cancelled. What had been imported by then stays."),
    State.FAILED: _("The file could not be imported."),
}


@dataclass(frozen=True)
class Count:
    number: int
    label: str | Promise
    tone: str


@dataclass(frozen=True)
class Choice:
    """A column of the file: what it may be, and what stands in it."""

    field: BoundField
    example: str


@dataclass(frozen=True)
class Shown:
    """A row as it was understood: the cells in the order of `labels`."""

    line: int
    outcome: str | Promise
    tone: str
    cells: Sequence[str]
    reasons: Sequence[str]


def context_of(job: Import, form: ColumnsForm | None = None) -> dict[str, Any]:
    """What the template wants to know."""
    used = [column for column in KINDS[job.what].columns() if column.key in job.columns]
    labels = labels_of(job)
    can_change = job.state in OPEN_TO_CHANGE
    refusals = list(job.refusals.all()[: SHOWN_REFUSALS + 1])
    return {
        "job": job,
        "step": STEPS[job.state],
        "counts": [Count(getattr(job, key), *words) for key, words in OUTCOMES.items() if getattr(job, key)],
        "taken": job.created + job.changed,
        "labels": [column.label for column in used],
        "rows": [_shown(row, [column.key for column in used], labels) for row in job.preview],
        "form": form or (ColumnsForm(job=job) if can_change else None),
        "choices": _choices(job, form or ColumnsForm(job=job)) if can_change else [],
        "refusals": [(one, labels.get(one.column, "")) for one in refusals[:SHOWN_REFUSALS]],
        "has_more": len(refusals) > SHOWN_REFUSALS,
    }


def _choices(job: Import, form: ColumnsForm) -> list[Choice]:
    first = next(kept_rows(job.lines), None) if job.lines else None
    cells = first.row.cells if first else [""] * len(job.headings)
    return [Choice(field, cell[:LONGEST_EXAMPLE]) for field, cell in zip(form.selects, cells, strict=True)]


def _shown(row: dict[str, Any], keys: Sequence[str], labels: dict[str, str]) -> Shown:
    outcome, tone = OUTCOMES[row["outcome"]]
    reasons = [
        f"{labels[one['column']]}: {one['reason']}" if one["column"] in labels else one["reason"]
        for one in row["reasons"]
    ]
    return Shown(row["line"], outcome, tone, [row["values"].get(key, "") for key in keys], reasons)

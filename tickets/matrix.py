"""The matrix of impact and urgency, as administrators change it: as a whole, with one line in the audit."""

from collections.abc import Mapping

from django.db import transaction

from accounts.audit import note_change
from accounts.models import User
from tickets.models import MatrixCell, Priority

Place = tuple[int, int]


def cells() -> dict[Place, Priority]:
    """The priority of each (impact, urgency)."""
    return {(cell.impact, cell.urgency): cell.priority for cell in MatrixCell.objects.select_related("priority")}


def save_matrix(wanted: Mapping[Place, Priority], *, by: User) -> None:
    """Make the matrix say exactly this."""
    with transaction.atomic():
        list(MatrixCell.objects.select_for_update(of=("self",)))
        before = _plain(cells())
        for (impact, urgency), priority in wanted.items():
            cell, _made = MatrixCell.objects.update_or_create(
                impact=impact, urgency=urgency, defaults={"priority": priority}
            )
        note_change(cell, before=before, after=_plain(wanted), by=by)


def _plain(matrix: Mapping[Place, Priority]) -> dict[str, str]:
    return {f"{impact} × {urgency}": str(priority) for (impact, urgency), priority in sorted(matrix.items())}

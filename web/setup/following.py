"""How far the clocks have followed a change of the setup (sla/retargeting.py), in words."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sla.models import Retarget
from tickets.models.queue import place

# For so long the end of it is worth a line.
NEWS = timedelta(hours=1)


@dataclass(frozen=True)
class Progress:
    """The newest duty: it looks at everything that those before it have left.

    `is_single` on the page of the one thing that was changed, which goes on asking for this duty alone.
    """

    row: Retarget
    is_single: bool = False

    @property
    def is_finished(self) -> bool:
        return self.row.finished_at is not None

    @property
    def is_parked(self) -> bool:
        return self.row.parked_at is not None and not self.is_finished

    @property
    def name(self) -> str:
        """What was changed; a queue by its place in the tree."""
        return place(self.row.reason)

    @property
    def text(self) -> str:
        row = self.row
        if self.is_parked:
            return _("The clocks could not follow the change of “%(name)s”.") % {"name": self.name}
        if self.is_finished:
            words = ngettext(
                "Clocks follow “%(name)s”: %(number)s ticket was looked at.",
                "Clocks follow “%(name)s”: %(number)s tickets were looked at.",
                row.done,
            )
            return words % {"name": self.name, "number": row.done}
        if not row.total:
            return _("Clocks are about to follow “%(name)s”.") % {"name": self.name}
        return _("Clocks follow “%(name)s”: %(done)s of %(total)s tickets.") % {
            "name": self.name,
            "done": row.done,
            "total": row.total,
        }


def progress_of() -> Progress | None:
    """The newest that goes on, else the last that ended, as long as that is news."""
    row = _recent().first()
    return Progress(row) if row else None


def progress_about(name: str) -> Progress | None:
    """That of one calendar, SLA or queue (by its path)."""
    row = _recent().filter(reason=name[:200]).first()
    return Progress(row, is_single=True) if row else None


def progress_in(pk: int) -> Progress | None:
    """That of one duty."""
    row = _recent().filter(pk=pk).first()
    return Progress(row, is_single=True) if row else None


def _recent() -> QuerySet[Retarget]:
    recent = Q(finished_at=None) | Q(finished_at__gt=timezone.now() - NEWS)
    return Retarget.objects.filter(recent).order_by(F("finished_at").desc(nulls_first=True), "-pk")

"""From a number to the tickets behind it."""

from django.utils.translation import gettext as _

from accounts.models import User
from reports.dimensions import TIME
from reports.measures import Source, measures
from reports.questions import Question, QuestionError, frame_of
from reports.rows import Readable, only, standing_at, within
from reports.tables import TOTAL
from tickets.models import Ticket
from tickets.queries import TicketQuerySet


def tickets_behind(
    question: Question, user: User, *, measure: str, row: str = TOTAL, column: str = TOTAL
) -> TicketQuerySet:
    """The tickets that a cell counts, by the keys of its headers; of a share those that are the part.

    Each once, however often it was counted, and only those that `user` may see now. Raises `QuestionError` for a
    measure that counts no tickets, and for headers that the question does not have.
    """
    if measure not in question.measures:
        raise QuestionError(_("There is no measure “%(name)s”.") % {"name": measure}, "measures")
    chosen, frame = measures()[measure], frame_of(question, user)
    if not chosen.drills:
        raise QuestionError(_("There are no tickets behind this number."), "measures")
    places = _places(question, row, column)
    buckets = {bucket.key: bucket for bucket in frame.buckets(frame.whole)} if question.has_time else {}
    if TIME in places and places[TIME] not in buckets:
        raise _unknown()
    readable = Readable(question, user)
    rows = readable.of(chosen.source).filter(chosen.formula.parts[chosen.formula.behind].rows())
    piece = buckets[places[TIME]] if TIME in places else frame.whole
    if piece.starts > frame.now:
        return Ticket.objects.none()
    try:
        if chosen.source == Source.SPANS:
            rows = standing_at(rows, min(piece.ends, frame.now))
        else:
            rows = within(rows, chosen.source, frame.whole)
        rows = only(rows, places, chosen.source, buckets, frame.zone, readable)
    except ValueError as error:
        raise _unknown() from error
    return Ticket.objects.allowing(user, "read").filter(pk__in=rows.values("ticket"))


def _places(question: Question, row: str, column: str) -> dict[str, str]:
    """The key of each dimension that the cell is cut by."""
    return {
        dimension: key
        for dimension, key in ((question.rows, row), (question.columns, column))
        if dimension and key != TOTAL
    }


def _unknown() -> QuestionError:
    return QuestionError(_("The report has no such row or column."), "rows")

"""What administrators decide about mail that waits: try again, set aside, delete, send again. All is audited."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import note_change
from accounts.models import User
from core.work import wake
from mail.keeping import note_unneeded
from mail.models import Incoming

# So many tries that fetching asks no more for what it could not get.
GIVEN_UP = 1_000


def retry_incoming(incoming: Incoming, *, by: User) -> bool:
    """Look at the message anew, now; false when it is on a ticket already, or when its bytes are gone."""
    with _unsettled(incoming, by=by) as row:
        if row is None:
            return False
        row.retry()
        row.reason_code, row.reason, row.trace = "", "", []
        row.enter(Incoming.State.RECEIVED, again=by.name)
        wake(row)
    return True


def discard_incoming(incoming: Incoming, *, by: User) -> bool:
    """Set the message aside for good: it stays in the ledger, raw; false when it is on a ticket already."""
    with _unsettled(incoming, by=by) as row:
        if row is None:
            return False
        _give_up(row)
        row.set_aside(Incoming.State.IGNORED, Incoming.Reason.DISCARDED)
    return True


def delete_incoming(incoming: Incoming, *, by: User) -> bool:
    """Let its bytes go; the row stays and says who did it. False when it is on a ticket, or they are gone already.

    The file itself goes a moment later, unless something else holds the same bytes (mail/keeping.py).
    """
    with _unsettled(incoming, by=by) as row:
        if row is None:
            return False
        _give_up(row)
        row.raw_removed_at = timezone.now()
        note_unneeded([row.digest])
        row.set_aside(Incoming.State.IGNORED, Incoming.Reason.DELETED, by.name)
    return True


@contextmanager
def _unsettled(incoming: Incoming, *, by: User) -> Iterator[Incoming | None]:
    """The locked row, saved and noted afterwards; None when it is on a ticket, or has lost its bytes."""
    with transaction.atomic():
        row = Incoming.objects.select_for_update(of=("self",)).get(pk=incoming.pk)
        if row.state == Incoming.State.TICKETED or row.raw_removed_at is not None:
            yield None
            return
        before = _facts(row)
        yield row
        row.save_work(*Incoming.ENTERED, "reason_code", "reason", "trace", "raw_removed_at")
        note_change(row, before=before, after=_facts(row), by=by)


def _give_up(row: Incoming) -> None:
    row.finish()
    if not row.digest:
        row.attempts = max(row.attempts, GIVEN_UP)


# As the parser says it (mail/parsing/tree.py).
_TOO_COMPLEX = {
    "too many parts": gettext_lazy("It has too many parts."),
    "parts nested too deeply": gettext_lazy("Its parts are nested too deeply."),
    "messages nested too deeply": gettext_lazy("The messages in it are nested too deeply."),
}


def reason_shown(incoming: Incoming) -> str:
    """Why it is no ticket, in the reader's language, and what a server or library said about it in its own words."""
    if incoming.reason_code == Incoming.Reason.COPY:
        more = _("See no. %(number)s.") % {"number": incoming.reason}
    else:
        more = str(_TOO_COMPLEX.get(incoming.reason, incoming.reason))
    return f"{incoming.get_reason_code_display()} {more}".strip()


def _facts(incoming: Incoming) -> dict[str, Any]:
    return {"state": incoming.state, "reason_code": incoming.reason_code, "reason": incoming.reason}

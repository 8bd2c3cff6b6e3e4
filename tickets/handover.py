"""What becomes of the open tickets of an agent who leaves."""

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.audit import note_change
from accounts.models import User
from tickets.chores import start_chore
from tickets.models import Chore

# Tickets of an agent are counted no further.
COUNTED = 1000


def hand_over(person: User, heir: User | None, *, by: User) -> Chore:
    """The open tickets go to `heir` where they may see them, and to nobody otherwise; in the background.

    Raises `ValidationError` when `heir` cannot have tickets.
    """
    if heir is not None and (heir.pk == person.pk or not heir.is_agent or not heir.is_active):
        raise ValidationError({"heir": _("This person cannot take tickets.")})
    with transaction.atomic():
        note_change(person, before={}, after={"tickets_go_to": str(heir) if heir else _("nobody")}, by=by)
        return start_chore(Chore.Kind.HANDOVER, {"person": person.pk, "other": heir.pk if heir else None}, by=by)


def count_open_tickets(people: list[int]) -> dict[int, int]:
    """How many open tickets each of these people owns, counted no further than `COUNTED`; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT person, number FROM unnest(%s::bigint[]) AS person, LATERAL (SELECT count(*) AS number FROM ("
            "SELECT 1 FROM tickets_ticket WHERE owner_id = person AND closed_at IS NULL LIMIT %s) AS few) AS counted",
            [people, COUNTED],
        )
        return dict(cursor.fetchall())

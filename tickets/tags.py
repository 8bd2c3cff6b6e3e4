"""The list of tags: registered when they are first used, offered while they are in use, renamed and retired as a whole.

Who may do this is the administrators' door's business; what it does to tickets is a chore (tickets/chores.py).
"""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.audit import note_change, refuse_stale, save_audited
from accounts.models import User
from core.text import clean_line
from tickets.chores import start_chore
from tickets.models import Chore, Event, Tag

# Tickets of a tag are counted no further.
COUNTED = 1000


def register_tags(event: Event) -> None:
    """Within handler: a tag that a ticket has is a row."""
    change = event.data.get("tags")
    if change and (new := {*change["now"]} - {*(change["was"] or [])}):
        Tag.objects.bulk_create([Tag(name=name) for name in sorted(new)], ignore_conflicts=True)


def register_all() -> None:
    """The same for tickets that were loaded without verbs."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_tag (name, is_active, created_at) "
            "SELECT name, true, now() FROM (SELECT DISTINCT unnest(tags) AS name FROM tickets_ticket) AS used "
            "ORDER BY name ON CONFLICT DO NOTHING"
        )


def offered_tags(words: str = "", *, most: int = 20) -> list[str]:
    """Tags to choose from that begin with `words`."""
    return list(Tag.objects.filter(is_active=True, name__istartswith=words).values_list("name", flat=True)[:most])


def count_tickets(names: Iterable[str]) -> dict[str, int]:
    """How many tickets have each of these tags, counted no further than `COUNTED`; one query."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, number FROM unnest(%s::varchar[]) AS name, LATERAL (SELECT count(*) AS number FROM ("
            "SELECT 1 FROM tickets_ticket WHERE tags @> ARRAY[name] LIMIT %s) AS few) AS counted",
            [list(names), COUNTED],
        )
        return dict(cursor.fetchall())


def rename_tag(tag: Tag, name: str, *, by: User, seen: int | None = None) -> Tag:
    """Give the tag another name on all its tickets; a name that is taken makes the two one.

    Returns the tag of that name. Raises `ValidationError` without a name, `Stale`.
    """
    name = clean_line(name, 50)
    if not name:
        raise ValidationError({"name": _("Give the tag a name.")})
    with transaction.atomic():
        refuse_stale(tag, seen=seen)
        if name == tag.name:
            return tag
        other = Tag.objects.filter(name=name).first()
        if other is None:
            other = Tag.objects.create(name=name, is_active=tag.is_active)
        note_change(tag, before={"name": tag.name}, after={"name": name}, by=by)
        start_chore(Chore.Kind.TAG, {"tag": tag.name, "other": name}, by=by)
        tag.delete()
    return other


def remove_tag(tag: Tag, *, by: User, seen: int | None = None) -> Chore:
    """Take the tag off all its tickets. Raises `Stale`."""
    with transaction.atomic():
        refuse_stale(tag, seen=seen)
        note_change(tag, before={"name": tag.name}, after={"name": ""}, by=by)
        chore = start_chore(Chore.Kind.TAG, {"tag": tag.name, "other": ""}, by=by)
        tag.delete()
    return chore


def set_offered(tag: Tag, *, is_active: bool, by: User, seen: int | None = None) -> None:
    """Retire a tag, or offer it again; its tickets keep it. Raises `Stale`."""
    with transaction.atomic():
        refuse_stale(tag, seen=seen)
        tag.is_active = is_active
        save_audited(tag, by=by)

"""What an agent may know of people: who is there for them, and the tickets these people have.

Whoever opens tickets somewhere must be able to find anybody to open them for; others know the customers of the tickets
they may read, and their colleagues. Tickets that are hidden change nothing of what is known (T48).
"""

from collections.abc import Iterable

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Organisation, User
from accounts.roles import may_edit_people
from tickets.models import Ticket
from tickets.queries import TicketQuerySet
from tickets.rights import rights_of

# In lists of people tickets are counted no further.
COUNTED = 100


def may_look_up(user: User) -> bool:
    """Whether everybody is known to `user`."""
    return bool(rights_of(user).queues["create"]) or may_edit_people(user)


def known_people(user: User) -> QuerySet[User]:
    """People with a name: neither the system's own actors nor duplicates that were merged."""
    people = User.objects.filter(system_key__isnull=True, merged_into__isnull=True)
    if may_look_up(user):
        return people
    seen = Ticket.objects.allowing(user, "read").filter(customer=OuterRef("pk"))
    return people.filter(Q(is_agent=True) | Exists(seen))


def known_organisations(user: User) -> QuerySet[Organisation]:
    if may_look_up(user):
        return Organisation.objects.all()
    seen = Ticket.objects.allowing(user, "read").filter(organisation=OuterRef("pk"))
    return Organisation.objects.filter(Exists(seen))


def tickets_of(person: User, user: User) -> TicketQuerySet:
    """The tickets of a customer, as far as `user` may read them; not those in the trash."""
    return Ticket.objects.allowing(user, "read").not_removed().filter(customer=person)


def tickets_of_organisation(organisation: Organisation, user: User) -> TicketQuerySet:
    return Ticket.objects.allowing(user, "read").not_removed().filter(organisation=organisation)


def open_counts_of(people: Iterable[User], user: User) -> dict[int, int]:
    """Open tickets that `user` may read by customer id, each counted no further than `COUNTED`, in one query."""
    ids, queues = [person.pk for person in people], list(rights_of(user).queues["read"])
    if not ids or not queues:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT person.id, counted.number
            FROM unnest(%s) AS person(id),
            LATERAL (SELECT count(*) AS number FROM (
                SELECT 1 FROM tickets_ticket
                WHERE customer_id = person.id AND closed_at IS NULL AND queue_id = ANY(%s) LIMIT %s
            ) AS counted_rows) AS counted
            """,
            [ids, queues, COUNTED],
        )
        return dict(cursor.fetchall())

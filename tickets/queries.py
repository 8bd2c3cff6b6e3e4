"""Sets of tickets. Whatever shows a ticket or a part of one starts at `allowing` or `of_customer`."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Coalesce

from accounts.models import Brand, Membership, User
from tickets.models.participant import Participant
from tickets.models.reading import ReadMark
from tickets.models.vocabulary import State, StateType
from tickets.rights import queues_for

if TYPE_CHECKING:
    from tickets.models.ticket import Ticket  # noqa: F401

MAX_MERGES = 10
# Sorts after every time there is.
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


class TicketQuerySet(models.QuerySet["Ticket"]):
    def allowing(self, user: User, right: str) -> Self:
        """Tickets on which `user` has `right`: the one rule for agents, administrators included."""
        return self.in_queues(queues_for(user, right))

    def in_queues(self, queues: Collection[int]) -> Self:
        """Those in one of the queues with these ids. For prepared questions, which take over what `allowing` does:
        they are asked with `queues_for` of the person (core/prepared.py)."""
        return self.filter(queue_id__among=queues)

    def of_customer(self, user: User) -> Self:
        """Requests `user` may see as a customer: one's own, those he is kept in copy of, and the organisation's where
        the membership says so.

        A ticket on which nothing has been said to the customer yet is no request, and a removed one is none any more.
        """
        if not user.is_active:
            return self.none()
        shared = Membership.objects.filter(user=user, sees_all=True).values("organisation")
        copied = Participant.objects.filter(user=user).values("ticket")
        theirs = Q(customer=user) | Q(organisation__in=shared) | Q(pk__in=copied)
        requests = self.filter(theirs, last_public_at__isnull=False)
        return requests.exclude(state__type=StateType.REMOVED)

    def of_brand(self, brand: Brand) -> Self:
        """Those in queues of this brand, and in queues of none: what its portal shows. No right, it only narrows."""
        return self.filter(Q(queue__brand=brand) | Q(queue__brand__isnull=True))

    def survivor_of(self, ticket: "Ticket") -> "Ticket | None":
        """What `ticket` was merged into in the end, when it is among these."""
        pk = ticket.pk
        for _hop in range(MAX_MERGES):
            further = self.model.objects.filter(pk=pk).values_list("merged_into_id", flat=True).first()
            if further is None:
                break
            pk = further
        return self.filter(pk=pk, merged_into__isnull=True).first()

    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def not_removed(self) -> Self:
        """Without what is in the trash, which has a view of its own."""
        return self.exclude(state__in=State.objects.filter(type=StateType.REMOVED))

    def with_due_order(self) -> Self:
        """`due_order` to sort by: what is never due comes last."""
        return self.annotate(due_order=Coalesce("due_at", Value(NEVER)))

    def for_list(self, user: User | int) -> Self:
        """With everything a row shows, and whether `user` has something new to read (`is_unread`)."""
        marks = ReadMark.objects.filter(ticket=OuterRef("pk"), user=user, read_at__gte=OuterRef("changed_at"))
        return self.select_related("queue", "state", "priority", "type", "owner", "customer", "organisation").annotate(
            is_unread=~Exists(marks)
        )

"""Sets of tickets. Whatever shows a ticket or a part of one starts at `allowing` or `of_customer`."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.models import Membership, User
from tickets.models.reading import ReadMark
from tickets.models.vocabulary import StateType
from tickets.rights import rights_of

if TYPE_CHECKING:
    from tickets.models.ticket import Ticket  # noqa: F401

MAX_MERGES = 10


class TicketQuerySet(models.QuerySet["Ticket"]):
    def allowing(self, user: User, right: str) -> Self:
        """Tickets on which `user` has `right`: the one rule for agents, administrators included."""
        return self.filter(queue_id__in=rights_of(user).queues[right])

    def of_customer(self, user: User) -> Self:
        """Requests `user` may see as a customer: one's own, and the organisation's where the membership says so.

        A ticket on which nothing has been said to the customer yet is no request, and a removed one is none any more.
        """
        if not user.is_active:
            return self.none()
        shared = Membership.objects.filter(user=user, sees_all=True).values("organisation")
        requests = self.filter(Q(customer=user) | Q(organisation__in=shared), last_public_at__isnull=False)
        return requests.exclude(state__type=StateType.REMOVED)

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

    def for_list(self, user: User) -> Self:
        """With everything a row shows, and whether `user` has something new to read (`is_unread`)."""
        marks = ReadMark.objects.filter(ticket=OuterRef("pk"), user=user, read_at__gte=OuterRef("changed_at"))
        return self.select_related("queue", "state", "priority", "type", "owner", "customer", "organisation").annotate(
            is_unread=~Exists(marks)
        )

"""Tickets that belong together: links between them, and two that become one."""

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY, NUMBER
from api.v1.access import SHOWN, tickets_of, worked_ticket
from api.v1.fields import StrictSerializer, TextField
from api.v1.shapes import RowShape, TicketShape
from tickets import options
from tickets.actions.linking import NotLinkable, link, unlink
from tickets.actions.merging import NotMergeable, merge, unmerge
from tickets.models import Link, LinkKind, Ticket
from tickets.queries import TicketQuerySet


class MergeForm(StrictSerializer):
    into = TextField(max_length=40, help_text="The number of the ticket in which it goes on.")


class NewLinkForm(StrictSerializer):
    ticket = TextField(max_length=40, help_text="The number of the other ticket.")
    kind = serializers.ChoiceField(LinkKind.choices, help_text="What the ticket of the address is of the other one.")


class LinkedShape(serializers.Serializer):
    number = serializers.CharField()
    title = serializers.CharField()
    state = RowShape()


class LinkShape(serializers.Serializer):
    """A link as read from the ticket of the address."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.CharField(
        help_text="What this ticket is of the other; with `_of` behind it the other way round."
    )
    ticket = LinkedShape(source="other", help_text="The other ticket.")
    created_by = RowShape()
    created_at = serializers.DateTimeField()


class MergeDoor(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="mergeTicket",
        summary="Merge into another ticket",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=MergeForm,
        responses={200: TicketShape},
        tags=["Tickets"],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """Everything said goes on in the other ticket, which is shown. Needs the right to write on both."""
        ticket = worked_ticket(self.person, number, "write")
        form = MergeForm(data=request.data)
        form.is_valid(raise_exception=True)
        wanted = form.validated_data["into"]
        into = options.merge_targets(self.person, ticket).filter(number=wanted).first()
        if into is None:
            raise serializers.ValidationError({"into": _("There is nothing with this name or id to choose.")})
        try:
            merge(ticket, into, by=self.person, cause=self.cause)
        except NotMergeable as error:
            raise CannotBe(_("These two tickets cannot be merged.")) from error
        return _shown(self, into)

    @extend_schema(
        operation_id="unmergeTicket",
        summary="Take a merge back",
        parameters=[NUMBER],
        responses={200: TicketShape},
        tags=["Tickets"],
    )
    @transaction.atomic
    def delete(self, request: Request, number: str) -> Response:
        """What the merge had moved returns; the ticket is as it was. Needs the right to write on both."""
        ticket = worked_ticket(self.person, number, "write")
        if ticket.merged_into is not None and not ticket.merged_into.allows(self.person, "write"):
            raise CannotBe(_("It was merged into a ticket you may not change."))
        try:
            unmerge(ticket, by=self.person, cause=self.cause)
        except NotMergeable as error:
            raise CannotBe(_("This merge cannot be undone.")) from error
        return _shown(self, ticket)


class LinkList(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="listLinks",
        summary="List links",
        parameters=[NUMBER],
        responses=LinkShape(many=True),
        tags=["Tickets"],
    )
    def get(self, request: Request, number: str) -> Response:
        """Those to tickets that the token's person may read."""
        ticket = worked_ticket(self.person, number)
        links = self.paginate_queryset(_links(ticket, tickets_of(self.person)))
        return self.get_paginated_response(self.shaped([read(one, ticket) for one in links], LinkShape, many=True).data)

    @extend_schema(
        operation_id="addLink",
        summary="Link with another ticket",
        parameters=[NUMBER, IDEMPOTENCY_KEY],
        request=NewLinkForm,
        responses={201: LinkShape},
        tags=["Tickets"],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        """Needs the right to write on this one, and to read the other. A link that is there already stays as it is."""
        ticket = worked_ticket(self.person, number, "write")
        form = NewLinkForm(data=request.data)
        form.is_valid(raise_exception=True)
        wanted, kind = form.validated_data["ticket"], form.validated_data["kind"]
        other = options.link_targets(self.person, ticket).filter(number=wanted).first()
        if other is None:
            raise serializers.ValidationError({"ticket": _("There is nothing with this name or id to choose.")})
        try:
            link(ticket, other, kind, by=self.person, cause=self.cause)
        except NotLinkable as error:
            raise CannotBe(_("A ticket cannot be its own ancestor.")) from error
        both = Q(source=ticket, target=other) | Q(source=other, target=ticket)
        ways = both if kind == LinkKind.NORMAL else Q(source=ticket, target=other)
        found = Link.objects.select_related(*NEAR).get(ways, kind=kind)
        return Response(self.shaped(read(found, ticket), LinkShape).data, status.HTTP_201_CREATED)


class LinkDetail(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(
        operation_id="removeLink", summary="Remove a link", parameters=[NUMBER], responses={204: None}, tags=["Tickets"]
    )
    @transaction.atomic
    def delete(self, request: Request, number: str, id: int) -> Response:
        """Needs the right to write on this ticket, and to read the other."""
        ticket = worked_ticket(self.person, number, "write")
        found = _links(ticket, tickets_of(self.person)).filter(pk=id).first()
        if found is None:
            raise NotFound
        unlink(found, by=self.person, cause=self.cause)
        return Response(status=status.HTTP_204_NO_CONTENT)


NEAR = ("source__state", "target__state", "created_by")


def _links(ticket: Ticket, seen: TicketQuerySet) -> QuerySet[Link]:
    mine = Q(source=ticket, target__in=seen) | Q(target=ticket, source__in=seen)
    return Link.objects.filter(mine).select_related(*NEAR)


def read(found: Link, ticket: Ticket) -> dict[str, object]:
    """As `LinkShape` shows it, seen from this ticket."""
    is_source = found.source_id == ticket.pk
    return {
        "pk": found.pk,
        "kind": found.kind if is_source or found.kind == LinkKind.NORMAL else f"{found.kind}_of",
        "other": found.target if is_source else found.source,
        "created_by": found.created_by,
        "created_at": found.created_at,
    }


def _shown(door: Door, ticket: Ticket) -> Response:
    ticket = Ticket.objects.select_related(*SHOWN).get(pk=ticket.pk)
    return Response(door.shaped(ticket, TicketShape).data)

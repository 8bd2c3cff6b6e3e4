"""Many tickets in one request, each in a transaction of its own, and what became of each."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api import examples
from api.problems import problem
from api.v1.fields import StrictSerializer, TextField
from api.v1.tickets import Changing

MOST = 100


class BulkItemForm(StrictSerializer):
    """The number of a ticket and whatever of it changes, as for a single one."""

    ticket = TextField(max_length=40, help_text="The number.")
    if_match = TextField(max_length=200, required=False, help_text="The ETag you have seen, as in `If-Match`.")
    changes = serializers.DictField(help_text="Fields as in changeTicket.")


class BulkChangeForm(StrictSerializer):
    items = serializers.ListField(child=BulkItemForm(), min_length=1, max_length=MOST, help_text="At most 100.")

    def validate_items(self, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({item["ticket"] for item in items}) < len(items):
            raise serializers.ValidationError(_("Name each ticket once."))
        return items


class BulkResultShape(serializers.Serializer):
    """What became of one of them."""

    ticket = serializers.CharField()
    status = serializers.IntegerField(help_text="As the request for this ticket alone would have been answered.")
    version = serializers.IntegerField(allow_null=True, help_text="Of the ticket afterwards.")
    problem = serializers.DictField(allow_null=True, help_text="Why nothing of this one has changed; see Problem.")


class BulkAnswerShape(serializers.Serializer):
    results = BulkResultShape(many=True)


class TicketsBulk(Changing):
    @extend_schema(
        operation_id="changeTickets",
        summary="Change many tickets",
        request=BulkChangeForm,
        responses=BulkAnswerShape,
        examples=[examples.BULK],
        tags=["Tickets"],
    )
    def patch(self, request: Request) -> Response:
        """Each as by itself: one that is refused keeps no other from changing. The results are in the order asked.

        Counts as as many requests as there are tickets: when fewer are left in this minute, nothing changes (429)."""
        form = BulkChangeForm(data=request.data)
        form.is_valid(raise_exception=True)
        items = form.validated_data["items"]
        self.charge(len(items) - 1)
        results = [self._result(item) for item in items]
        return Response(self.shaped({"results": results}, BulkAnswerShape).data)

    def _result(self, item: dict[str, Any]) -> dict[str, Any]:
        result = {"ticket": item["ticket"], "status": 200, "version": None, "problem": None}
        try:
            with transaction.atomic():
                ticket = self.changed(item["ticket"], item["changes"], seen=item.get("if_match"))
        except Exception as error:
            response = problem(error, {"view": self, "request": self.request})
            if response is None:
                raise
            return {**result, "status": response.status_code, "problem": response.data}
        return {**result, "version": ticket.version if self.person.is_agent else None}

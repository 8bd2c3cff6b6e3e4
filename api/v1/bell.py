"""The bell of the token's person: what is new, what has been read, and what is to be heard of at all."""

from typing import Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.v1.fields import FlagField, StrictSerializer
from automation.models import Notice
from automation.notices import bell
from automation.notices.texts import heading
from tickets.sentences import sentence_of

TAG = ["Choices"]
SHOW = OpenApiParameter("unread", enum=["true"], description="Only what has not been read yet.")


class BellNoticeShape(serializers.Serializer):
    """Of a ticket that may not be seen any more it says only when something was."""

    id = serializers.IntegerField(source="pk")
    at = serializers.DateTimeField()
    is_read = serializers.SerializerMethodField()
    occasion = serializers.CharField(help_text="Such as `reply`; empty where the ticket may not be seen any more.")
    heading = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField(help_text="What happened, in the language of the token's person.")
    ticket = serializers.CharField(source="ticket.number", allow_null=True)

    def get_is_read(self, notice: Notice) -> bool:
        return notice.read_at is not None

    def get_heading(self, notice: Notice) -> str:
        return str(heading(notice.occasion))

    def get_sentence(self, notice: Notice) -> str:
        return sentence_of(notice.event)

    def to_representation(self, notice: Notice) -> dict[str, Any]:
        if bell.may_see(notice, self.context["request"].user):
            return super().to_representation(notice)
        hidden = {"occasion": "", "heading": "", "sentence": "", "ticket": None}
        return {"id": notice.pk, "at": notice.at, "is_read": True, **hidden}


class ReadForm(StrictSerializer):
    is_read = FlagField(help_text="false: new again, until its ticket is opened the next time.")


class AllReadForm(StrictSerializer):
    up_to = serializers.IntegerField(min_value=0, max_value=2**63 - 1, help_text="Id of the newest that was seen.")


class CountShape(serializers.Serializer):
    changed = serializers.IntegerField(help_text="How many were new.")


class _Bell(Door):
    """For agents, who have one."""

    area = ApiToken.Area.TICKETS

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.person.is_agent:
            raise NotFound
        if request.auth.queues and request.method not in SAFE_METHODS:  # it rings for tickets of all queues
            raise PermissionDenied(_("This token does not open this part of the interface."))


class BellList(_Bell):
    order = ("-id",)
    parameters = ("unread",)

    @extend_schema(
        operation_id="listBell",
        summary="Read the bell",
        parameters=[SHOW],
        responses=BellNoticeShape(many=True),
        tags=TAG,
    )
    def get(self, request: Request) -> Response:
        """What the token's person is told, the newest first."""
        rows = bell.latest(self.person)
        if "unread" in request.query_params:
            if request.query_params["unread"] != "true":
                raise serializers.ValidationError({"unread": _("Give a value, or leave the parameter out.")})
            rows = rows.filter(pk__in=bell.unread(self.person).values("pk"))
        return self.listing(rows, BellNoticeShape)

    @extend_schema(
        operation_id="readBell", summary="Mark all as read", request=AllReadForm, responses={200: CountShape}, tags=TAG
    )
    @transaction.atomic
    def post(self, request: Request) -> Response:
        """Up to the newest that was seen, so that one that has just come stays new."""
        form = AllReadForm(data=request.data)
        form.is_valid(raise_exception=True)
        return Response({"changed": bell.mark_all_read(self.person, up_to=form.validated_data["up_to"])})


class BellDetail(_Bell):
    @extend_schema(
        operation_id="markNotice",
        summary="Mark a notice as read, or as new",
        request=ReadForm,
        responses={200: BellNoticeShape},
        tags=TAG,
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """One's own; with all that came of the same go at many tickets."""
        notice = get_object_or_404(bell.latest(self.person), pk=id)
        form = ReadForm(data=request.data)
        form.is_valid(raise_exception=True)
        if form.validated_data["is_read"]:
            bell.mark_read(notice)
        else:
            bell.mark_unread(notice)
        return Response(self.shaped(bell.latest(self.person).get(pk=id), BellNoticeShape).data)

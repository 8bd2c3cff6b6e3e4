"""Reports that people keep, one's own and those shared with one's roles, and the mails that bring them."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.fields import AgentField, RowField, StrictSerializer, TextField
from api.v1.kinds import change_of
from api.v1.levels.access import fingerprint, refused, require_seen
from api.v1.reports.forms import AnythingField, require_agent
from api.v1.shapes import PersonShape, RowShape
from reports.mailing import MOST_PEOPLE, subscribe, subscriptions_of, unsubscribe
from reports.models import Format, Report, Subscription
from reports.models.saved import Display
from reports.saved import remove_report, reports_for, save_report

TAG = ["Reports"]


def _roles(context: dict[str, Any]) -> Any:
    user = context["request"].user
    return Group.objects.all() if user.is_administrator else user.groups.all()


class NewReportForm(StrictSerializer):
    """What is left out is as usual."""

    name = TextField(min_length=1, max_length=80)
    description = TextField(max_length=300, allow_blank=True, required=False)
    question = AnythingField(help_text="As for a file of a report.")
    display = serializers.ChoiceField(Display.choices, required=False)
    roles = serializers.ListField(child=RowField(_roles), required=False, max_length=100, help_text="Who sees it, too.")


ChangedReportForm = change_of(NewReportForm)


class NewReportMailForm(StrictSerializer):
    people = serializers.ListField(
        child=AgentField(),
        min_length=1,
        max_length=MOST_PEOPLE,
        help_text="Agents, by address or id.",
    )
    rhythm = serializers.ChoiceField(Subscription.Rhythm.choices)
    hour = serializers.IntegerField(min_value=0, max_value=23, default=7, help_text="On the clock of who plans it.")
    format = serializers.ChoiceField(Format.choices, allow_blank=True, default="", help_text="With a file, too.")


class ReportShape(RowShape):
    """A question with a name. Everybody gets the answer of the tickets that he may read."""

    owner = RowShape()
    description = serializers.CharField()
    question = serializers.DictField()
    display = serializers.CharField()
    roles = RowShape(many=True, source="roles.all")


class ReportMailShape(serializers.Serializer):
    """Each of the people gets what he may see himself."""

    id = serializers.IntegerField(source="pk")
    owner = RowShape()
    people = PersonShape(many=True, source="people.all")
    rhythm = serializers.CharField()
    hour = serializers.IntegerField()
    zone = serializers.CharField()
    format = serializers.CharField()
    due_at = serializers.DateTimeField(allow_null=True)
    sent_at = serializers.DateTimeField(allow_null=True)


class _Reports(Door):
    """For those who work tickets."""

    area = ApiToken.Area.REPORTS
    order = ("name", "id")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        require_agent(self.person)

    def report(self, pk: int) -> Report:
        return get_object_or_404(reports_for(self.person).prefetch_related("roles"), pk=pk)

    def same(self, pk: int) -> Report:
        """One's own, locked, and as `If-Match` says it was seen."""
        if self.report(pk).owner_id != self.person.pk:
            raise PermissionDenied
        list(Report.objects.select_for_update(of=("self",)).filter(pk=pk))
        report = self.report(pk)
        require_seen(self.request.headers.get("If-Match"), self.as_shape(report))
        return report

    def as_shape(self, report: Report) -> Any:
        return self.shaped(report, ReportShape).data

    def saved(self, report: Report) -> Any:
        form = self.shaped(None, ChangedReportForm if report.pk else NewReportForm, data=self.request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        roles = values.pop("roles", list(report.roles.all()) if report.pk else [])
        for name, value in values.items():
            setattr(report, name, value)
        try:
            save_report(report, roles=roles, by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return self.as_shape(self.report(report.pk))


class ReportList(_Reports):
    @extend_schema(operation_id="listReports", summary="List saved reports", responses=ReportShape(many=True), tags=TAG)
    def get(self, request: Request) -> Response:
        """One's own, and those shared with one's roles."""
        return self.listing(reports_for(self.person).prefetch_related("roles"), ReportShape)

    @extend_schema(
        operation_id="addReport",
        summary="Save a report",
        parameters=[IDEMPOTENCY_KEY],
        request=NewReportForm,
        responses={201: ReportShape},
        examples=[examples.REPORT],
        tags=TAG,
    )
    @once
    def post(self, request: Request) -> Response:
        """It can be shared with roles that one has; administrators share with any."""
        shown = self.saved(Report())
        return Response(shown, status.HTTP_201_CREATED, headers={"ETag": fingerprint(shown)})


class ReportDetail(_Reports):
    @extend_schema(operation_id="showReport", summary="Show a saved report", responses=ReportShape, tags=TAG)
    def get(self, request: Request, id: int) -> Response:
        """What it asks and how it is shown."""
        shown = self.as_shape(self.report(id))
        return Response(shown, headers={"ETag": fingerprint(shown)})

    @extend_schema(
        operation_id="changeReport",
        summary="Change a saved report",
        parameters=[IF_SAME],
        request=ChangedReportForm,
        responses=ReportShape,
        tags=TAG,
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """Whoever made it changes it. What is not named stays as it is."""
        shown = self.saved(self.same(id))
        return Response(shown, headers={"ETag": fingerprint(shown)})

    @extend_schema(
        operation_id="removeReport",
        summary="Remove a saved report",
        parameters=[IF_SAME],
        responses={204: None},
        tags=TAG,
    )
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """Whoever made it removes it, also from dashboards, and with its mails."""
        remove_report(self.same(id), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ReportMailList(_Reports):
    order = ("id",)

    @extend_schema(
        operation_id="listReportMails", summary="When a report is sent", responses=ReportMailShape(many=True), tags=TAG
    )
    def get(self, request: Request, id: int) -> Response:
        """The mails that the token's person has planned or is sent."""
        return self.listing(subscriptions_of(self.report(id), self.person).select_related("owner"), ReportMailShape)

    @extend_schema(
        operation_id="addReportMail",
        summary="Have a report sent",
        parameters=[IDEMPOTENCY_KEY],
        request=NewReportMailForm,
        responses={201: ReportMailShape},
        tags=TAG,
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """By mail, from its next time on; each gets what he may see himself."""
        report = self.report(id)
        form = NewReportMailForm(data=request.data)
        form.is_valid(raise_exception=True)
        try:
            row = subscribe(report, by=self.person, **form.validated_data)
        except ValidationError as error:
            raise refused(error) from error
        return Response(self.shaped(row, ReportMailShape).data, status.HTTP_201_CREATED)


class ReportMailDetail(_Reports):
    @extend_schema(operation_id="endReportMail", summary="Send a report no more", responses={204: None}, tags=TAG)
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """Whoever planned it ends it for all, anybody else for himself alone."""
        theirs = Q(owner=self.person) | Q(people=self.person)
        row = get_object_or_404(Subscription.objects.filter(theirs).distinct(), pk=id)
        unsubscribe(row, by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

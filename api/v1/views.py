"""Saved views of tickets: one's own, and those shared with one's roles."""

from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.fields import RowField, StrictSerializer, TextField
from api.v1.kinds import change_of
from api.v1.levels.access import fingerprint, refused, require_seen
from api.v1.shapes import RowShape
from tickets.models import SavedView
from tickets.saved import COLUMNS, GROUPS, ORDERS, USUAL_COLUMNS, USUAL_ORDER, remove_view, save_view, views_for

CONDITION_HELP = 'In the condition language: `{"all": [{"field": "queue", "is": "Support"}]}`.'


def _roles(context: dict[str, Any]) -> Any:
    user = context["request"].user
    return Group.objects.all() if user.is_administrator else user.groups.all()


class NewSavedViewForm(StrictSerializer):
    """What is left out is as usual."""

    name = TextField(min_length=1, max_length=60)
    condition = serializers.DictField(help_text=CONDITION_HELP)
    columns = serializers.ListField(child=serializers.ChoiceField(COLUMNS), required=False)
    order = serializers.ChoiceField([*ORDERS], required=False)
    group_by = serializers.ChoiceField([*GROUPS], required=False, allow_blank=True)
    roles = serializers.ListField(child=RowField(_roles), required=False, max_length=100, help_text="Who sees it, too.")


ChangedSavedViewForm = change_of(NewSavedViewForm)


class SavedViewShape(RowShape):
    """A condition on tickets with the way to show them."""

    owner = RowShape()
    condition = serializers.DictField()
    columns = serializers.ListField(child=serializers.CharField())
    order = serializers.CharField()
    group_by = serializers.CharField()
    roles = RowShape(many=True, source="roles.all")


class _Views(Door):
    """For those who work tickets."""

    area = ApiToken.Area.TICKETS
    order = ("name", "id")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.person.is_agent:
            raise NotFound
        if request.auth.queues and request.method not in SAFE_METHODS:  # others share them, beyond these queues
            raise PermissionDenied(_("This token does not open this part of the interface."))

    def view_of(self, pk: int) -> SavedView:
        found = views_for(self.person).prefetch_related("roles").filter(pk=pk).first()
        if found is None:
            raise NotFound
        return found

    def own(self, pk: int) -> SavedView:
        found = self.view_of(pk)
        if found.owner_id != self.person.pk:
            raise PermissionDenied
        return found

    def saved(self, view: SavedView) -> Any:
        asked = ChangedSavedViewForm if view.pk else NewSavedViewForm
        form = self.shaped(None, asked, data=self.request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        roles = values.pop("roles", list(view.roles.all()) if view.pk else [])
        for name, value in values.items():
            setattr(view, name, value)
        try:
            save_view(view, roles=roles, by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return self.shaped(self.view_of(view.pk), SavedViewShape).data

    def same(self, pk: int) -> SavedView:
        """One's own, locked, and as `If-Match` says it was seen."""
        self.own(pk)
        list(SavedView.objects.select_for_update(of=("self",)).filter(pk=pk))
        view = self.own(pk)
        require_seen(self.request.headers.get("If-Match"), self.shaped(view, SavedViewShape).data)
        return view


class SavedViewList(_Views):
    @extend_schema(
        operation_id="listViews", summary="List saved views", responses=SavedViewShape(many=True), tags=["Tickets"]
    )
    def get(self, request: Request) -> Response:
        """One's own, and those shared with one's roles. `listTickets` takes the id of one as `view`."""
        return self.listing(views_for(self.person).prefetch_related("roles"), SavedViewShape)

    @extend_schema(
        operation_id="addView",
        summary="Save a view",
        parameters=[IDEMPOTENCY_KEY],
        request=NewSavedViewForm,
        responses={201: SavedViewShape},
        tags=["Tickets"],
    )
    @once
    def post(self, request: Request) -> Response:
        """It can be shared with roles that one has; administrators share with any."""
        view = SavedView(columns=[*USUAL_COLUMNS], order=USUAL_ORDER)
        shown = self.saved(view)
        return Response(shown, status.HTTP_201_CREATED, headers={"ETag": fingerprint(shown)})


class SavedViewDetail(_Views):
    @extend_schema(operation_id="showView", summary="Show a view", responses=SavedViewShape, tags=["Tickets"])
    def get(self, request: Request, id: int) -> Response:
        """What it asks for and how it is shown."""
        shown = self.shaped(self.view_of(id), SavedViewShape).data
        return Response(shown, headers={"ETag": fingerprint(shown)})

    @extend_schema(
        operation_id="changeView",
        summary="Change a view",
        parameters=[IF_SAME],
        request=ChangedSavedViewForm,
        responses=SavedViewShape,
        tags=["Tickets"],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """Whoever made it changes it. What is not named stays as it is."""
        shown = self.saved(self.same(id))
        return Response(shown, headers={"ETag": fingerprint(shown)})

    @extend_schema(
        operation_id="removeView",
        summary="Remove a view",
        parameters=[IF_SAME],
        responses={204: None},
        tags=["Tickets"],
    )
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """Whoever made it removes it; the tickets stay."""
        remove_view(self.same(id), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)

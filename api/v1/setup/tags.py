"""Tags: another name, one instead of two, retired, taken off. They come about by being used."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from api.problems import LeanedOn
from api.schema import IF_SAME
from api.v1.administration import AdminDoor, etag, refused, require_same
from api.v1.fields import FlagField, StrictSerializer
from api.v1.setup import examples
from api.v1.setup.fields import LineField
from api.v1.setup.words import TAG
from tickets.models import Tag
from tickets.tags import COUNTED, count_tickets, remove_tag, rename_tag, set_offered


class TagShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    is_active = serializers.BooleanField(help_text="Offered; one that is not stays on its tickets.")
    tickets = serializers.IntegerField(source="number", help_text=f"How many have it, counted to {COUNTED}.")


class TagFilter(StrictSerializer):
    """Which tags are wanted."""

    words = LineField(max_length=50, required=False, help_text="In the name.")
    active = serializers.ChoiceField(["true", "false"], required=False, help_text="Offered or retired alone.")


class ChangedTagForm(StrictSerializer):
    """Any of these; what is not named stays as it is."""

    name = LineField(min_length=1, max_length=50, required=False, help_text="One that is there makes the two one.")
    is_active = FlagField(required=False)
    confirmed = FlagField(required=False, help_text="To make two tags one; without, that is a 409.")


class _Tags(AdminDoor):
    def found(self, pk: int) -> Any:
        tag = Tag.objects.filter(pk=pk).first()
        if tag is None:
            raise NotFound
        return _counted([tag])[0]

    def locked(self, request: Request, pk: int) -> Any:
        list(Tag.objects.select_for_update(no_key=True).filter(pk=pk))
        tag = self.found(pk)
        require_same(request.headers.get("If-Match"), tag, _facts(tag))
        return tag

    def answer(self, pk: int) -> Response:
        tag = self.found(pk)
        return Response(self.shaped(tag, TagShape).data, headers={"ETag": etag(tag, _facts(tag))})


class TagList(_Tags):
    order = ("name",)
    parameters = tuple(TagFilter().fields)

    @extend_schema(
        operation_id="listTagSettings",
        summary="List tags as they are set up",
        parameters=[TagFilter],
        responses=TagShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request) -> Response:
        """Also those that are offered no more. For administrators."""
        form = TagFilter(data={name: value for name, value in request.query_params.items() if name in self.parameters})
        form.is_valid(raise_exception=True)
        rows = Tag.objects.all()
        if words := form.validated_data.get("words"):
            rows = rows.filter(name__icontains=words)
        if active := form.validated_data.get("active"):
            rows = rows.filter(is_active=active == "true")
        return self.listing(rows, TagShape)

    def paginate_queryset(self, queryset: Any) -> Any:
        return _counted(super().paginate_queryset(queryset))


class TagDetail(_Tags):
    @extend_schema(operation_id="showTag", summary="Show a tag", responses=TagShape, tags=[TAG])
    def get(self, request: Request, id: int) -> Response:
        """With how many tickets have it."""
        return self.answer(id)

    @extend_schema(
        operation_id="changeTag",
        summary="Rename a tag, make two one, retire one",
        parameters=[IF_SAME],
        request=ChangedTagForm,
        responses=TagShape,
        examples=[examples.TAG],
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """Its tickets follow in the background. The answer is the tag of the new name, which may have another id."""
        tag = self.locked(request, id)
        form = ChangedTagForm(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        if name := values.get("name"):
            _refuse_twin(tag, name, values)
        if "is_active" in values:
            set_offered(tag, is_active=values["is_active"], by=self.person)
        try:
            saved = rename_tag(tag, values.get("name", tag.name), by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return self.answer(saved.pk)

    @extend_schema(
        operation_id="removeTag",
        summary="Take a tag off all its tickets",
        parameters=[IF_SAME],
        responses={204: None},
        tags=[TAG],
    )
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """In the background, each ticket with a line in its history."""
        remove_tag(self.locked(request, id), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


def _refuse_twin(tag: Tag, name: str, values: dict[str, Any]) -> None:
    is_taken = name != tag.name and Tag.objects.filter(name=name).exists()
    if is_taken and values.get("confirmed") is not True:
        raise LeanedOn([_("The two tags become one: “%(name)s” is there already.") % {"name": name}])


def _facts(tag: Tag) -> dict[str, Any]:
    """What somebody changes; how many tickets have it is always another number."""
    return {"name": tag.name, "is_active": tag.is_active}


def _counted(tags: Any) -> Any:
    numbers = count_tickets([tag.name for tag in tags])
    for tag in tags:
        tag.number = numbers[tag.name]
    return tags

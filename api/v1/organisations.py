"""Organisations: finding them, and what agents with the right may say of them."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.customers import change_organisation
from accounts.finding import by_name, organisations_with
from accounts.models import Organisation
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.fields import FlagField, StrictSerializer, TextField
from api.v1.levels.access import refused, require_seen
from api.v1.people_door import LONGEST_NOTES, WORDS, PeopleDoor, answered, found_among
from api.v1.people_shapes import OrganisationShape
from core.text import clean_line
from tickets.people import known_organisations


class OrganisationFactsForm(StrictSerializer):
    name = TextField(min_length=1, max_length=200)
    notes = TextField(max_length=LONGEST_NOTES, allow_blank=True, required=False, help_text="Only agents read them.")
    is_vip = FlagField(required=False)

    def validate_name(self, name: str) -> str:
        return clean_line(name, 200)


class OrganisationList(PeopleDoor):
    parameters = ("q",)

    @extend_schema(
        operation_id="findOrganisations",
        summary="Find organisations",
        parameters=[WORDS],
        responses=OrganisationShape(many=True),
        tags=["People"],
    )
    def get(self, request: Request) -> Response:
        """Those that the token's person knows, by name."""
        words = clean_line(request.query_params.get("q", ""), 100)
        return self.listing(by_name(organisations_with(known_organisations(self.person), words)), OrganisationShape)

    @extend_schema(
        operation_id="addOrganisation",
        summary="Add an organisation",
        parameters=[IDEMPOTENCY_KEY],
        request=OrganisationFactsForm,
        responses={201: OrganisationShape},
        tags=["People"],
    )
    @once
    def post(self, request: Request) -> Response:
        """Needs the right to look after customers."""
        self.require_editor()
        return answered(_saved(self, Organisation()), status.HTTP_201_CREATED)


class OrganisationDetail(PeopleDoor):
    @extend_schema(
        operation_id="showOrganisation", summary="Show an organisation", responses=OrganisationShape, tags=["People"]
    )
    def get(self, request: Request, id: int) -> Response:
        """Of those that the token's person knows."""
        return answered(self.shaped(found_among(known_organisations(self.person), id), OrganisationShape).data)

    @extend_schema(
        operation_id="changeOrganisation",
        summary="Change an organisation",
        parameters=[IF_SAME],
        request=OrganisationFactsForm,
        responses=OrganisationShape,
        tags=["People"],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """Needs the right to look after customers. What is not named stays as it is."""
        known = found_among(known_organisations(self.person), id)
        self.require_editor()
        organisation = Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=known.pk)
        require_seen(request.headers.get("If-Match"), self.shaped(organisation, OrganisationShape).data)
        return answered(_saved(self, organisation))


def _saved(door: Door, organisation: Organisation) -> Any:
    form = OrganisationFactsForm(data=door.request.data, partial=organisation.pk is not None)
    form.is_valid(raise_exception=True)
    for name, value in form.validated_data.items():
        setattr(organisation, name, value)
    try:
        change_organisation(organisation, by=door.person)
    except ValidationError as error:
        raise refused(error) from error
    return door.shaped(organisation, OrganisationShape).data

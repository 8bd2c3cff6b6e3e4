"""People: finding them, and what agents with the right may say of customers."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.customers import FIELDS, CustomerFacts, add_customer, change_customer, customers_of
from accounts.duplicates import NotMergeable
from accounts.finding import by_name, people_with
from accounts.models import User
from api import examples
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.fields import AgentField, FlagField, RowField, StrictSerializer, TextField, find_person
from api.v1.levels.access import refused, require_seen
from api.v1.people_door import LONGEST_NOTES, WORDS, PeopleDoor, answered, found_among
from api.v1.people_shapes import PersonDetailShape, people_shown
from api.v1.shapes import FoundPersonShape
from core.text import clean_line
from tickets.actions.people import merge_people
from tickets.people import known_organisations, known_people

MOST_ADDRESSES = MOST_ORGANISATIONS = 20


class ChosenMembershipForm(StrictSerializer):
    """Which organisation, and whether all of its requests are seen."""

    organisation = RowField(lambda context: known_organisations(context["request"].user), help_text="Name or id.")
    sees_all = FlagField(default=False)


class CustomerForm(StrictSerializer):
    """A customer. What is not named stays as it is."""

    email = serializers.EmailField(max_length=254, help_text="Where mail goes, and the name for signing in.")
    name = TextField(min_length=1, max_length=150)
    further = serializers.ListField(
        child=serializers.EmailField(max_length=254),
        max_length=MOST_ADDRESSES,
        required=False,
        help_text="Other addresses this person writes from; exactly these.",
    )
    phone = TextField(max_length=50, allow_blank=True, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, allow_blank=True, required=False)
    time_zone = TextField(max_length=64, allow_blank=True, required=False, help_text="Such as `Europe/Lisbon`.")
    notes = TextField(max_length=LONGEST_NOTES, allow_blank=True, required=False, help_text="Only agents read them.")
    is_vip = FlagField(required=False)
    organisations = ChosenMembershipForm(
        many=True,
        max_length=MOST_ORGANISATIONS,
        required=False,
        help_text="Exactly these; new requests belong to the first.",
    )

    def validate_name(self, name: str) -> str:
        return clean_line(name, 150)

    def validate_time_zone(self, zone: str) -> str:
        if zone and zone not in available_timezones():
            raise serializers.ValidationError(_("There is nothing with this name or id to choose."))
        return zone

    def facts(self, person: User | None = None) -> CustomerFacts:
        """All that is to be known: what is named here over what there is."""
        said = dict(self.validated_data)
        if (memberships := said.pop("organisations", None)) is not None:
            said["organisations"] = tuple(dict.fromkeys(one["organisation"] for one in memberships))
            said["sees_all"] = frozenset(one["organisation"].pk for one in memberships if one.get("sees_all"))
        if "further" in said:
            said["further"] = tuple(said["further"])
        return CustomerFacts(**{**(_known(person) if person else {}), **said})


class MergePeopleForm(StrictSerializer):
    duplicate = AgentField(help_text="Address or id of the other customer.")


class PersonList(PeopleDoor):
    parameters = ("email", "q")

    @extend_schema(
        operation_id="findPerson",
        summary="Find people",
        parameters=[OpenApiParameter("email", OpenApiTypes.EMAIL, description="The whole address."), WORDS],
        responses=FoundPersonShape(many=True),
        tags=["People"],
    )
    def get(self, request: Request) -> Response:
        """By address one result or none; else those whom the token's person knows, by name. Only agents can ask."""
        wanted = request.query_params.get("email")
        if wanted is None:
            words = clean_line(request.query_params.get("q", ""), 100)
            return self.listing(by_name(people_with(known_people(self.person).active(), words)), FoundPersonShape)
        if "@" not in wanted:
            raise serializers.ValidationError({"email": _("Enter a whole address.")})
        person = find_person(wanted)
        return self.listing(by_name(User.objects.active().filter(pk=person.pk if person else None)), FoundPersonShape)

    @extend_schema(
        operation_id="addPerson",
        summary="Add a customer",
        parameters=[IDEMPOTENCY_KEY],
        request=CustomerForm,
        responses={201: PersonDetailShape},
        examples=[examples.PERSON],
        tags=["People"],
    )
    @once
    def post(self, request: Request) -> Response:
        """Needs the right to look after customers, from a role or as an administrator."""
        self.require_editor()
        form = self.shaped(None, CustomerForm, data=request.data)
        form.is_valid(raise_exception=True)
        try:
            person = add_customer(form.facts(), by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return answered(_shown(self, person), status.HTTP_201_CREATED)


class PersonDetail(PeopleDoor):
    @extend_schema(operation_id="showPerson", summary="Show a person", responses=PersonDetailShape, tags=["People"])
    def get(self, request: Request, id: int) -> Response:
        """Of those whom the token's person knows."""
        return answered(_shown(self, found_among(known_people(self.person), id)))

    @extend_schema(
        operation_id="changePerson",
        summary="Change a customer",
        parameters=[IF_SAME],
        request=CustomerForm,
        responses=PersonDetailShape,
        tags=["People"],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """Needs the right to look after customers. Colleagues are changed in the administration alone."""
        known = found_among(known_people(self.person), id)
        self.require_editor()
        if not customers_of(self.person).filter(pk=known.pk).exists():
            raise PermissionDenied(_("Colleagues are changed in the administration alone."))
        person = User.objects.select_for_update(of=("self",), no_key=True).get(pk=known.pk)
        require_seen(request.headers.get("If-Match"), _shown(self, person))
        form = self.shaped(None, CustomerForm, data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        try:
            person = change_customer(person, form.facts(person), by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return answered(_shown(self, person))


class PersonMerge(PeopleDoor):
    @extend_schema(
        operation_id="mergePeople",
        summary="Make two customers one",
        parameters=[IDEMPOTENCY_KEY],
        request=MergePeopleForm,
        responses={200: PersonDetailShape},
        tags=["People"],
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """Requests, addresses and organisations of the duplicate go over; it signs in no more. Cannot be undone.

        Needs the right to look after customers.
        """
        known = found_among(known_people(self.person), id)
        self.require_editor()
        kept = customers_of(self.person).filter(pk=known.pk).first()
        if kept is None:
            raise PermissionDenied(_("Colleagues are changed in the administration alone."))
        form = MergePeopleForm(data=request.data)
        form.is_valid(raise_exception=True)
        duplicate = customers_of(self.person).filter(pk=form.validated_data["duplicate"].pk).first()
        if duplicate is None:
            raise serializers.ValidationError({"duplicate": _("There is nobody with this address or id to choose.")})
        try:
            merge_people(duplicate, kept, by=self.person, cause=self.cause)
        except NotMergeable as error:
            raise CannotBe(error.text) from error
        return answered(_shown(self, kept))


def _known(person: User) -> dict[str, Any]:
    rows = person.memberships.select_related("organisation").order_by("-is_primary", "organisation__name")
    addresses = person.addresses.order_by("pk").values_list("address", flat=True)
    return {
        **{name: getattr(person, name) for name in FIELDS},
        "email": person.email,
        "further": tuple(address for address in addresses if address != person.email),
        "organisations": tuple(row.organisation for row in rows),
        "sees_all": frozenset(row.organisation_id for row in rows if row.sees_all),
    }


def _shown(door: Door, person: User) -> Any:
    person = people_shown().get(pk=person.pk)
    return door.shaped(person, PersonDetailShape).data

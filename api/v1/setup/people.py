"""Everybody with an account, also colleagues: who they are, their roles, how they get in and how they go."""

from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.administration import FIELDS, PersonFacts, save_person
from accounts.finding import BY_NAME, by_name, people_with
from accounts.invitations import invitation_link
from accounts.leaving import deactivate, sign_out_everywhere
from accounts.models import Membership, Organisation, Role, User
from accounts.roles import set_roles_of
from api.problems import CannotBe, LeanedOn
from api.schema import IF_SAME
from api.v1.administration import CONFIRMED, refused
from api.v1.fields import LARGEST_ID, FlagField, RowField, StrictSerializer, TextField, find_person
from api.v1.setup import examples
from api.v1.setup.fields import LineField
from api.v1.setup.kinds import Kind, KindDoor, Retiring, Values, doors_of
from api.v1.setup.words import TAG
from api.v1.shapes import PersonShape, RowShape
from automation.dependents import dependents
from core.text import clean_line
from tickets.handover import hand_over

MOST_ADDRESSES, MOST_ROLES = 20, 200
STAY, NOBODY, HEIR = "stay", "nobody", "heir"
KINDS = {"agents": "is_agent", "customers": "is_customer", "administrators": "is_administrator"}
WORDS = OpenApiParameter("q", OpenApiTypes.STR, description="Beginnings of words of the name or of an address.")
KIND = OpenApiParameter("kind", OpenApiTypes.STR, enum=sorted(KINDS), description="Only these.")
ACTIVE = OpenApiParameter("active", OpenApiTypes.STR, enum=["true", "false"], description="Only those who are, or not.")


class AccountShape(PersonShape):
    further = serializers.SerializerMethodField(help_text="Other addresses they write from.")
    phone = serializers.CharField()
    language = serializers.CharField()
    time_zone = serializers.CharField()
    is_customer = serializers.BooleanField()
    is_agent = serializers.BooleanField()
    is_administrator = serializers.BooleanField()
    is_active = serializers.BooleanField()
    has_password = serializers.BooleanField(
        source="has_usable_password", help_text="Else `invite/` makes a link to choose one."
    )
    organisation = serializers.SerializerMethodField(help_text="The one they mainly belong to.")
    sees_all = serializers.SerializerMethodField(help_text="All requests of that organisation.")
    roles = serializers.SerializerMethodField(help_text="They count for agents only.")

    def get_further(self, person: User) -> list[str]:
        return sorted(one.address for one in person.addresses.all() if one.address != person.email)

    @extend_schema_field(RowShape(many=True))
    def get_roles(self, person: User) -> Any:
        return RowShape([group.role for group in person.groups.all() if hasattr(group, "role")], many=True).data

    @extend_schema_field(RowShape(allow_null=True))
    def get_organisation(self, person: Any) -> Any:
        return RowShape(person.mainly[0].organisation).data if person.mainly else None

    def get_sees_all(self, person: Any) -> bool:
        return bool(person.mainly and person.mainly[0].sees_all)


class OrganisationField(RowField):
    """An organisation by name or id; asked for alone, as there may be very many."""

    def __init__(self, **options: Any) -> None:
        super().__init__(lambda _context: (), **options)

    def to_internal_value(self, data: Any) -> Organisation:
        found = None
        if isinstance(data, str):
            found = Organisation.objects.filter(name=data).first() if "\0" not in data else None
        elif type(data) is int and 0 < data <= LARGEST_ID:
            found = Organisation.objects.filter(pk=data).first()
        if found is None:
            self.fail("unknown")
        return found


class NewAccountForm(StrictSerializer):
    """Somebody who signs in. Lists are replaced as a whole."""

    email = serializers.EmailField(max_length=254)
    name = LineField(min_length=1, max_length=150)
    further = serializers.ListField(
        child=serializers.EmailField(max_length=254), max_length=MOST_ADDRESSES, required=False
    )
    phone = TextField(max_length=50, allow_blank=True, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, allow_blank=True, required=False)
    time_zone = TextField(max_length=64, allow_blank=True, required=False, help_text="Such as `Europe/Lisbon`.")
    is_customer = FlagField(required=False)
    is_agent = FlagField(required=False)
    is_administrator = FlagField(required=False)
    is_active = FlagField(required=False)
    organisation = OrganisationField(required=False, allow_null=True)
    sees_all = FlagField(required=False)
    roles = serializers.ListField(
        child=RowField(lambda _context: Role.objects.select_related("group")), max_length=MOST_ROLES, required=False
    )

    def validate_time_zone(self, zone: str) -> str:
        if zone and zone not in available_timezones():
            raise serializers.ValidationError(_("There is nothing with this name or id to choose."))
        return zone


class ChangedAccountForm(Retiring, NewAccountForm):
    """Any of these; what is not named stays as it is."""


class LeavingForm(StrictSerializer):
    """What becomes of the open tickets."""

    tickets = serializers.ChoiceField(
        [STAY, NOBODY, HEIR], default=STAY, help_text="They stay, lose their owner, or go to the `heir`."
    )
    heir = serializers.CharField(required=False, help_text="The address of an agent, who gets what he may see.")
    confirmed = FlagField(required=False, help_text="Although others lean on the person; without, that is a 409.")


class InvitationShape(serializers.Serializer):
    link = serializers.URLField(help_text="Where the person chooses a password; told this once.")
    days = serializers.IntegerField(help_text="How long it can be used.")


def _people() -> QuerySet[User]:
    mainly = Membership.objects.filter(is_primary=True).select_related("organisation")
    return User.objects.filter(system_key__isnull=True).prefetch_related(
        "addresses",
        Prefetch("memberships", mainly, to_attr="mainly"),
        Prefetch("groups", Group.objects.order_by("name").select_related("role__group")),
    )


def _known(person: User) -> Values:
    membership = person.memberships.select_related("organisation").filter(is_primary=True).first()
    return {name: getattr(person, name) for name in (*FIELDS, "email")} | {
        "further": tuple(person.addresses.exclude(address=person.email).values_list("address", flat=True)),
        "organisation": membership.organisation if membership else None,
        "sees_all": bool(membership and membership.sees_all),
    }


def _save(person: Any, values: Values, by: User) -> User:
    roles = values.pop("roles", None)
    known = _known(person) if person.pk else {}
    if "further" in values:
        values["further"] = tuple(values["further"])
    saved = save_person(person if person.pk else None, PersonFacts(**{**known, **values}), by=by)
    if roles is not None:
        set_roles_of(saved, roles, by=by)
    return saved


ACCOUNTS = Kind(
    "Account",
    "people with accounts",
    TAG,
    rows=_people,
    order=BY_NAME,
    shape=AccountShape,
    new=NewAccountForm,
    changed=ChangedAccountForm,
    save=_save,
    about="Colleagues and customers. For administrators.",
    about_change="What is not named stays. `deactivate/` also says what becomes of somebody's tickets.",
    examples=[examples.ACCOUNT],
)
_AccountRows, AccountRow = doors_of(ACCOUNTS)


class AccountRows(_AccountRows):  # type: ignore[valid-type, misc]
    parameters = ("q", "kind", "active")

    @extend_schema(
        operation_id="listAccountSettings",
        summary="List people with accounts",
        description=ACCOUNTS.about,
        parameters=[WORDS, KIND, ACTIVE],
        responses=AccountShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request) -> Response:
        asked = request.query_params
        rows = _people()
        if (kind := asked.get("kind")) is not None:
            if kind not in KINDS:
                raise serializers.ValidationError({"kind": [_("There is nothing with this name or id to choose.")]})
            rows = rows.filter(**{KINDS[kind]: True})
        if (active := asked.get("active")) is not None:
            if active not in ("true", "false"):
                raise serializers.ValidationError({"active": [_("There is nothing with this name or id to choose.")]})
            rows = rows.filter(is_active=active == "true")
        return self.listing(by_name(people_with(rows, clean_line(asked.get("q", ""), 100))), AccountShape)


class Invitation(KindDoor):
    kind = ACCOUNTS

    @extend_schema(
        operation_id="inviteAccount",
        summary="Make a link by which somebody chooses a password",
        request=None,
        responses={200: InvitationShape},
        tags=[TAG],
    )
    @transaction.atomic
    def post(self, request: Request, id: int) -> Response:
        """For the first password. Nothing is sent: pass the link on. Who has a password is invited anew on the page."""
        person = self.found(id)
        if not person.is_active or person.has_usable_password():
            raise CannotBe(_("Only somebody who is active and has no password yet can be invited."))
        return Response({"link": invitation_link(person), "days": settings.INVITATION_DAYS})


class SigningOut(KindDoor):
    kind = ACCOUNTS

    @extend_schema(
        operation_id="signOutAccount",
        summary="Sign somebody out everywhere",
        request=None,
        responses={204: None},
        tags=[TAG],
    )
    def post(self, request: Request, id: int) -> Response:
        """Sessions end with their next request; the password stays."""
        sign_out_everywhere(self.found(id), by=self.person)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Leaving(KindDoor):
    kind = ACCOUNTS

    @extend_schema(
        operation_id="deactivateAccount",
        summary="Deactivate somebody",
        parameters=[IF_SAME],
        request=LeavingForm,
        responses={200: AccountShape},
        examples=[examples.LEAVING],
        tags=[TAG],
    )
    @transaction.atomic
    def post(self, request: Request, id: int) -> Response:
        """At once, also for their tokens. Tickets that go to somebody else follow in the background."""
        person, values = self.same(id), self.read(LeavingForm)
        if person.is_active and values.get(CONFIRMED) is not True and (leaning := dependents(person)):
            raise LeanedOn([one.text for one in leaning])
        try:
            deactivate(person, by=self.person)
            if values["tickets"] != STAY:
                hand_over(person, _heir(values), by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return self.answer(person.pk)


def _heir(values: Values) -> User | None:
    if values["tickets"] == NOBODY:
        return None
    heir = find_person(values.get("heir"))
    if heir is None:
        raise ValidationError({"heir": _("Choose who takes the tickets.")})
    return heir

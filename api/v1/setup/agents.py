"""What each agent is given: how much and when, what they know, and while they are away."""

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.finding import BY_NAME, by_name, people_with
from accounts.models import User
from api.schema import IF_SAME
from api.v1.administration import AdminDoor, etag, require_same
from api.v1.fields import AgentField, FlagField, RowField, StrictSerializer
from api.v1.setup import examples
from api.v1.setup.skills import MOST_SKILLS, TAG, ChosenNeededForm, NeededShape, set_levels
from api.v1.shapes import PersonShape, RowShape
from automation.assignment_setup import ABSENCE, PROFILE, AgentWork, save_agent_work
from automation.models import AgentProfile, AgentSkill, WhenAway
from core.text import clean_line
from sla.models import Calendar

WORDS = OpenApiParameter("q", OpenApiTypes.STR, description="Beginnings of words of the name or of an address.")


class SubstituteField(AgentField):
    """An agent by address or id."""

    def to_internal_value(self, data: Any) -> User:
        person = super().to_internal_value(data)
        if not person.is_agent:
            self.fail("unknown")
        return person


class ChangedAgentForm(StrictSerializer):
    """Any of these; what is not named stays as it is."""

    limit = serializers.IntegerField(
        min_value=0, max_value=10_000, required=False, allow_null=True, help_text="Points of work; null: no limit."
    )
    calendar = RowField(
        lambda _context: Calendar.objects.all(), required=False, allow_null=True, help_text="Working hours."
    )
    is_available = FlagField(required=False, help_text="Takes new tickets.")
    when_away = serializers.ChoiceField(WhenAway.choices, required=False, help_text="What open tickets do meanwhile.")
    away_from = serializers.DateField(required=False, allow_null=True)
    away_until = serializers.DateField(required=False, allow_null=True, help_text="null: nobody knows.")
    substitute = SubstituteField(required=False, allow_null=True)
    skills = ChosenNeededForm(many=True, required=False, max_length=MOST_SKILLS, help_text="Exactly these.")


class AgentShape(PersonShape):
    limit = serializers.IntegerField(source="profile.limit", allow_null=True)
    calendar = RowShape(source="profile.calendar", allow_null=True)
    is_available = serializers.BooleanField(source="profile.is_available")
    when_away = serializers.ChoiceField(WhenAway.choices, source="profile.when_away")
    away_from = serializers.DateField(allow_null=True)
    away_until = serializers.DateField(allow_null=True)
    substitute = PersonShape(allow_null=True)
    skills = NeededShape(many=True, source="known")


class _Agents(AdminDoor):
    def as_shown(self, pk: int) -> tuple[User, Any]:
        person = _agents().filter(pk=pk).first()
        if person is None:
            raise NotFound
        return person, self.shaped(_completed([person])[0], AgentShape).data

    def answer(self, pk: int) -> Response:
        person, shown = self.as_shown(pk)
        return Response(shown, headers={"ETag": etag(person, shown)})


class AgentList(_Agents):
    order = BY_NAME
    parameters = ("q",)

    @extend_schema(
        operation_id="listAgents",
        summary="List agents",
        parameters=[WORDS],
        responses=AgentShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request) -> Response:
        """With what they are given, what they know, and when they are away. For administrators."""
        words = clean_line(request.query_params.get("q", ""), 100)
        return self.listing(by_name(people_with(_agents(), words)), AgentShape)

    def paginate_queryset(self, queryset: Any) -> Any:
        return _completed(super().paginate_queryset(queryset))


class AgentDetail(_Agents):
    @extend_schema(operation_id="showAgent", summary="Show an agent", responses=AgentShape, tags=[TAG])
    def get(self, request: Request, id: int) -> Response:
        """What the agent is given. Names, addresses and roles: `setup/people/`."""
        return self.answer(id)

    @extend_schema(
        operation_id="changeAgent",
        summary="Change what an agent is given",
        parameters=[IF_SAME],
        request=ChangedAgentForm,
        responses=AgentShape,
        examples=[examples.AGENT],
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """What is not named stays; `skills` are replaced as a whole."""
        list(User.objects.select_for_update(of=("self",), no_key=True).filter(pk=id))
        person, shown = self.as_shown(id)
        require_same(request.headers.get("If-Match"), person, shown)
        form = self.shaped(None, ChangedAgentForm, data=request.data)
        form.is_valid(raise_exception=True)
        values = dict(form.validated_data)
        skills = values.pop("skills", None)
        if values:
            save_agent_work(person, _work(person, values), by=self.person)
        if skills is not None:
            present = {
                (person.pk, skill): level
                for skill, level in AgentSkill.objects.filter(user=person).values_list("skill", "level")
            }
            set_levels(present, {(person.pk, one["skill"].pk): one["level"] for one in skills}, by=self.person)
        return self.answer(id)


def _agents() -> QuerySet[User]:
    levels = AgentSkill.objects.select_related("skill").order_by("skill__language", "skill__name")
    near = User.objects.agents().select_related("substitute")
    return near.prefetch_related(Prefetch("skills", levels, to_attr="known"))


def _completed(people: list[User]) -> list[User]:
    """With their profiles, also where there is none yet."""
    profiles = AgentProfile.objects.select_related("calendar").in_bulk([person.pk for person in people])
    for person in people:
        person.profile = profiles.get(person.pk) or AgentProfile(user=person)  # type: ignore[attr-defined]
    return people


def _work(person: Any, values: dict[str, Any]) -> AgentWork:
    """What is named over what there is. Raises `ValidationError` for days that cannot be."""
    there = {name: getattr(person.profile, name) for name in PROFILE}
    there |= {name: getattr(person, name) for name in ABSENCE}
    work = AgentWork(**{**there, **values})
    if work.substitute and work.substitute.pk == person.pk:
        raise serializers.ValidationError({"substitute": [_("There is nobody with this address or id to choose.")]})
    if work.away_until and not work.away_from:
        raise serializers.ValidationError({"away_from": [_("Say from which day on they are away.")]})
    if work.away_from and work.away_until and work.away_until < work.away_from:
        raise serializers.ValidationError({"away_until": [_("The last day cannot be before the first one.")]})
    return work

"""Skills and who has them, which tickets need them, and how many points of work a ticket counts."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.audit import remove_audited
from accounts.models import User
from api.problems import PreconditionFailed
from api.schema import IF_SAME
from api.v1.administration import AdminDoor
from api.v1.automation.placing import move_to
from api.v1.fields import FlagField, RowField, StrictSerializer
from api.v1.levels.access import fingerprint, require_seen
from api.v1.levels.forms import ConditionField
from api.v1.setup import examples
from api.v1.setup.fields import AnyAgentField, LineField
from api.v1.setup.kinds import Changing, Kind, Values, doors_of, put
from api.v1.shapes import PersonShape, RowShape
from automation.assignment_setup import (
    LevelsChanged,
    change_levels,
    move_skill_rule,
    remove_skill,
    save_skill,
    save_skill_rule,
    save_weights,
)
from automation.candidates import weights
from automation.models import AgentSkill, Skill, SkillRule
from automation.models.assignment import HIGHEST_LEVEL, LOWEST_LEVEL
from tickets.models import Priority

TAG = "Automation"
HEAVIEST = 100
MOST_AGENTS, MOST_SKILLS = 2_000, 200


def level_field() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=LOWEST_LEVEL, max_value=HIGHEST_LEVEL, help_text="From 1 to 5.")


def skills_of(context: Values) -> list[Skill]:
    """Read once for all of a list."""
    if "all_skills" not in context:
        context["all_skills"] = list(Skill.objects.all())
    return context["all_skills"]


class ChosenAgentLevelForm(StrictSerializer):
    """How well an agent knows it."""

    person = AnyAgentField()
    level = level_field()


class AgentLevelShape(serializers.Serializer):
    person = PersonShape(source="user")
    level = serializers.IntegerField()


class SkillShape(RowShape):
    language = serializers.CharField(help_text="The language that it is: tickets in it need it anyway; empty: none.")
    is_active = serializers.BooleanField(help_text="One that is not is needed by no ticket.")
    agents = AgentLevelShape(many=True, source="levels", help_text="Who has it, at which level.")


class NewSkillForm(StrictSerializer):
    """Something that a ticket may need and agents know."""

    name = LineField(min_length=1, max_length=60)
    language = serializers.ChoiceField(settings.LANGUAGES, allow_blank=True, required=False)
    is_active = FlagField(required=False)
    agents = ChosenAgentLevelForm(many=True, required=False, max_length=MOST_AGENTS, help_text="Exactly these have it.")

    def validate_agents(self, agents: list[Values]) -> dict[int, int]:
        return {one["person"].pk: one["level"] for one in agents}


class ChangedSkillForm(Changing, NewSkillForm):
    """Any of these; what is not named stays as it is."""


def _skills() -> QuerySet[Skill]:
    levels = AgentSkill.objects.select_related("user").order_by("user__name", "user_id")
    return Skill.objects.prefetch_related(Prefetch("agents", levels, to_attr="levels"))


def _save_skill(skill: Any, values: Values, by: User) -> Skill:
    levels: Mapping[int, int] | None = values.pop("agents", None)
    put(skill, values)
    save_skill(skill, by=by)
    if levels is not None:
        present = {
            (user, skill.pk): level
            for user, level in AgentSkill.objects.filter(skill=skill).values_list("user", "level")
        }
        set_levels(present, {(user, skill.pk): level for user, level in levels.items()}, by=by)
    return skill


def set_levels(present: Mapping[tuple[int, int], int], wanted: Mapping[tuple[int, int], int], *, by: User) -> None:
    """Exactly the wanted ones, of agent and skill, in place of those that were just read."""
    try:
        change_levels({**dict.fromkeys(present, 0), **wanted}, shown=present, by=by)
    except LevelsChanged as error:
        raise PreconditionFailed(_("Somebody has changed this meanwhile.")) from error


SkillRows, SkillRow = doors_of(
    Kind(
        "Skill",
        "skills",
        TAG,
        rows=_skills,
        order=("name", "id"),
        shape=SkillShape,
        new=NewSkillForm,
        changed=ChangedSkillForm,
        save=_save_skill,
        about="With the agents who have them, also those that are out of use. For administrators.",
        about_change="What is not named stays; `agents` are replaced as a whole.",
        examples=[examples.SKILL],
        remove=lambda skill, by: remove_skill(skill, by=by),
        about_removal="Nobody has it any more, and no ticket needs it.",
    )
)


class ChosenNeededForm(StrictSerializer):
    """A skill, and the level at least."""

    skill = RowField(skills_of)
    level = level_field()


class NeededShape(serializers.Serializer):
    skill = RowShape()
    level = serializers.IntegerField()


class SkillRuleShape(RowShape):
    position = serializers.IntegerField(help_text="Of several rules the first decides on the level of a skill.")
    condition = serializers.DictField(help_text="Tickets for which it holds need these skills.")
    skills = serializers.SerializerMethodField()
    is_active = serializers.BooleanField()

    @extend_schema_field(NeededShape(many=True))
    def get_skills(self, rule: SkillRule) -> Any:
        known = {str(skill.pk): skill for skill in skills_of(self.context)}
        needed = [{"skill": known[key], "level": level} for key, level in rule.wants.items() if key in known]
        return NeededShape(needed, many=True).data


class NewSkillRuleForm(StrictSerializer):
    """Which tickets need which skills."""

    name = LineField(min_length=1, max_length=100)
    condition = ConditionField(required=False, help_text="As of views; left out: all tickets.")
    skills = ChosenNeededForm(many=True, min_length=1, max_length=MOST_SKILLS, help_text="Exactly these.")
    is_active = FlagField(required=False)

    def validate_skills(self, needed: list[Values]) -> dict[str, int]:
        return {str(one["skill"].pk): one["level"] for one in needed}


class ChangedSkillRuleForm(Changing, NewSkillRuleForm):
    """Any of these; what is not named stays as it is."""

    position = serializers.IntegerField(min_value=1, max_value=1_000, help_text="Its place, from 1; others follow.")


def _save_rule(rule: Any, values: Values, by: User) -> SkillRule:
    place, wants = values.pop("position", None), values.pop("skills", None)
    if wants is not None:
        rule.wants = wants
    if rule.pk is None:
        values.setdefault("condition", {"all": []})
    put(rule, values)
    save_skill_rule(rule, by=by)
    if place is not None:
        move_to(rule, place, move_skill_rule, by=by)
    return rule


SkillRuleRows, SkillRuleRow = doors_of(
    Kind(
        "SkillRule",
        "requirements of skills",
        TAG,
        rows=SkillRule.objects.all,
        order=("position", "name", "id"),
        shape=SkillRuleShape,
        new=NewSkillRuleForm,
        changed=ChangedSkillRuleForm,
        save=_save_rule,
        about="Which tickets need which skills, in their order. For administrators.",
        about_change="What is not named stays; `skills` are replaced as a whole.",
        examples=[examples.SKILL_RULE],
        remove=lambda rule, by: remove_audited(rule, by=by),
        about_removal="Tickets need by it no skill any more.",
    )
)


class ChosenPointsForm(StrictSerializer):
    """How much a ticket of this priority weighs."""

    priority = RowField(lambda _context: Priority.objects.all())
    points = serializers.IntegerField(min_value=0, max_value=HEAVIEST)


class ChangedPointsForm(StrictSerializer):
    """Priorities that are not named keep what they have."""

    points = ChosenPointsForm(many=True, min_length=1, max_length=HEAVIEST)


class PointsShape(serializers.Serializer):
    priority = RowShape()
    points = serializers.IntegerField(help_text="Points of work that an open ticket counts.")


class WorkPoints(AdminDoor):
    pagination_class = None

    @extend_schema(
        operation_id="listWorkPoints",
        summary="Show how much tickets weigh",
        responses=PointsShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request) -> Response:
        """Points of work by priority, against which the limits of agents and queues count. For administrators."""
        return self.answer()

    @extend_schema(
        operation_id="changeWorkPoints",
        summary="Change how much tickets weigh",
        parameters=[IF_SAME],
        request=ChangedPointsForm,
        responses={200: PointsShape(many=True)},
        examples=[examples.POINTS],
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """Of the priorities that are named."""
        list(Priority.objects.select_for_update(no_key=True).order_by("pk"))
        require_seen(request.headers.get("If-Match"), self.as_shown())
        form = self.shaped(None, ChangedPointsForm, data=request.data)
        form.is_valid(raise_exception=True)
        save_weights({one["priority"].pk: one["points"] for one in form.validated_data["points"]}, by=self.person)
        return self.answer()

    def as_shown(self) -> Any:
        present = weights()
        rows: Iterable[Priority] = Priority.objects.active()
        told = [{"priority": one, "points": present.get(one.pk, 1)} for one in rows]
        return self.shaped(told, PointsShape, many=True).data

    def answer(self) -> Response:
        shown = self.as_shown()
        return Response(shown, headers={"ETag": fingerprint(shown)})

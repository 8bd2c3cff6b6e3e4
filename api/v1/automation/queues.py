"""How queues give their tickets to agents, and whether their customers are asked how satisfied they are."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from accounts.models import Role, User
from api import examples
from api.v1.fields import FlagField, RowField, StrictSerializer
from api.v1.kinds import Values, put
from api.v1.parts import Part, list_of_parts, nearest, part_of
from api.v1.shapes import RowShape
from automation.assignment_setup import inherit_assignment, save_queue_assignment
from automation.models import Content, Method, QueueAssignment, SurveyRule
from automation.survey_rules import drop_rule, save_rule

SOURCE = "The queue that says so, itself or one above; null: nobody, and all is as usual."


def _roles(_context: dict[str, Any]) -> Iterable[Role]:
    return Role.objects.select_related("group")


def _contents(_context: dict[str, Any]) -> Iterable[Content]:
    return Content.objects.filter(is_active=True)


class ChangedQueueAssignmentForm(StrictSerializer):
    """Any of these."""

    method = serializers.ChoiceField(Method.choices, required=False, help_text="Who gets a ticket that nobody has.")
    role = RowField(_roles, required=False, allow_null=True, help_text="Only its members; null: everybody.")
    by_skills = FlagField(required=False, help_text="Only agents with the skills that the ticket needs.")
    sticky_days = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, help_text="First the customer's last agent; 0: never."
    )
    limit = serializers.IntegerField(
        min_value=0, max_value=10_000, required=False, allow_null=True, help_text="Points of work per agent here."
    )


class QueueAssignmentShape(serializers.Serializer):
    queue = RowShape()
    source = RowShape(allow_null=True, help_text=SOURCE)
    method = serializers.ChoiceField(Method.choices, source="row.method")
    role = RowShape(source="row.role", allow_null=True)
    by_skills = serializers.BooleanField(source="row.by_skills")
    sticky_days = serializers.IntegerField(source="row.sticky_days")
    limit = serializers.IntegerField(source="row.limit", allow_null=True)


class ChangedQueueSurveyForm(StrictSerializer):
    """Any of these."""

    is_on = FlagField(required=False, help_text="Customers are asked.")
    delay = serializers.IntegerField(min_value=0, max_value=24 * 90, required=False, help_text="Hours after closing.")
    pause = serializers.IntegerField(
        min_value=0, max_value=3650, required=False, help_text="Days until the same customer is asked again."
    )
    valid = serializers.IntegerField(
        min_value=1, max_value=365, required=False, help_text="Days in which an answer counts."
    )
    needs_answer = FlagField(required=False, help_text="Only when an agent has answered.")
    unless_customer_closed = FlagField(required=False, help_text="Not when the customer has closed it himself.")
    text = RowField(_contents, required=False, allow_null=True, help_text="The words; null: the stock text.")


class QueueSurveyShape(serializers.Serializer):
    queue = RowShape()
    source = RowShape(allow_null=True, help_text=SOURCE)
    is_on = serializers.BooleanField(source="row.is_on")
    delay = serializers.IntegerField(source="row.delay")
    pause = serializers.IntegerField(source="row.pause")
    valid = serializers.IntegerField(source="row.valid")
    needs_answer = serializers.BooleanField(source="row.needs_answer")
    unless_customer_closed = serializers.BooleanField(source="row.unless_customer_closed")
    text = RowShape(source="row.text", allow_null=True)


def _save_assignment(row: QueueAssignment, values: Values, by: User) -> None:
    put(row, values)
    save_queue_assignment(row, by=by)


def _save_survey(rule: SurveyRule, values: Values, by: User) -> None:
    put(rule, values)
    rule.clean_fields(exclude=["queue"])
    save_rule(rule, by=by)


ASSIGNMENT = Part(
    name="QueueAssignment",
    many="QueueAssignments",
    words="the assignment",
    tag="Automation",
    model=QueueAssignment,
    shape=QueueAssignmentShape,
    form=ChangedQueueAssignmentForm,
    holding=nearest(QueueAssignment, "role__group"),
    save=_save_assignment,
    drop=lambda row, by: inherit_assignment(row.queue, by=by),
    about="How it gives tickets to agents. For administrators.",
    examples=[examples.ASSIGNMENT],
)
SURVEYS = Part(
    name="QueueSurvey",
    many="QueueSurveys",
    words="the survey",
    tag="Automation",
    model=SurveyRule,
    shape=QueueSurveyShape,
    form=ChangedQueueSurveyForm,
    holding=nearest(SurveyRule, "text"),
    save=_save_survey,
    drop=lambda row, by: drop_rule(row, by=by),
    about="Whether and when customers are asked how satisfied they are. For administrators.",
    examples=[examples.SURVEY],
)
QueueAssignmentList, QueueAssignmentDetail = list_of_parts(ASSIGNMENT), part_of(ASSIGNMENT)
QueueSurveyList, QueueSurveyDetail = list_of_parts(SURVEYS), part_of(SURVEYS)

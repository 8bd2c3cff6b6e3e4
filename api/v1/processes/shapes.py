"""How processes, their runs and what they wait for are shown."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.clock import now
from processes import forms
from processes.asking import facts_of
from processes.models import Decision, Run, Task
from processes.plans import plan_of
from processes.queries import view_of
from processes.words import in_language, name_of


class ProcessShape(serializers.Serializer):
    key = serializers.CharField(help_text="By which it is started; never changes.")
    name = serializers.CharField(source="shown_name")
    description = serializers.CharField()
    version = serializers.IntegerField(source="active.number", help_text="The one that new runs get.")


class StepShape(serializers.Serializer):
    id = serializers.CharField(
        help_text="Of the element in the drawing; behind the key of the process it was called in."
    )
    name = serializers.CharField()
    state = serializers.ChoiceField([(word, word) for word in ("done", "now", "next", "stuck")])
    at = serializers.DateTimeField(allow_null=True)
    who = serializers.CharField(help_text="Who has done it, or whom it waits for.")


class RunShape(serializers.Serializer):
    id = serializers.IntegerField()
    process = serializers.CharField(source="version.process.key")
    name = serializers.CharField(source="version.process.shown_name")
    version = serializers.IntegerField(source="version.number")
    state = serializers.ChoiceField(Run.State.choices)
    problem = serializers.SerializerMethodField(help_text="Why it is stuck; empty when it is not.")
    awaits = serializers.ListField(child=serializers.CharField(), help_text="Names of messages it waits for.")
    steps = serializers.SerializerMethodField()
    started_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_problem(self, run: Run) -> str:
        return view_of(run).problem

    @extend_schema_field(StepShape(many=True))
    def get_steps(self, run: Run) -> Any:
        return StepShape(view_of(run).steps, many=True).data


class FormFieldShape(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    help = serializers.CharField()
    kind = serializers.CharField(source="field.kind")
    options = serializers.ListField(source="field.options", child=serializers.CharField())
    required = serializers.BooleanField()
    readonly = serializers.BooleanField()
    shown_when = serializers.JSONField(allow_null=True, help_text="A condition about the fields above it.")
    value = serializers.JSONField(allow_null=True, help_text="What stands in it: of the draft, else of the ticket.")


class TaskShape(serializers.Serializer):
    id = serializers.IntegerField()
    ticket = serializers.CharField(source="ticket.number")
    process = serializers.CharField(source="run.version.process.key")
    step = serializers.CharField(source="element")
    name = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(Task.Kind.choices)
    state = serializers.ChoiceField(Task.State.choices)
    due_at = serializers.DateTimeField(allow_null=True)
    is_overdue = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    text = serializers.SerializerMethodField()
    form = serializers.SerializerMethodField()

    def get_name(self, task: Task) -> str:
        return name_of(plan_of(task.run).places[task.element].element)

    def get_is_overdue(self, task: Task) -> bool:
        return task.due_at is not None and task.due_at < now()

    def get_text(self, task: Task) -> str:
        return in_language(plan_of(task.run).places[task.element].element.settings.get("text"))

    @extend_schema_field(FormFieldShape(many=True))
    def get_form(self, task: Task) -> Any:
        return FormFieldShape(forms.form_of(task).entries, many=True).data


class FactShape(serializers.Serializer):
    label = serializers.CharField()
    value = serializers.CharField()


class ApprovalShape(serializers.Serializer):
    id = serializers.IntegerField()
    ticket = serializers.CharField(source="task.ticket.number")
    title = serializers.CharField(source="task.ticket.title")
    process = serializers.CharField(source="task.run.version.process.key")
    name = serializers.SerializerMethodField()
    facts = serializers.SerializerMethodField(help_text="What the drawing shows to approvers.")
    due_at = serializers.DateTimeField(source="task.due_at", allow_null=True)
    answer = serializers.CharField(help_text="Empty while it is asked for.")

    def get_name(self, decision: Decision) -> str:
        return name_of(plan_of(decision.task.run).places[decision.task.element].element)

    @extend_schema_field(FactShape(many=True))
    def get_facts(self, decision: Decision) -> Any:
        return [{"label": label, "value": value} for label, value in facts_of(decision)]

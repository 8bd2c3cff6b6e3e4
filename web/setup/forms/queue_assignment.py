"""How a queue gives its tickets, as a part of its page."""

from typing import Any

from django.forms import BooleanField, ChoiceField, Form, IntegerField, ModelChoiceField, NumberInput
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audit import Stale, refuse_stale, seen_of
from accounts.models import Role, User
from automation.assignment_setup import inherit_assignment, save_queue_assignment
from automation.candidates import setting_of
from automation.models import Method, QueueAssignment
from tickets.models import Queue
from web.setup.forms.beside import seen_beside
from web.setup.forms.problems import Problem

PREFIX = "assignment"
NUMBER = NumberInput(attrs={"inputmode": "numeric"})


class QueueAssignmentForm(Form):
    method = ChoiceField(label=_("Who gets a ticket that nobody has"), required=False)
    role = ModelChoiceField(Role.objects.none(), label=_("Only members of"), required=False)
    limit = IntegerField(
        label=_("Most per agent in this queue"),
        required=False,
        min_value=0,
        max_value=10_000,
        widget=NUMBER,
        help_text=_("In points of work: a ticket counts one, or what its priority says."),
    )
    sticky_days = IntegerField(
        label=_("First the customer's last agent"),
        required=False,
        min_value=0,
        max_value=3650,
        widget=NUMBER,
        help_text=_("For so many days after anything happened on the last ticket. Empty: never."),
    )
    by_skills = BooleanField(
        label=_("Only agents with the skills that the ticket needs"),
        required=False,
        help_text=_("Counts in guided mode, too, however tickets are given."),
    )

    def __init__(self, data: QueryDict | None, *, row: QueueAssignment | None, above: str, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _written(row))
        super().__init__(data, prefix=PREFIX, label_suffix="", **kwargs)
        self.fields["method"].choices = [("", above), *Method.choices]
        self.fields["role"].queryset = Role.objects.select_related("group").order_by("group__name")
        self.fields["role"].empty_label = gettext("Everybody who sees the queue")

    def clean_sticky_days(self) -> int:
        return self.cleaned_data["sticky_days"] or 0


class AssignmentPanel:
    """The form of the panel (web/setup/panels.py). `seen` goes with it, as the policy is a row of its own."""

    def __init__(self, queue: Queue, data: QueryDict | None, *, is_typed: bool = False) -> None:
        self.queue = queue
        self.is_sent = data is not None and f"{PREFIX}-seen" in data
        self.row: QueueAssignment | None = getattr(queue, "assignment", None) if queue.pk else None
        self._posted_seen = data.get(f"{PREFIX}-seen", "") if data is not None and self.is_sent else None
        typed = {"initial": _typed(data)} if is_typed and self.is_sent and data is not None else {}
        bound = data if self.is_sent and not is_typed else None
        self.form = QueueAssignmentForm(bound, row=self.row, above=_above(queue), **typed)

    @classmethod
    def of_queue(cls, queue: Queue, data: QueryDict | None) -> "AssignmentPanel":
        return cls(queue, data)

    @classmethod
    def typed(cls, queue: Queue, data: QueryDict) -> "AssignmentPanel":
        return cls(queue, data, is_typed=True)

    @property
    def forms(self) -> list[Form]:
        return [self.form]

    @property
    def seen(self) -> str:
        """What the page has seen of the policy; a new mark comes with a refusal alone."""
        if self._posted_seen is not None:
            return self._posted_seen
        return seen_beside(self.queue, QueueAssignment)

    def is_valid(self) -> bool:
        return not self.is_sent or self.form.is_valid()

    def problems(self) -> list[Problem]:
        return []

    def save(self, queue: Queue, *, by: User) -> None:
        """Raises `Stale`, when somebody else has changed the policy meanwhile."""
        if not self.is_sent:
            return
        row = self.row or QueueAssignment(queue=queue)
        try:
            refuse_stale(row, seen=int(self.seen) if self.seen.isdecimal() and len(self.seen) < 19 else None)
        except Stale:
            self._posted_seen = str(seen_of(row))
            raise
        facts = self.form.cleaned_data
        if not facts["method"]:
            inherit_assignment(queue, by=by)
            return
        for name, value in facts.items():
            setattr(row, name, value)
        save_queue_assignment(row, by=by)


def save_assignment(panel: AssignmentPanel, queue: Queue, *, by: User) -> None:
    panel.save(queue, by=by)


def _above(queue: Queue) -> str:
    """What counts as long as the queue says nothing itself."""
    row = setting_of(queue.parent.line) if queue.parent else None
    if row is None:
        return gettext("Nothing is said here: agents take or get tickets by hand")
    return gettext("%(value)s, from %(queue)s") % {"value": row.get_method_display(), "queue": row.queue.place}


def _written(row: QueueAssignment | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "method": row.method,
        "role": row.role_id,
        "limit": row.limit,
        "sticky_days": row.sticky_days or None,
        "by_skills": row.by_skills,
    }


def _typed(data: QueryDict) -> dict[str, Any]:
    texts = {name: data.get(f"{PREFIX}-{name}", "") for name in ("method", "role", "limit", "sticky_days")}
    return {**texts, "by_skills": f"{PREFIX}-by_skills" in data}

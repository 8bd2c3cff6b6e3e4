"""What a run waits for people to do: forms to fill in, things to do by hand, approvals to give."""

from collections.abc import Sequence
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Role, User
from core.clock import now
from processes.models.run import Run
from tickets.models import Ticket


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> Self:
        return self.filter(state=Task.State.OPEN)

    def of_agent(self, user: User) -> Self:
        """Open tasks that an agent may do: his own, those of his roles, and those of whoever works the ticket, each
        only where he may read the ticket; with "write" on the ticket all but approvals and the customer's."""
        readable = Ticket.objects.allowing(user, "read").values("pk")
        writable = Ticket.objects.allowing(user, "write").values("pk")
        mine = (
            Q(user=user)
            | Q(role__group__in=user.groups.values("pk"))
            | Q(audience=Task.Audience.OWNER, ticket__owner=user)
        )
        own = Q(mine, ticket__in=readable)
        return (
            self.open()
            .filter(own | Q(ticket__in=writable))
            .exclude(Q(audience=Task.Audience.CUSTOMER) | Q(kind=Task.Kind.APPROVAL))
        )

    def of_customer(self, user: User) -> Self:
        """Open tasks that are this customer's to do in the portal."""
        theirs = Ticket.objects.of_customer(user).filter(customer=user).values("pk")
        return self.open().filter(audience=Task.Audience.CUSTOMER, ticket__in=theirs).exclude(kind=Task.Kind.APPROVAL)

    def for_page(self) -> Self:
        return self.select_related("run__version__process", "ticket__queue", "ticket__customer", "user", "role")


class Task(models.Model):
    class Kind(models.TextChoices):
        FORM = "form", pgettext_lazy("task", "form")
        MANUAL = "manual", pgettext_lazy("task", "by hand")
        APPROVAL = "approval", pgettext_lazy("task", "approval")

    class Audience(models.TextChoices):
        AGENT = "agent", _("an agent")
        ROLE = "role", _("a role")
        QUEUE = "queue", _("everybody who works the queue")
        OWNER = "owner", _("the owner of the ticket")
        CUSTOMER = "customer", _("the customer")
        APPROVERS = "approvers", _("approvers")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("task", "open")
        DONE = "done", pgettext_lazy("task", "done")
        CANCELLED = "cancelled", pgettext_lazy("task", "no longer needed")

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="tasks")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="process_tasks")
    element = models.CharField(max_length=100)
    instance = models.UUIDField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    audience = models.CharField(max_length=9, choices=Audience.choices)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="process_tasks")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=State.choices, default=State.OPEN)
    due_at = models.DateTimeField(null=True, blank=True)
    # What has been filled in so far but not handed in, by field key.
    draft = models.JSONField(default=dict, blank=True)
    # Of an approval: "approved" or "declined" once it is over.
    outcome = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField(default=now)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["run", "instance"], name="one_task_per_token")]
        indexes: ClassVar = [
            models.Index(fields=["ticket"], name="task_open_of_ticket", condition=Q(state="open")),
            models.Index(fields=["user", "due_at"], name="task_open_of_user", condition=Q(state="open")),
            models.Index(fields=["role", "due_at"], name="task_open_of_role", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.element} of run {self.run_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN

    def close(self, by: User) -> None:
        """It is done, by this person."""
        self.state, self.done_by, self.done_at, self.draft = self.State.DONE, by, now(), {}
        self.save(update_fields=["state", "done_by", "done_at", "draft"])


class DecisionQuerySet(models.QuerySet["Decision"]):
    def waiting(self) -> Self:
        """Those that are asked for now."""
        return self.filter(answer="", task__state=Task.State.OPEN)

    def of(self, user: User) -> Self:
        """What this person is asked to decide, whether agent or customer: being asked is the right to it."""
        return self.waiting().filter(approver=user)

    def for_page(self) -> Self:
        return self.select_related(
            "task__run__version__process", "task__ticket__queue", "task__ticket__customer", "approver"
        )


class Decision(models.Model):
    """One approver of an approval, and what he says. The row of somebody who has delegated it answers "delegated"."""

    class Answer(models.TextChoices):
        APPROVED = "approved", pgettext_lazy("decision", "approved")
        DECLINED = "declined", pgettext_lazy("decision", "declined")
        DELEGATED = "delegated", pgettext_lazy("decision", "passed on")
        GONE = "gone", pgettext_lazy("decision", "not asked any more")

        @classmethod
        def uncounted(cls) -> Sequence[str]:
            """Of those who are asked no more."""
            return [cls.DELEGATED.value, cls.GONE.value]

    task = models.ForeignKey(Task, on_delete=models.CASCADE, related_name="decisions")
    approver = models.ForeignKey(User, on_delete=models.PROTECT, related_name="process_decisions")
    answer = models.CharField(max_length=9, choices=Answer.choices, blank=True)
    comment = models.TextField(max_length=2000, blank=True)
    delegated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Who clicked, where that was not the approver's own session: "desk", "portal", "link", "mail", "api".
    way = models.CharField(max_length=10, blank=True)
    asked_at = models.DateTimeField(default=now)
    reminded_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["task", "approver"], name="one_decision_per_person")]
        indexes: ClassVar = [
            models.Index(fields=["approver"], name="decision_waiting", condition=Q(answer="")),
        ]

    def __str__(self) -> str:
        return f"{self.approver_id} on {self.task_id}"

"""What people do with tasks: hand in, keep a draft, take over."""

from collections.abc import Mapping
from typing import Any

from accounts.models import User
from processes import forms, sentences
from processes.models import Task
from processes.moving import Mover, moving
from processes.refusals import Refused
from tickets.actions.fields import set_custom_fields
from tickets.events import Cause


def complete(task: Task, answers: Mapping[str, Any], *, by: User, cause: Cause | None = None) -> Task:
    """The form is handed in, or what is done by hand is done; the process moves on.

    Raises `ValidationError` by field, and `Refused` when somebody has done it already.
    """
    with moving(task.run) as mover:
        row = _open_task(task, mover)
        if row.kind == Task.Kind.APPROVAL:
            raise Refused("approval")
        values = forms.check(forms.form_of(row), answers, mover.ticket)
        if values:
            set_custom_fields(mover.ticket, values, by=by, cause=cause)
            mover.changed()
        place = mover.engine.plan.places[row.element]
        mover.run.event = mover.record(sentences.DONE, by=by, cause=cause, step=mover.step(place))
        row.close(by)
        if not mover.finish_work(row.instance, row.element, "done"):
            raise Refused("over")
        mover.go()
        return row


def save_draft(task: Task, answers: Mapping[str, Any], *, by: User) -> Task:
    """Keep what has been filled in so far, wrong answers too; nobody else's draft is kept beside it.

    Raises `Refused` when somebody has done it already.
    """
    with moving(task.run) as mover:
        row = _open_task(task, mover)
        row.draft = forms.kept(forms.form_of(row), answers)
        row.save(update_fields=["draft"])
        return row


def take(task: Task, *, by: User, cause: Cause | None = None) -> Task:
    """An agent makes the task of many his own. Raises `Refused` when it is over, or not for agents."""
    with moving(task.run) as mover:
        row = _open_task(task, mover)
        if row.kind == Task.Kind.APPROVAL or row.audience == Task.Audience.CUSTOMER:
            raise Refused("person")
        if row.user_id == by.pk:
            return row
        row.audience, row.user, row.role = Task.Audience.AGENT, by, None
        row.save(update_fields=["audience", "user", "role"])
        place = mover.engine.plan.places[row.element]
        mover.record(sentences.TAKEN, by=by, cause=cause, step=mover.step(place))
        return row


def _open_task(task: Task, mover: Mover) -> Task:
    row = Task.objects.select_related("run__version__process").get(pk=task.pk)
    if not row.is_open or not mover.run.is_active:
        raise Refused("over")
    row.ticket = mover.ticket
    return row

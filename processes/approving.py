"""How an approval begins, is answered, reminded of and ends."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from accounts.models import User
from core.clock import now
from processes import asking, sentences, timing
from processes.compiling import Place
from processes.models import Decision, Task, Timer
from processes.notices import told_of
from processes.people import approvers_of
from processes.refusals import Refused
from processes.tally import outcome_of
from tickets.events import Cause

if TYPE_CHECKING:
    from processes.moving import Mover

MOST_REMINDERS = 5


def begin(mover: "Mover", task: Task, place: Place) -> dict[str, str]:
    """Ask everybody whom the step names. Gives the problem where that is nobody."""
    setting = place.element.settings["approval"]
    approvers = approvers_of(setting.get("by", ()), mover.ticket)
    if not approvers:
        return {"element": place.id, "code": "nobody", "text": ""}
    task.kind, task.audience = Task.Kind.APPROVAL, Task.Audience.APPROVERS
    task.due_at = _when(setting.get("deadline"), mover) or task.due_at
    task.save()
    if setting.get("deadline") and task.due_at:
        _set(mover, task, Timer.Kind.DEADLINE, task.due_at)
    if remind_at := _when(setting.get("remind"), mover):
        _set(mover, task, Timer.Kind.REMINDER, remind_at)
    _ask(mover, task, place, approvers)
    return {}


def begin_again(mover: "Mover", task: Task, place: Place) -> dict[str, str]:
    """Where all who have not answered are gone: ask those whom the step names today. Gives the problem where there is
    nobody new."""
    if task.decisions.filter(answer="").exists():
        return {}
    known = set(task.decisions.values_list("approver", flat=True))
    setting = place.element.settings["approval"]
    approvers = [person for person in approvers_of(setting.get("by", ()), mover.ticket) if person.pk not in known]
    if not approvers:
        return {"element": place.id, "code": "nobody", "text": ""}
    _ask(mover, task, place, approvers)
    return {}


def _ask(mover: "Mover", task: Task, place: Place, approvers: Sequence[User]) -> None:
    task.ticket = mover.ticket
    for decision in Decision.objects.bulk_create([Decision(task=task, approver=person) for person in approvers]):
        decision.task = task
        asking.ask(decision)
    names = ", ".join(person.name for person in approvers)
    who = {"whom": {"id": task.pk, "name": names[:200]}, **told_of(task, approvers)}
    mover.record(sentences.ASKED, by=mover.actor, step=mover.step(place), **who)


def conclude(mover: "Mover", task: Task) -> bool:
    """Whether the answers so far decide it; then the run goes on."""
    counted = task.decisions.exclude(answer__in=Decision.Answer.uncounted())
    answers = [one.answer for one in counted]
    outcome = outcome_of(setting_of(mover, task).get("rule", "all"), answers)
    if outcome:
        end(mover, task, outcome)
    return bool(outcome)


def end(mover: "Mover", task: Task, outcome: str, *, cause: Cause | None = None) -> None:
    """It has come to this, by the answers or (`cause`) because its time is over. Raises `Refused` when the run waits
    for it no more; nothing has changed then."""
    if not mover.finish_work(task.instance, task.element, outcome):
        raise Refused("over")
    task.state, task.outcome, task.done_at = Task.State.DONE, outcome, now()
    task.save(update_fields=["state", "outcome", "done_at"])
    task.timers.all().delete()
    place = mover.engine.plan.places[task.element]
    mover.run.event = mover.record(
        sentences.APPROVED if outcome == Decision.Answer.APPROVED else sentences.DECLINED,
        by=mover.actor,
        cause=cause,
        step=mover.step(place),
    )
    mover.go()


def remind(mover: "Mover", task: Task) -> None:
    """Whoever has not answered is written to once more, and again after the same time."""
    for decision in task.decisions.filter(answer="").select_related("approver"):
        decision.task = task
        asking.remind(decision)
        decision.reminded_at = now()
        decision.save(update_fields=["reminded_at"])
    again = _when(setting_of(mover, task).get("remind"), mover)
    if again is None:
        return
    last = task.created_at + (again - now()) * (MOST_REMINDERS + 1)
    if again < min(last, task.due_at or last):
        _set(mover, task, Timer.Kind.REMINDER, again)


def setting_of(mover: "Mover", task: Task) -> Mapping[str, Any]:
    return mover.engine.plan.places[task.element].element.settings.get("approval", {})


def _when(span: Mapping[str, Any] | None, mover: "Mover") -> Any:
    try:
        return timing.after(span, mover.ticket, now()) if span else None
    except timing.NoTime:
        return None


def _set(mover: "Mover", task: Task, kind: str, due: Any) -> None:
    mover.run.timers.filter(instance=task.instance, kind=kind).delete()
    Timer.objects.create(
        run=mover.run, kind=kind, element=task.element, instance=task.instance, due_at=due, approval=task
    )

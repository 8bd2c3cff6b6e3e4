"""What becomes of open tasks and decisions when somebody turns out to be somebody else, or is gone
(settings.PEOPLE_MERGED, PEOPLE_GONE). Each change stands in the history of its ticket.

Whoever is gone is asked no more and counts no more, but that decides nothing: where nobody is left to answer, those are
asked whom the drawing names today, and without any the run is stuck.
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import User
from core.clock import now
from processes import approving, asking, sentences
from processes.models import Decision, Task
from processes.moving import Mover, moving
from processes.settling import settle
from tickets.events import Cause
from tickets.models import Event

CUSTOMER = "customer.changed"
_CAUSE = Cause("setup")


def merged(duplicate: User, into: User, by: User) -> None:
    """`into` is asked instead, by a new letter: the links of before were for another address."""
    for decision in _decisions_of(duplicate):
        with moving(decision.task.run) as mover:
            row = _fresh(decision, mover)
            if row is not None:
                _pass_on(mover, row, into, by)
    for task in _tasks_of(duplicate):
        with moving(task.run) as mover:
            _give(mover, task, into, by)


def gone(person: User, by: User) -> None:
    """Tasks of a colleague are those of everybody who works the queue; decisions wait for the others."""
    for decision in _decisions_of(person):
        with moving(decision.task.run) as mover:
            row = _fresh(decision, mover)
            if row is not None:
                _drop(mover, row, by)
    for task in _tasks_of(person).filter(audience=Task.Audience.AGENT):
        with moving(task.run) as mover:
            _give(mover, task, None, by)


def follow_customer(event: Event) -> None:
    """What the customer has to do on a ticket is to be done by who is its customer now."""
    now_is = (event.data.get("customer") or {}).get("now") or {}
    tasks = Task.objects.open().filter(ticket=event.ticket, audience=Task.Audience.CUSTOMER)
    tasks.update(user_id=now_is.get("id") or event.ticket.customer_id)


def _decisions_of(person: User) -> Iterable[Decision]:
    """Tickets in the order in which all lock them."""
    return Decision.objects.of(person).select_related("task__run__ticket").order_by("task__ticket", "pk")


def _tasks_of(person: User) -> QuerySet[Task]:
    return Task.objects.open().filter(user=person).select_related("run__ticket").order_by("ticket", "pk")


def _fresh(decision: Decision, mover: Mover) -> Decision | None:
    """None when it has been answered meanwhile."""
    rows = Decision.objects.waiting().select_related("task__run__version__process", "approver")
    row = rows.filter(pk=decision.pk).first()
    if row is None or not mover.run.is_active:
        return None
    row.task.run, row.task.ticket = mover.run, mover.ticket
    return row


def _pass_on(mover: Mover, row: Decision, into: User, by: User) -> None:
    """Nobody answers twice, and nobody approves what he has asked for himself."""
    setting = approving.setting_of(mover, row.task)
    asks_customer = any(one.get("kind") == "customer" for one in setting.get("by", ()))
    is_own = into.pk == mover.ticket.customer_id and not asks_customer
    if is_own or row.task.decisions.filter(approver=into).exists():
        _drop(mover, row, by)
        return
    whom = row.approver
    row.approver = into
    row.save(update_fields=["approver"])
    asking.ask(row)
    _record(mover, row.task, sentences.HANDED, by, to=into, whom=whom)


def _drop(mover: Mover, row: Decision, by: User) -> None:
    row.answer, row.answered_at = Decision.Answer.GONE, now()
    row.save(update_fields=["answer", "answered_at"])
    _record(mover, row.task, sentences.DROPPED, by, whom=row.approver)
    if not row.task.decisions.filter(answer="").exists():
        settle(mover, mover.run.problem)


def _give(mover: Mover, task: Task, to: User | None, by: User) -> None:
    row = Task.objects.open().select_related("user").filter(pk=task.pk).first()
    if row is None or not mover.run.is_active:
        return
    whom, row.user = row.user, to
    if to is None:
        row.audience = Task.Audience.QUEUE
    row.save(update_fields=["user", "audience"])
    _record(mover, row, sentences.HANDED if to else sentences.FREED, by, to=to, whom=whom)


def _record(mover: Mover, task: Task, kind: str, by: User, **people: User | None) -> None:
    step = mover.step(mover.engine.plan.places[task.element])
    named = {name: {"id": person.pk, "name": person.name} for name, person in people.items() if person}
    mover.record(kind, by=by, cause=_CAUSE, step=step, **named)

"""What approvers do: approve, decline, pass on."""

from accounts.models import User
from core.clock import now
from core.text import strip_nul
from processes import approving, asking, sentences
from processes.models import Decision
from processes.moving import Mover, moving
from processes.people import may_stand_in
from processes.refusals import Refused
from tickets.events import Cause

MAX_COMMENT = 2_000


def decide(
    decision: Decision, answer: str, *, comment: str = "", by: User, way: str = "desk", cause: Cause | None = None
) -> Decision:
    """Say "approved" or "declined"; once enough have, the process moves on. A second answer is refused.

    `by` is the approver; `way` is how he came: desk, portal, link, mail, api. Raises `Refused`.
    """
    if answer not in (Decision.Answer.APPROVED, Decision.Answer.DECLINED):
        raise ValueError(answer)
    with moving(decision.task.run) as mover:
        row = _waiting(decision, mover)
        _answer(row, answer, comment, way)
        step = mover.step(mover.engine.plan.places[row.task.element])
        more = {"comment": row.comment} if row.comment else {}
        cause = cause or Cause("approval", way)
        mover.run.event = mover.record(sentences.DECIDED, by=by, cause=cause, step=step, answer=answer, **more)
        if not approving.conclude(mover, row.task):
            mover.run.save(update_fields=["event"])
        return row


def delegate(
    decision: Decision, to: User | None, *, comment: str = "", by: User, way: str = "desk", cause: Cause | None = None
) -> Decision:
    """Somebody else is to decide instead; he is asked anew. `to` is None where nobody has the address that was given.

    Raises `Refused`, with one reason for everybody who cannot be asked: whoever holds the link of an approval must not
    learn by it who has an account here.
    """
    with moving(decision.task.run) as mover:
        row = _waiting(decision, mover)
        if not approving.setting_of(mover, row.task).get("delegation"):
            raise Refused("delegation")
        if to is None or not may_stand_in(to, mover.ticket) or row.task.decisions.filter(approver=to).exists():
            raise Refused("colleague")
        _answer(row, Decision.Answer.DELEGATED, comment, way)
        new = Decision.objects.create(task=row.task, approver=to, delegated_by=row.approver)
        asking.ask(new)
        step = mover.step(mover.engine.plan.places[row.task.element])
        cause = cause or Cause("approval", way)
        mover.record(sentences.DELEGATED, by=by, cause=cause, step=step, to={"id": to.pk, "name": to.name})
        return new


def _waiting(decision: Decision, mover: Mover) -> Decision:
    rows = Decision.objects.select_related("task__run__version__process", "approver")
    row = rows.get(pk=decision.pk)
    if row.answer or not row.task.is_open or not mover.run.is_active:
        raise Refused("over")
    if not row.approver.is_active:
        raise Refused("inactive")
    row.task.ticket = mover.ticket
    return row


def _answer(row: Decision, answer: str, comment: str, way: str) -> None:
    row.answer, row.comment = answer, strip_nul(comment).strip()[:MAX_COMMENT]
    row.way, row.answered_at = way, now()
    row.save(update_fields=["answer", "comment", "way", "answered_at"])

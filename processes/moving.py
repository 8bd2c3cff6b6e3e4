"""How a run moves: its ticket locked, its tokens loaded, everything it does in one transaction, and saved again.

Whoever moves a run locks its ticket first and the run second, always; timers and impulses come to it leased
(processes/models/impulse.py), so that nobody waits in a circle.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError, transaction

from accounts.models import User
from accounts.people import system_actor
from automation.effects import Context, do_effect, reason
from core.clock import now
from core.memo import for_a_moment
from core.work import wake
from processes import conditions, sentences
from processes.compiling import Place
from processes.drawing import WORK
from processes.engine import Engine
from processes.hosting import StepError, Stuck
from processes.models import Impulse, Run, Step
from processes.plans import plan_of
from processes.settling import settle
from processes.words import for_history, name_of
from tickets.changes import locked
from tickets.conditions import viewer
from tickets.events import DESK, Cause, TooDeep, record
from tickets.models import Event, Ticket
from tickets.steps import Refused as EffectRefused

log = logging.getLogger(__name__)


class Gone(Exception):
    """The run was ended by one of its own effects."""


@contextmanager
def moving(run: Run) -> Iterator["Mover"]:
    """The run, locked behind its ticket, fresh, for the length of a transaction.

    Each event on the way asks for the same promises and fields: the first answer stands.
    """
    with for_a_moment(), locked(run.ticket) as ticket:
        rows = Run.objects.select_for_update(of=("self",)).select_related("version__process")
        yield Mover(rows.get(pk=run.pk), ticket)


class Mover:
    """One run while it moves: the engine's host."""

    def __init__(self, run: Run, ticket: Ticket) -> None:
        self.run = run
        self.actor = system_actor("processes")
        self.engine = Engine(plan_of(run), self, run.data.get("tokens"))
        # What has been asked of the engine since, to ask it again of a fresh one when a step breaks.
        self._asked: list[Callable[[Engine], object]] = []
        # How much of what the engine has moved stands in the steps, and the tokens whose effects wrote theirs.
        self._noted, self._acted = 0, set[UUID]()
        self._ticket: Ticket | None = ticket

    @property
    def ticket(self) -> Ticket:
        """As it is now: effects change it under our hands."""
        if self._ticket is None:
            self._ticket = Ticket.objects.get(pk=self.run.ticket_id)
        return self._ticket

    @property
    def cause(self) -> Cause:
        return Cause("process", str(self.run.pk), event=self.run.event)

    def record(self, kind: str, *, by: User, cause: Cause | None = None, **data: Any) -> Event:
        """Say on the ticket what happened with the run. What a person does follows from nothing: however many steps a
        run has, only automations that set each other off make a long chain of causes."""
        if cause is None and by != self.actor:
            cause = DESK
        process = self.run.version.process
        plain = {name: {"was": None, "now": value} for name, value in data.items()}
        named = for_history(process.pk, process.name, process.names)
        told = {"process": {"was": None, "now": named}, **plain}
        return record(self.ticket, kind, by=by, cause=cause or self.cause, data=told)

    def changed(self) -> None:
        """Somebody else's verb has changed the ticket."""
        self._ticket = None

    # ---- what is asked of the engine ---------------------------------------------------------

    def ask(self, question: Callable[[Engine], object]) -> bool:
        """`finish`, `signal` or `jump` of the engine."""
        done = question(self.engine)
        self._asked.append(question)
        return bool(done)

    def go(self) -> None:
        """Move on as far as it gets, and bring everything that hangs on the run in line with where its tokens are."""
        outcomes = dict(self.run.outcomes)
        problem = self._move(outcomes)
        self._note_steps()
        if problem is not None:
            settle(self, problem)

    def _move(self, outcomes: dict[str, str]) -> dict[str, str] | None:
        """Why it is stuck, empty when it is not; None when it was ended. `outcomes` are those before."""
        try:
            with transaction.atomic():
                try:
                    self.engine.go()
                except Stuck as stuck:
                    return {"element": stuck.element, "code": stuck.code, "text": stuck.text[:500]}
                except Gone:
                    return None
        except (OperationalError, SoftTimeLimitExceeded):
            raise
        except Exception:
            log.exception("run %s cannot go on", self.run.pk)
            return self._back(outcomes)
        return {}

    def _back(self, outcomes: dict[str, str]) -> dict[str, str]:
        """Something broke in a way nobody foresaw: what the step did is undone, what was asked of the run holds."""
        self.changed()
        self._noted, self._acted = 0, set()
        self.run.outcomes = outcomes
        self.engine = Engine(plan_of(self.run), self, self.run.data.get("tokens"))
        for question in self._asked:
            question(self.engine)
        here = self.engine.here()
        return {"element": here[0] if here else "", "code": "error", "text": ""}

    def _note_steps(self) -> None:
        """In their order; those of automatic steps stand already, written together with what they did."""
        if steps := self._unnoted():
            Step.objects.bulk_create(steps, ignore_conflicts=True)
        self._noted = len(self.engine.moved)

    def _unnoted(self) -> list[Step]:
        return [
            self._step(moved.place, moved.instance, moved.outcome)
            for moved in self.engine.moved[self._noted :]
            if moved.outcome or moved.instance not in self._acted
        ]

    def _step(self, place: Place, instance: UUID, outcome: str = "") -> Step:
        return Step(run=self.run, element=place.id, instance=instance, outcome=outcome, at=now())

    # ---- the engine's host -------------------------------------------------------------------

    def act(self, place: Place, instance: UUID) -> None:
        """The effects of an automatic step: all or none, once for each token (the step's row is the proof).

        Raises `StepError` with the code of the refusal.
        """
        context = Context(self.actor, self.cause)
        try:
            with transaction.atomic():
                Step.objects.bulk_create([*self._unnoted(), self._step(place, instance)])
                for values in place.element.settings.get("effects", ()):
                    do_effect(values, self.ticket, context)
                    self.changed()
        except EffectRefused as refused:
            self._failed(place, refused.code)
        except TooDeep:
            self._failed(place, "deep")
        self._noted = len(self.engine.moved)
        self._acted.add(instance)
        self._refuse_gone()
        self.run.outcomes[place.id] = "done"
        self.record(sentences.ACTED, by=self.actor, step=self.step(place))

    def _refuse_gone(self) -> None:
        """An effect that takes the ticket away ends its runs (processes/handlers.py), this one too."""
        if self.ticket.closed_at and Run.objects.filter(pk=self.run.pk, ended_at__isnull=False).exists():
            raise Gone

    def _failed(self, place: Place, code: str) -> None:
        self.changed()
        self.run.outcomes[place.id] = code
        raise StepError(code, reason(code))

    def holds(self, condition: Mapping[str, Any], scope: str) -> bool:
        prefix = f"{scope}/" if scope else ""
        outcomes = {key.removeprefix(prefix): said for key, said in self.run.outcomes.items() if key.startswith(prefix)}
        return conditions.holds(condition, conditions.Facts(self.ticket, outcomes, viewer(None)))

    def send(self, name: str, instance: UUID) -> None:
        """To all runs on the ticket that wait for it, this one included, in a transaction of their own."""
        duty, is_new = Impulse.objects.get_or_create(
            event=self.run.event,
            kind=Impulse.Kind.MESSAGE,
            name=name,
            sender=str(instance),
            process=None,
            defaults={"ticket_id": self.run.ticket_id, "by": self.actor},
        )
        if is_new:
            wake(duty)

    def step(self, place: Place) -> dict[str, Any]:
        """A step as it stands in the history."""
        return for_history(place.id, name_of(place.element, "en"), place.element.settings.get("names"))

    def finish_work(self, instance: UUID, element: str, outcome: str) -> bool:
        """What people had to do is done; `go` moves on. False when nobody waits for that any more."""
        if not self.ask(lambda engine: engine.finish(instance)):
            return False
        if self.engine.plan.places[element].element.kind in WORK:
            self.run.outcomes[element] = outcome
        return True

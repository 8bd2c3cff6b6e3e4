"""The engine: where the tokens of a run are, and what moves them. Knows no database; its `Host` (processes/hosting.py)
does what steps do.

Around SpiffWorkflow, whose script engine is replaced by one that runs nothing: conditions are looked up by flow, times
are ours. Specifications come from processes/compiling.py and are never stored: of a run only its tokens are.
"""

import time
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import EventBasedGateway
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.task import Task as Token

from processes.compiling import MARK, Place, Plan
from processes.drawing import Kind, Trigger
from processes.hosting import Host, Moved, StepError, Stuck, Waiting
from processes.tokens import kept, restored
from tickets.conditions import ConditionError

# A run moves at most so many steps at once, and has at most so many tokens in its life: more is a circle without end.
MAX_STEPS = 500
# Seconds of computing that the tokens may take at once, without what their effects take.
MAX_SECONDS = 4.0
MAX_TOKENS = 5_000
# The engine looks no deeper than 1,000.
MAX_DEPTH = 900


class _NothingRuns(PythonScriptEngine):
    """Every door of the engine to code, shut. `evaluate` gets the id of a flow from us and nothing else."""

    def __init__(self, engine: "Engine") -> None:
        super().__init__()
        self._engine = engine

    def validate(self, expression: Any) -> NoReturn:
        raise PermissionError("processes run no code")

    def evaluate(self, task: Token, expression: Any, external_context: Any = None) -> bool:
        return self._engine.is_taken(expression)

    def execute(self, task: Token, script: Any, external_context: Any = None) -> NoReturn:
        raise PermissionError("processes run no code")

    def call_service(self, task: Token, **_kwargs: Any) -> NoReturn:
        raise PermissionError("processes run no code")


class Engine:
    """The tokens of one run, alive. `moved` is what has happened since it was made, in order."""

    def __init__(self, plan: Plan, host: Host, tokens: Mapping[str, Any] | None = None) -> None:
        self.plan, self.host = plan, host
        self.moved: list[Moved] = []
        self._flow = restored(plan, tokens) if tokens else BpmnWorkflow(plan.top, dict(plan.inner))
        self._flow.script_engine = _NothingRuns(self)

    # ---- moving ------------------------------------------------------------------------------

    def go(self) -> None:
        """Move every token until all of them wait or cannot go on. Raises `Stuck` for the first of these; all others
        have moved."""
        steps, begun = 0, time.process_time()
        held: dict[UUID, Stuck] = {}
        while ready := [token for token in self._ready() if token.id not in held]:
            for token in ready:
                if not token.has_state(TaskState.READY):
                    continue
                steps += 1
                if steps > MAX_STEPS or time.process_time() - begun > MAX_SECONDS:
                    raise Stuck(self._name(token), "endless")
                try:
                    self._step(token)
                except Stuck as stuck:
                    held[token.id] = stuck
            self._close_inner()
        self._check_size()
        still = {token.id for token in self._ready()}  # an end may have taken it away
        if stuck_at := next((stuck for instance, stuck in held.items() if instance in still), None):
            raise stuck_at

    def finish(self, instance: UUID) -> bool:
        """What people had to do is done; false when nobody waits for that any more. `go` moves on."""
        token = self._token(instance)
        if token is None or not token.has_state(TaskState.READY) or not token.task_spec.manual:
            return False
        self._run(token)
        return True

    def signal(self, instance: UUID, element: str) -> bool:
        """What an event has waited for is there; false when it waits no more. `go` moves on."""
        token = self._token(instance)
        if token is None or not token.has_state(TaskState.WAITING) or not isinstance(token.task_spec, CatchingEvent):
            return False
        if element not in {place.id for place in self._signals(token)}:
            return False
        self._give(token, element)
        return True

    def jump(self, element: str) -> None:
        """Every token is taken away and one begins at this element, which lies at the top. `go` moves on."""
        self._flow.cancel()
        for inner in list(self._flow.subprocesses.values()):
            inner.cancel()
        self._flow.completed = False
        specs = self._flow.spec.task_specs
        target = specs.get(f"{MARK}{element}.split") or specs[f"{MARK}{element}"]
        root = self._flow.task_tree
        begin = next((child for child in root.children if child.task_spec is self._flow.spec.start), root)
        token = begin._add_child(target, TaskState.FUTURE)
        token.task_spec._predict(token, mask=TaskState.FUTURE | TaskState.PREDICTED_MASK)
        token.task_spec._update(token)

    def is_taken(self, flow: str) -> bool:
        """Whether a way is taken."""
        condition, scope = self.plan.flows[flow][0].condition, self.plan.flows[flow][1]
        return bool(condition is not None and self.host.holds(condition, scope))

    # ---- looking -----------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        return bool(self._flow.is_completed())

    def work(self) -> list[Waiting]:
        """What waits for people."""
        return [
            Waiting(self.plan.places[self._name(token)], token.id)
            for token in self._flow.get_tasks(state=TaskState.READY, manual=True)
        ]

    def events(self) -> list[Waiting]:
        """What waits for times and messages, and what stands ready to catch errors."""
        return [
            Waiting(self.plan.places[self._name(token)], token.id, tuple(self._signals(token)))
            for token in self._flow.get_tasks(state=TaskState.WAITING)
            if isinstance(token.task_spec, CatchingEvent) and self._name(token) in self.plan.places
        ]

    def here(self) -> list[str]:
        """The elements at which tokens are now, whatever they wait for."""
        state = TaskState.READY | TaskState.WAITING | TaskState.STARTED
        names = (self._name(token) for token in self._flow.get_tasks(state=state))
        kinds = (Kind.BOUNDARY,)
        return [name for name in names if name in self.plan.places and self.plan.places[name].element.kind not in kinds]

    def tokens(self) -> dict[str, Any]:
        """All that has to be kept of a run, as JSON."""
        return kept(self._flow)

    # ---- one step ----------------------------------------------------------------------------

    def _step(self, token: Token) -> None:
        place = self.plan.places.get(self._name(token))
        if place is None:  # what the engine needs beside the drawing: its own start, splits and joins
            token.run()
            return
        element = place.element
        if element.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE):
            self._ask(place)
        if element.kind in (Kind.SERVICE, Kind.SEND) and not self._act(token, place):
            return
        if element.kind == Kind.END and element.trigger is Trigger.ERROR:
            self.moved.append(Moved(place, token.id, element.text or "error"))
            if self._throw(token.workflow, element.text):
                return
            token.run()
            return
        if element.kind in (Kind.END, Kind.THROW) and element.trigger is Trigger.MESSAGE:
            self.host.send(element.text, token.id)
        self._run(token)

    def _run(self, token: Token) -> None:
        place = self.plan.places[self._name(token)]
        self.moved.append(Moved(place, token.id))
        token.run()

    def _ask(self, place: Place) -> None:
        """Ask all conditions of a gateway before the engine does, so that one that cannot be read stops it whole."""
        for flow in place.drawing.flows_from(place.element.id):
            try:
                if flow.condition is not None:
                    self.host.holds(flow.condition, place.scope)
            except ConditionError as error:
                raise Stuck(place.id, "condition", str(error)) from error

    def _act(self, token: Token, place: Place) -> bool:
        """False when an error has led elsewhere. Raises `Stuck` where nothing catches it."""
        try:
            self.host.act(place, token.id)
        except StepError as error:
            if not self._catch(token, error.code):
                raise Stuck(place.id, error.code, error.text) from error
            self.moved.append(Moved(place, token.id, error.code))
            return False
        return True

    def _throw(self, workflow: Any, code: str) -> bool:
        """An error that ends a process or sub-process: caught at the border of what it lies in, or further out."""
        if workflow.parent_task_id is None:
            return False
        return self._catch(self._flow.get_task_from_id(workflow.parent_task_id), code)

    def _catch(self, token: Token, code: str) -> bool:
        """Give the error to an event at the border of this step, or of what it lies in."""
        split = token.parent
        if split is not None and isinstance(split.task_spec, BoundaryEventSplit):
            for other in split.children:
                place = self.plan.places.get(self._name(other))
                if place is None or place.element.trigger is not Trigger.ERROR or other is token:
                    continue
                if place.element.text in ("", code) and other.has_state(TaskState.WAITING):
                    self._give(other, place.id)
                    token.cancel()
                    return True
        return self._throw(token.workflow, code)

    def _give(self, token: Token, element: str) -> None:
        definition = token.task_spec.event_definition
        if isinstance(token.task_spec, EventBasedGateway):
            definition = next(one for one in definition.event_definitions if one.name == element)
        token.task_spec.catch(token, BpmnEvent(definition))
        token.task_spec._update(token)

    def _close_inner(self) -> None:
        """Steps that are processes of their own go on when these are over."""
        for inner in sorted(self._flow.get_active_subprocesses(), key=lambda each: each.depth, reverse=True):
            parent = self._flow.get_task_from_id(inner.parent_task_id)
            if parent is not None and not parent.has_state(TaskState.FINISHED_MASK):
                parent.task_spec._update(parent)

    # ---- finding -----------------------------------------------------------------------------

    def _ready(self) -> list[Token]:
        return [token for token in self._flow.get_tasks(state=TaskState.READY) if not token.task_spec.manual]

    def _token(self, instance: UUID) -> Token | None:
        found = self._flow.tasks.get(instance)
        inner = (each.tasks.get(instance) for each in self._flow.subprocesses.values())
        return found or next((token for token in inner if token is not None), None)

    def _signals(self, token: Token) -> Iterator[Place]:
        definition = token.task_spec.event_definition
        for each in getattr(definition, "event_definitions", None) or [definition]:
            if each.name in self.plan.places:
                yield self.plan.places[each.name]

    def _name(self, token: Token) -> str:
        """The element at which a token is; empty at what the engine needs beside the drawing."""
        name = str(token.task_spec.name)
        return name.removeprefix(MARK) if name.startswith(MARK) else ""

    def _check_size(self) -> None:
        flows = [self._flow, *self._flow.subprocesses.values()]
        if sum(len(each.tasks) for each in flows) > MAX_TOKENS or any(_depth(each) > MAX_DEPTH for each in flows):
            here = self.here()
            raise Stuck(here[0] if here else "", "long")


def _depth(flow: Any) -> int:
    """The longest line of tokens, counted without recursion."""
    deepest, level = 0, [flow.task_tree]
    while level:
        deepest += 1
        level = [child for token in level for child in token.children if child is not None]
    return deepest

"""The tokens of a run as they are kept: what of the engine's tree says where a run is, as little JSON as that takes.

    {"tokens": [["1b9d...", -1, 64, "Start", 1795340149.9], ["", 0, 4, "#Check"]], "last": "1b9d...", "inner": [...]}

A token is its id, the place of the one before it in this list, its state, its specification, when it changed last and,
where the engine knows more of it, that. Tokens that the engine only looks ahead at have no id and no time: nothing
outside asks for them before they are reached. Specifications are those of the version (processes/compiling.py).
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from SpiffWorkflow import TaskState
from SpiffWorkflow.bpmn import BpmnEvent, BpmnWorkflow
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task as Token

from processes.compiling import Plan

Kept = Mapping[str, Any]
# Under which name the engine keeps what a gateway of events has caught.
_SEEN = "seen_events"


def kept(flow: BpmnWorkflow) -> dict[str, Any]:
    """All that has to be kept of a run, as JSON."""
    inner = sorted(flow.subprocesses.values(), key=lambda each: each.depth)
    return {**_level(flow), "inner": [{**_level(each), "of": each.parent_task_id.hex} for each in inner]}


def restored(plan: Plan, tokens: Kept) -> BpmnWorkflow:
    """The tree again, among the specifications of its plan."""
    if "root" in tokens:
        return _as_before(plan, tokens)
    flow = BpmnWorkflow(plan.top, dict(plan.inner), deserializing=True)
    _fill(flow, tokens)
    for level in tokens["inner"]:
        parent = flow.get_task_from_id(UUID(level["of"]))
        inner = BpmnSubWorkflow(flow.subprocess_specs[parent.task_spec.spec], parent.id, flow, deserializing=True)
        _fill(inner, level)
        flow.subprocesses[parent.id] = inner
        inner.completed_event.connect(parent.task_spec._on_subworkflow_completed, parent)
    return flow


def _level(flow: Any) -> dict[str, Any]:
    """One process, without those that are steps in it."""
    found: dict[str, Any] = {"tokens": list(_rows(flow.task_tree))}
    if flow.last_task is not None:
        found["last"] = flow.last_task.id.hex
    if flow.completed:
        found["completed"] = True
    if not flow.success:
        found["failed"] = True
    return found


def _rows(root: Token) -> Iterator[list[Any]]:
    """Parents before their children, these in their order. Without recursion: a line may be long."""
    stack, number = [(root, -1)], 0
    while stack:
        token, parent = stack.pop()
        yield _row(token, parent)
        stack += [(child, number) for child in reversed(token.children) if child is not None]
        number += 1


def _row(token: Token, parent: int) -> list[Any]:
    more = _more(token)
    if token.state < TaskState.WAITING and not more:
        return ["", parent, token.state, token.task_spec.name]
    row = [token.id.hex, parent, token.state, token.task_spec.name, token.last_state_change]
    return [*row, more] if more else row


def _more(token: Token) -> dict[str, Any]:
    """What the engine knows of a token beside its place and state; of events that were caught the names."""
    known = dict(token.internal_data)
    if seen := known.pop(_SEEN, None):
        known[_SEEN] = [event.event_definition.name for event in seen]
    found = {"triggered": token.triggered, "internal_data": known, "data": token.data}
    return {name: value for name, value in found.items() if value}


def _fill(flow: Any, level: Kept) -> None:
    tokens: list[Token] = []
    for row in level["tokens"]:
        tokens.append(_token(flow, row, tokens))
    flow.task_tree = tokens[0]
    flow.completed, flow.success = "completed" in level, "failed" not in level
    if "last" in level:
        flow.last_task = flow.tasks.get(UUID(level["last"]))
    _listen(flow, tokens)


def _token(flow: Any, row: Sequence[Any], before: Sequence[Token]) -> Token:
    name, parent, state, spec, *rest = row
    token = Token(flow, flow.spec.task_specs[spec], state=state, id=UUID(name) if name else None)
    if parent >= 0:
        token._parent = before[parent].id
        before[parent]._children.append(token.id)
    if rest:
        token.last_state_change = rest[0]
    for key, value in (rest[1] if len(rest) > 1 else {}).items():
        setattr(token, key, dict(value) if isinstance(value, Mapping) else value)
    if seen := token.internal_data.get(_SEEN):
        known = {one.name: one for one in token.task_spec.event_definition.event_definitions}
        token.internal_data[_SEEN] = [BpmnEvent(known[name]) for name in seen]
    return token


def _listen(flow: Any, tokens: Iterable[Token]) -> None:
    for token in tokens:
        if token.state == TaskState.WAITING and isinstance(token.task_spec, CatchingEvent):
            flow.top_workflow.event_manager.add_task(token)


def _as_before(plan: Plan, tokens: Kept) -> BpmnWorkflow:
    """Runs that moved last when all was kept as the engine writes it. Its registry gives specifications back as they
    are: they are no data to it."""
    known = {**tokens, "spec": plan.top, "subprocess_specs": dict(plan.inner), "bpmn_events": []}
    return _before.from_dict(known)


_before = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure())

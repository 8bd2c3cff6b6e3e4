"""Drawings and plans of versions, read once by each process of the server: what is published never changes."""

from collections.abc import Mapping
from functools import lru_cache

from processes.checking import MAX_CALLS, called_by
from processes.compiling import Plan, compiled
from processes.drawing import Drawing
from processes.foresight import crowded
from processes.models import Process, Run, Version
from processes.reading import read_drawing

# The keys of called processes with the versions that a run began with.
Calls = tuple[tuple[str, int], ...]


def drawing_of(version: Version) -> Drawing:
    return read_drawing(version.xml) if version.is_draft else _drawing(version.pk)


def plan_of(run: Run) -> Plan:
    calls = tuple(sorted((key, pk) for key, pk in run.data.get("calls", {}).items()))
    return _plan(run.version_id, calls)


def drawings_of(run: Run) -> Mapping[str, Drawing]:
    """Of the version itself by "", and of what it calls by key."""
    calls = {key: _drawing(pk) for key, pk in run.data.get("calls", {}).items()}
    return {"": _drawing(run.version_id), **calls}


def calls_of(version: Version) -> dict[str, int]:
    """The versions, published now, of all processes that this one calls: a run keeps them."""
    found: dict[str, int] = {}
    todo, depth = called_by(drawing_of(version)), 0
    while todo and depth < MAX_CALLS:
        rows = Process.objects.active().filter(key__in=todo).values_list("key", "active")
        new = {key: pk for key, pk in rows if key not in found}
        found |= new
        todo = {key for pk in new.values() for key in called_by(_drawing(pk))} - found.keys()
        depth += 1
    return found


def is_crowded(run: Run) -> bool:
    """Whether the engine would never be done with looking ahead: not for what is published now, but for what was."""
    return any(_is_crowded(pk) for pk in (run.version_id, *run.data.get("calls", {}).values()))


@lru_cache(maxsize=256)
def _is_crowded(version: int) -> bool:
    return any(crowded(_drawing(version)))


@lru_cache(maxsize=256)
def _drawing(version: int) -> Drawing:
    return read_drawing(Version.objects.values_list("xml", flat=True).get(pk=version))


@lru_cache(maxsize=256)
def _plan(version: int, calls: Calls) -> Plan:
    return compiled(_drawing(version), {key: _drawing(pk) for key, pk in calls})

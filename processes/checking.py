"""Everything that forbids publishing a drawing: how its parts hang together, what it says of each, whom it calls."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from processes.drawing import Drawing, Element, Kind, Problem
from processes.foresight import crowded
from processes.models import Process
from processes.reading import read_drawing
from processes.settings import Known, setting_problems
from processes.structure import structural_problems

MAX_CALLS = 5


def problems_of(drawing: Drawing, *, process: Process | None = None) -> Sequence[Problem]:
    """In the order of the drawing, each once. `process` is what the drawing belongs to: it cannot call itself."""
    found = [
        *structural_problems(drawing),
        *setting_problems(drawing, Known.now()),
        *_calls(drawing, process),
    ]
    return list(dict.fromkeys(found))


def called_by(drawing: Drawing) -> set[str]:
    """The keys of the processes that a drawing calls directly."""
    return {element.calls for element in drawing.elements if element.kind == Kind.CALL and element.calls}


def _calls(drawing: Drawing, process: Process | None) -> Iterator[Problem]:
    for element in drawing.elements:
        if element.kind != Kind.CALL or not element.calls:
            continue
        called = Process.objects.active().select_related("active").filter(key=element.calls).first()
        if called is None:
            text = _("There is no published process with the key “%(key)s”.") % {"key": element.calls}
            yield Problem(element.id, "call", text)
        elif process is not None and _leads_to(process.key, called):
            yield Problem(element.id, "call", _("The processes would call each other without end."))
        else:
            yield from _crowded(element, called)


def _crowded(element: Element, called: Process) -> Iterator[Problem]:
    """Published before this was looked at."""
    assert called.active is not None
    if any(crowded(read_drawing(called.active.xml))):
        yield Problem(element.id, "call", _("Too many ways split and meet again in the process that is called."))


def _leads_to(key: str, called: Process, depth: int = 0) -> bool:
    if called.key == key or depth >= MAX_CALLS:
        return True
    assert called.active is not None
    further = called_by(read_drawing(called.active.xml))
    below = Process.objects.active().select_related("active").filter(key__in=further)
    return any(_leads_to(key, each, depth + 1) for each in below)

"""How far the engine looks ahead in a drawing, which must stay small. Pure: a drawing in, problems out.

With every move the engine makes a token for each step that is sure to come, and one for each way there: ways that split
and meet again double all that follows (SpiffWorkflow, `TaskSpec._predict`). Only a choice ends what is sure.
"""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from processes.drawing import Drawing, Element, Kind, Problem

# Tokens that may be foreseen from one step: a tenth of a second.
MAX_FORESEEN = 2_500
_CHOICES = frozenset({Kind.EXCLUSIVE, Kind.INCLUSIVE, Kind.EVENT_BASED})
# At what an event at a border leads to, and at the end of a process, the engine has steps of its own.
_OWN = 2


def crowded(drawing: Drawing) -> Iterator[Problem]:
    """The steps from which too much would be foreseen, and those to which a circle without end leads back."""
    sizes: dict[str, int] = {}
    for element in drawing.elements:
        if element.id not in sizes:
            yield from _below(drawing, element, sizes)


def _below(drawing: Drawing, first: Element, sizes: dict[str, int]) -> Iterator[Problem]:
    """Depth first and without recursion, what follows before what it follows on. What is too much counts as nothing
    further up, so that only what is too much by itself is named there."""
    line: list[tuple[Element, Iterator[Element]]] = [(first, iter(_sure(drawing, first)))]
    open_now = {first.id}
    while line:
        element, ahead = line[-1]
        following = next(ahead, None)
        if following is None:
            line.pop()
            open_now.discard(element.id)
            sizes[element.id] = _size(drawing, element, sizes)
            if sizes[element.id] > MAX_FORESEEN:
                sizes[element.id] = 0
                yield Problem(element.id, "crowded", _crowded())
        elif following.id in open_now:
            yield Problem(following.id, "circle", _circle())
        elif following.id not in sizes:
            open_now.add(following.id)
            line.append((following, iter(_sure(drawing, following))))


def _size(drawing: Drawing, element: Element, sizes: dict[str, int]) -> int:
    """The tokens foreseen from here. A circle, which is named anyway, counts as nothing."""
    events = sum(_OWN + len(_next(drawing, event)) for event in drawing.boundaries_of(element.id))
    own = 1 + (_OWN if events or element.kind == Kind.END else 0) + events
    if element.kind in _CHOICES:  # a look at what may come, and at what follows on that
        return own + sum(1 + len(_next(drawing, each)) for each in _next(drawing, element))
    return own + sum(sizes.get(each.id, 0) for each in _sure(drawing, element))


def _sure(drawing: Drawing, element: Element) -> Sequence[Element]:
    return () if element.kind in _CHOICES else _next(drawing, element)


def _next(drawing: Drawing, element: Element) -> Sequence[Element]:
    found = (drawing.by_id.get(flow.target) for flow in drawing.flows_from(element.id))
    return [each for each in found if each is not None]


def _crowded() -> str:
    return _("Too many ways split and meet again from here on. Put parts of it into sub-processes.")


def _circle() -> str:
    return _("Ways lead back here without any choice. Put an exclusive gateway into the circle.")

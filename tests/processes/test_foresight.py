"""Drawings that would keep the engine busy for ever are refused, wherever they come from."""

import pytest

from accounts.people import system_actor
from processes import foresight
from processes.actions import starting
from processes.checking import problems_of
from processes.compiling import compiled
from processes.engine import Engine
from processes.models import Process, Version
from processes.reading import read_drawing
from processes.refusals import Refused
from tests.factories import TicketFactory
from tests.processes.drawings import acting, drawing, end, line, node, pairs, span, start, tag, way, ways, work
from tests.processes.world import agent, fresh, published

pytestmark = pytest.mark.django_db


def choices() -> str:
    parts = [
        node("exclusiveGateway", f"X{n}", default=f"X{n}_B{n}") + acting(f"A{n}") + acting(f"B{n}") for n in range(3)
    ]
    flows = [f"{one}{n}>X{n + 1}" for one in "AB" for n in range(2)] + ["S>X0", "A2>E", "B2>E"]
    return drawing(
        start(), *parts, end(), ways(*flows, *(f"X{n}>B{n}" for n in range(3))),
        *(way(f"X{n}>A{n}", {"field": "title", "is": "x"}) for n in range(3)),
    )  # fmt: skip


def borders() -> str:
    late = [node("boundaryEvent", f"T{n}", attachedToRef=f"W{n}", inside=span("P1D")) for n in range(3)]
    flows = ["S>W0", "W0>W1", "W1>W2", "W2>E", *(f"T{n}>E" for n in range(3))]
    return drawing(start(), *(work(f"W{n}") for n in range(3)), *late, end(), ways(*flows))


@pytest.mark.parametrize("xml", [line(acting("A"), work("B")), pairs(2), pairs(5), choices(), borders()])
def test_what_is_counted_is_what_the_engine_makes(xml, monkeypatch):
    read = read_drawing(xml)
    tokens = len(Engine(compiled(read, {}), None)._flow.tasks)
    monkeypatch.setattr(foresight, "MAX_FORESEEN", tokens - 1)  # without the root
    assert list(foresight.crowded(read)) == []
    monkeypatch.setattr(foresight, "MAX_FORESEEN", tokens - 2)
    assert "S" in {problem.element for problem in foresight.crowded(read)}


@pytest.mark.parametrize("count", [9, 60, 100])
def test_ways_that_split_and_meet_again_and_again_are_not_published(count):
    found = problems_of(read_drawing(pairs(count)))
    assert {problem.code for problem in found} == {"crowded"}
    assert found[0].element in read_drawing(pairs(count)).by_id


def test_few_of_them_run():
    ticket = TicketFactory()
    assert fresh(starting.start(published(pairs(5)), ticket, by=agent(ticket))).state == "done"


def test_a_circle_without_any_choice_is_not_published():
    wait = node("intermediateCatchEvent", "Wait", inside=span("PT1H"))
    late = node("boundaryEvent", "Late", attachedToRef="Ask", inside=span("P1D"))
    parts = [start(), work("Ask"), wait, late, end()]
    round_ = drawing(*parts, ways("S>Ask", "Ask>Wait", "Wait>Ask", "Late>E"))
    assert [(each.element, each.code) for each in problems_of(read_drawing(round_))] == [("Ask", "circle")]
    gateway = node("exclusiveGateway", "Again")
    mended = drawing(*parts, gateway, ways("S>Again", "Again>Ask", "Ask>Wait", "Wait>Again", "Late>E"))
    assert problems_of(read_drawing(mended)) == []


def old(key: str, xml: str) -> Process:
    """Published before anybody looked."""
    process = Process.objects.create(key=key, name=key)
    by = system_actor("system")
    process.active = Version.objects.create(process=process, number=1, xml=xml, state="published", saved_by=by)
    process.save()
    return process


def test_what_was_published_before_is_not_begun_nor_called():
    ticket = TicketFactory()
    call = line(node("callActivity", "Call", calledElement="crowd"), acting("A", tag("a")))
    for process in (old("crowd", pairs(60)), old("caller", call)):
        with pytest.raises(Refused) as refused:
            starting.start(process, ticket, by=agent(ticket))
        assert (refused.value.code, bool(refused.value.text)) == ("crowded", True)
    assert [(each.element, each.code) for each in problems_of(read_drawing(call))] == [("Call", "call")]

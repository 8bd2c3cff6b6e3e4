"""Workers that are killed (-9) while they move runs: every effect happens once, and no run is left behind."""

import pytest

from processes import engine, impulses, moving, settling
from processes.actions import starting
from processes.models import Impulse, Run, Timer
from processes.tasks import pass_on, ring
from tests.factories import TicketFactory
from tests.processes.drawings import acting, drawing, end, message, node, span, start, ways
from tests.processes.world import published
from tests.sla.test_killed import killed_at
from tickets.events import broken_links
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def note(word):
    return {"do": "note", "text": word}


def process():
    declared, defined = message("more")
    return published(
        drawing(
            start(),
            acting("A", note("a1"), note("a2")),
            node("intermediateCatchEvent", "T", inside=span("PT1S")),
            node("parallelGateway", "Split"),
            acting("B", note("b")),
            node("intermediateThrowEvent", "Throw", inside=defined),
            node("intermediateCatchEvent", "C", inside=defined),
            node("parallelGateway", "Join"),
            acting("D", note("d")),
            end(),
            ways("S>A", "A>T", "T>Split", "Split>B", "B>Throw", "Throw>Join", "Split>C", "C>Join", "Join>D", "D>E"),
            before=declared,
        )  # fmt: skip
    )


def work_all() -> None:
    """As the sweeps would have it after the lease of whoever died has run out, and the second of the timer."""
    for _round in range(10):
        for model, task in ((Impulse, pass_on), (Timer, ring)):
            for pk in model.objects.filter(due_at__isnull=False).values_list("pk", flat=True):
                model.objects.filter(pk=pk).update(leased_until=None, due_at="2020-01-01T00:00Z", attempts=0)
                task(pk)


def test_effects_happen_once_wherever_a_worker_dies(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    starting.order(process(), ticket, event=ticket.events.first(), by=world.bea)
    points = [
        (starting, "calls_of", 1),
        (moving, "do_effect", 1),
        (moving, "do_effect", 2),
        (settling, "_due", 1),
        (moving, "settle", 1),
        (engine.Engine, "tokens", 1),
        (moving, "do_effect", 3),
        (moving, "settle", 1),
        (moving, "do_effect", 2),
        (moving, "settle", 1),
        (impulses, "_do", 1),
    ]
    for module, name, call in points:
        killed_at(module, name, call, work_all)
    work_all()
    run = Run.objects.get()
    assert (run.state, run.problem) == ("done", {})
    assert [article.body for article in ticket.articles.filter(channel="note").order_by("pk")] == ["a1", "a2", "b", "d"]
    assert [step.element for step in run.steps.all()].count("A") == 1
    assert broken_links(Ticket.objects.get(pk=ticket.pk)) == []
    assert not Impulse.objects.unfinished().exists()
    assert not Timer.objects.exists()

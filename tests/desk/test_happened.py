"""What was done between two messages: what people did, what deadlines were missed, and the rest behind one line."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from sla import sweeping
from tests.desk.conftest import text_of
from tests.factories import TicketFactory
from tests.sla.conftest import HOUR, on
from web.desk.happened import Done, Line

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


def lines(words: str) -> list[Line]:
    """Of "done", "changed", or of a clock: "warned", "breached", "escalated", each maybe with its kind, as in
    "breached:solution"."""
    made = []
    for pk, word in enumerate(words.split(), start=1):
        kind, _colon, clock = word.partition(":")
        kind = "" if kind == "done" else f"sla.{kind}"
        made.append(Line(pk, word, "clock", START + timedelta(minutes=pk), kind=kind, clock=clock))
    return made


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("done", "1"),
        ("done done done", "1 2 3"),
        ("done done done done", "[4 changes: 1 2 3 4]"),
        ("warned:solution", "[1 notice about deadlines: 1]"),
        ("done warned:solution done changed", "1 3 [2 notices about deadlines: 2 4]"),
        ("warned:solution warned:solution breached:solution", "[2 notices about deadlines: 1 2] 3"),
        ("breached:solution escalated:solution escalated:solution", "1 3 [1 notice about deadlines: 2]"),
        ("breached:update breached:solution", "1 2"),
        ("done done done breached:solution done", "[4 changes: 1 2 3 5] 4"),
    ],
)
def test_what_is_folded(words, shown):
    told = []
    for fold in Done(lines(words)).folds:
        numbers = " ".join(str(line.pk) for line in fold.lines)
        told.append(f"[{fold.summary}: {numbers}]" if fold.summary else numbers)
    assert " ".join(told) == shown


@pytest.fixture
def late(world, sla):
    """Warned twice, missed and escalated."""
    sla("Gold", first_response=2 * HOUR, warnings=[50, 75], levels=[HOUR])
    with on(0, "10:00"):
        ticket = TicketFactory(queue=world.support, customer=world.dana)
    with on(1, "10:00"):
        sweeping.sweep()
    return ticket


def test_a_conversation_shows_what_was_missed_and_folds_the_rest(bea, late):
    with on(1, "11:00"):
        shown = text_of(bea.get(reverse("desk:ticket", args=[late.number])))
    thread = shown.split('id="thread"')[1].split('id="composer"')[0]
    folded, rest = thread.split('<details class="events">')[1].split("</details>")
    assert "2 notices about deadlines" in folded
    assert "50% of the time" in folded and "75% of the time" in folded
    assert "the time ran out" in rest and "escalation level 1" in rest
    assert "of the time had passed" not in rest


@pytest.mark.parametrize(
    ("show", "there", "gone"),
    [
        ("", ["opened the ticket", "the time ran out"], ["50% of the time"]),
        ("all", ["opened the ticket", "the time ran out", "50% of the time"], []),
        ("changes", ["the time ran out"], ["opened the ticket", "50% of the time"]),
        ("deadlines", ["50% of the time", "75% of the time", "escalation level 1"], ["opened the ticket"]),
    ],
)
def test_history_tells_of_warnings_only_who_asks(bea, late, show, there, gone):
    with on(1, "11:00"):
        shown = text_of(bea.get(reverse("desk:history", args=[late.number]), {"show": show}))
    log = shown[shown.index('id="history"') : shown.index('class="side-props"')]
    assert [words for words in there if words not in log] == []
    assert [words for words in gone if words in log] == []

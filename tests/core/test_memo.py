"""Answers are remembered for a moment where a worker has said so, and nowhere else."""

import pytest

from core import memo


@pytest.fixture
def asked(monkeypatch):
    """A function that counts how often it is really asked, and a clock that can be put forward."""
    monkeypatch.setattr(memo, "_last", memo._Last())
    monkeypatch.setattr(memo, "MOMENT", 1.0)
    clock = [100.0]
    monkeypatch.setattr(memo.time, "monotonic", lambda: clock[0])
    calls: list[str] = []

    @memo.remembered
    def ask(what: str) -> str | None:
        calls.append(what)
        return None if what == "nothing" else f"{what} {len(calls)}"

    ask.calls, ask.clock = calls, clock
    return ask


def test_without_a_worker_every_question_is_asked(asked):
    assert [asked("a"), asked("a")] == ["a 1", "a 2"]


def test_within_a_moment_the_first_answer_stands(asked):
    with memo.for_a_moment():
        assert [asked("a"), asked("a"), asked("b")] == ["a 1", "a 1", "b 2"]
    with memo.for_a_moment():
        assert asked("a") == "a 1"


def test_after_the_moment_it_is_asked_anew(asked):
    with memo.for_a_moment():
        asked("a")
    asked.clock[0] += memo.MOMENT + 0.1
    with memo.for_a_moment():
        assert asked("a") == "a 2"


def test_a_long_block_remembers_no_longer(asked):
    with memo.for_a_moment():
        asked("a")
        asked.clock[0] += memo.MOMENT + 0.1
        assert [asked("a"), asked("a")] == ["a 2", "a 2"]


def test_outside_of_the_block_nothing_is_remembered(asked):
    with memo.for_a_moment():
        asked("a")
    assert asked("a") == "a 2"


def test_what_was_not_there_is_looked_for_again(asked):
    with memo.for_a_moment():
        assert [asked("nothing"), asked("nothing")] == [None, None]
    assert asked.calls == ["nothing", "nothing"]

"""However deep a loop stands, none of its turns takes memory from the system, and gives it back."""

import resource
import threading

from core.room import with_room

TURNS = 500


def faults_of_loops(most: int) -> list[int]:
    """How often memory was new to a loop of calls, at each depth."""
    found = []

    def descend(depth: int) -> None:
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        for _turn in range(TURNS):
            str.join("", map(turn, "abc"))
        found.append(resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before)
        if depth < most:
            descend(depth + 1)

    descend(0)
    return found


def turn(letter: str) -> str:
    return letter


def in_a_thread(act, *args) -> list[int]:
    """Whose frames begin at the beginning, whatever has been called here."""
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.extend(act(*args)))
    thread.start()
    thread.join()
    return found


def test_no_loop_asks_the_system_at_every_turn():
    assert max(in_a_thread(with_room, faults_of_loops, 400)) < TURNS


def test_it_answers_what_the_call_answers():
    assert with_room(divmod, 7, 2) == (3, 1)

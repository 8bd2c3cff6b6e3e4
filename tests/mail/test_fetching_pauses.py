"""When an account is visited next, and a message asked for again."""

from datetime import UTC, datetime, timedelta

import pytest

from mail.fetching.pausing import MAX_TRIES, is_tried_again, next_visit

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("failures", "trouble", "minutes"),
    [
        (1, "timeout", 1),
        (2, "timeout", 2),
        (3, "broke_off", 5),
        (5, "storage", 15),
        (50, "refused", 15),
        (1, "password", 5),
        (4, "password", 60),
        (99, "certificate", 60),
    ],
)
def test_pauses_grow_with_failures_and_are_spread(failures, trouble, minutes):
    pauses = {(next_visit(NOW, failures=failures, trouble=trouble) - NOW) / timedelta(minutes=1) for _ in range(50)}
    assert max(pauses) <= minutes
    assert min(pauses) >= minutes * 0.9
    assert len(pauses) > 1


def test_all_is_well_means_the_next_beat():
    assert next_visit(NOW, failures=0, trouble="") == NOW + timedelta(seconds=50)


@pytest.mark.parametrize(
    ("tries", "after", "due"),
    [
        (0, timedelta(), True),
        (1, timedelta(seconds=59), False),
        (1, timedelta(minutes=1), True),
        (2, timedelta(minutes=4), False),
        (2, timedelta(minutes=5), True),
        (4, timedelta(hours=2), True),
        (6, timedelta(hours=23), False),
        (6, timedelta(days=1), True),
        (MAX_TRIES, timedelta(days=9), False),
        (1_000, timedelta(days=9), False),
    ],
)
def test_a_message_is_asked_for_again_later_and_later(tries, after, due):
    assert is_tried_again(NOW + after, first=NOW, tries=tries) is due

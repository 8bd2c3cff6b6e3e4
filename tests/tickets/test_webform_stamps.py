"""Stamps of web forms and what looks like spam: pure tables."""

from datetime import timedelta

import pytest

from core.clock import now, pretend
from tickets.webform_judging import Sent, suspicions
from tickets.webform_stamps import BadStamp, OldStamp, is_answered, is_proven, new_stamp, read_stamp


def proof_of(stamp) -> str:
    return next(str(number) for number in range(10**6) if is_proven(stamp, str(number)))


def test_a_stamp_is_read_as_it_was_made():
    stamp = new_stamp("contact")
    assert read_stamp(stamp.text, "contact") == stamp
    assert stamp.age < timedelta(seconds=5)


def test_a_stamp_can_be_older_than_its_page():
    since = now() - timedelta(minutes=5)
    stamp = new_stamp("contact", since=since)
    assert read_stamp(stamp.text, "contact").age >= timedelta(minutes=5)


@pytest.mark.parametrize(
    "forged",
    [
        lambda text: "",
        lambda text: "..",
        lambda text: text[:-1],
        lambda text: f"a{text}",
        lambda text: text.replace(".", ".9", 1),
        lambda text: "é" * 300,
        lambda text: text + "0",
    ],
)
def test_a_forged_stamp_is_refused(forged):
    with pytest.raises(BadStamp):
        read_stamp(forged(new_stamp("contact").text), "contact")


def test_a_stamp_of_another_form_is_refused():
    with pytest.raises(BadStamp):
        read_stamp(new_stamp("contact").text, "orders")


def test_a_stamp_grows_old():
    stamp = new_stamp("contact")
    with pretend(now() + timedelta(hours=25)), pytest.raises(OldStamp):
        read_stamp(stamp.text, "contact")


def test_a_proof_belongs_to_its_stamp():
    stamp, other = new_stamp("contact"), new_stamp("contact")
    proof = proof_of(stamp)
    assert is_proven(stamp, proof)
    assert proof != proof_of(other) or not is_proven(other, str(int(proof) + 1))
    for nonsense in ("", "x", "-1", "9" * 21, "٣"):
        assert not is_proven(stamp, nonsense)


def test_the_question_is_answered_by_its_sum_alone():
    stamp = new_stamp("contact")
    right = sum(stamp.question)
    assert all(2 <= number <= 9 for number in stamp.question)
    assert is_answered(stamp, f" {right} ")
    assert not is_answered(stamp, str(right + 1))
    for nonsense in ("", "x", "1e1", "-5", "²", "9999999"):
        assert not is_answered(stamp, nonsense)


HONEST = {
    "trap": "",
    "age": timedelta(seconds=40),
    "name": "Ida",
    "subject": "The lamp flickers",
    "text": "See https://lamp.example/42 for a film.",
}


@pytest.mark.parametrize(
    ("facts", "found"),
    [
        ({}, []),
        ({"trap": "http://casino.example"}, ["trap"]),
        ({"age": timedelta(seconds=2)}, ["fast"]),
        ({"age": timedelta(seconds=3)}, []),
        ({"text": "https://a.example " * 4}, []),
        ({"text": "https://a.example " * 5}, ["links"]),
        ({"text": "[url=x] www.a.b HTTP://C.D https://e www.f"}, ["links"]),
        ({"name": "www.casino.example"}, ["name"]),
        ({"subject": "Look: http://casino.example"}, ["name"]),
        ({"often": ["place"]}, ["place"]),
        ({"often": ["flood"], "trap": "x"}, ["trap", "flood"]),
    ],
)
def test_what_looks_like_spam(facts, found):
    assert suspicions(Sent(**{**HONEST, **facts})) == found

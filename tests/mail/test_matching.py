"""To which ticket a message belongs: a table of cases for the pure decision."""

import pytest

from mail.matching import Pointer, decide

DANA, ERIK, EVE = "dana@acme.example", "erik@globex.example", "eve@stranger.example"
TAKING_PART = {"10001": frozenset({DANA}), "10002": frozenset({DANA, ERIK})}
TOKEN, REFERENCE, TAG = (Pointer(kind, "10001") for kind in ("token", "reference", "tag"))
UNVERIFIED = [{"code": "unverified"}]
NAMES = [{"code": "names_ticket", "number": "10001"}]


@pytest.mark.parametrize(
    ("pointers", "sender", "number", "marks"),
    [
        ([], DANA, "", []),
        ([TOKEN], DANA, "10001", []),
        ([REFERENCE], DANA, "10001", UNVERIFIED),
        ([TAG], DANA, "10001", UNVERIFIED),
        ([TOKEN, TAG], DANA, "10001", []),
        ([TOKEN], EVE, "", NAMES),
        ([REFERENCE], EVE, "", NAMES),
        ([TAG, TAG, REFERENCE], EVE, "", NAMES),
        ([TOKEN], "", "", NAMES),
        ([Pointer("tag", "99999")], DANA, "", []),
        ([Pointer("tag", "99999"), TAG], DANA, "10001", UNVERIFIED),
        ([TOKEN, Pointer("tag", "10002")], ERIK, "10002", UNVERIFIED),
        ([Pointer("reference", "10002"), TOKEN], DANA, "10002", UNVERIFIED),
    ],
)
def test_the_first_pointer_whose_ticket_the_sender_takes_part_in_wins(pointers, sender, number, marks):
    verdict = decide(pointers, sender, TAKING_PART)
    assert (verdict.number, list(verdict.marks)) == (number, marks)


def test_every_step_is_in_the_trace_with_its_reason():
    trace = decide([Pointer("tag", "99999"), TAG, Pointer("tag", "10002")], ERIK, TAKING_PART).trace
    assert [(step["step"], step["found"], step["result"]) for step in trace] == [
        ("tag", "99999", "no such ticket"),
        ("tag", "10001", "sender does not take part"),
        ("tag", "10002", "sender takes part"),
    ]


@pytest.mark.parametrize(
    ("pointer", "proof", "marks", "is_held", "result"),
    [
        (TOKEN, "", [], False, "sender takes part"),
        (TOKEN, "pass", [], False, "sender takes part"),
        (TOKEN, "none", [], False, "sender takes part"),
        (TOKEN, "fail", [], True, "sender is not who he says"),
        (TAG, "pass", [], False, "sender is proven"),
        (TAG, "none", UNVERIFIED, False, "sender takes part"),
        (TAG, "fail", [], True, "sender is not who he says"),
        (Pointer("external", "10001"), "pass", [], False, "sender is proven"),
        (Pointer("external", "10001"), "", UNVERIFIED, False, "sender takes part"),
        (REFERENCE, "fail", [], True, "sender is not who he says"),
    ],
)
def test_what_is_known_of_the_sender_decides_how_sure_it_is(pointer, proof, marks, is_held, result):
    verdict = decide([pointer], DANA, TAKING_PART, proof=proof)
    assert (verdict.number, list(verdict.marks), verdict.is_held) == ("10001", marks, is_held)
    assert verdict.trace[-1]["result"] == result


@pytest.mark.parametrize("proof", ["pass", "none", "fail", ""])
def test_t19_no_proof_makes_a_stranger_a_party(proof):
    verdict = decide([TOKEN, TAG], EVE, TAKING_PART, proof=proof)
    assert (verdict.number, verdict.is_held, list(verdict.marks)) == ("", False, NAMES)

"""Conditions of filters on parsed messages: tables, captures and time limits."""

import time

import pytest

from mail import filtering
from mail.filtering import BadExpression, Budget, Condition, check_expression, filled, fit
from mail.parse import Message, parse
from tests.mail.mails import raw_mail

MAIL = parse(
    raw_mail(
        "The order 4711 of ACME has not arrived.",
        subject="[JIRA-123] Größe L missing",
        sender="Dana Müller <Dana@Acme.example>",
        to="support@demo.example",
        cc="Boss <boss@acme.example>",
        x_spam_score="7.5",
        x_spam_status="Yes, score=7.2 required=5.0",
        list_id="<users.acme.example>",
    )
)


def found(*conditions: tuple[str, ...], mail: Message = MAIL, proof: str = "", budget: Budget | None = None):
    read = [Condition(part, test, value, *header) for part, test, value, *header in conditions]
    return fit(read, mail, envelope=["support+vip@demo.example"], proof=proof, budget=budget or Budget())


@pytest.mark.parametrize(
    ("condition", "fits"),
    [
        (("subject", "contains", "groesse"), False),
        (("subject", "contains", "GROSSE"), True),
        (("subject", "lacks", "printer"), True),
        (("subject", "lacks", "missing"), False),
        (("subject", "is", "[jira-123] größe l missing"), True),
        (("subject", "is", "missing"), False),
        (("subject", "is_not", "missing"), True),
        (("subject", "matches", r"^\[JIRA-(\d+)\]"), True),
        (("subject", "matches_not", r"JIRA"), False),
        (("from", "is", "dana@acme.example"), True),
        (("from", "contains", "müller"), True),
        (("from", "contains", "@evil.example"), False),
        (("to", "is", "boss@acme.example"), True),
        (("to", "is", "support+vip@demo.example"), True),
        (("body", "matches", r"order (\d{4})"), True),
        (("header", "contains", "users.acme", "List-Id"), True),
        (("header", "lacks", "x", "X-Missing"), True),
        (("header", "at_least", "5", "X-Spam-Score"), True),
        (("header", "at_least", "7.3", "X-Spam-Status"), False),
        (("header", "at_least", "7.2", "X-Spam-Status"), True),
        (("header", "below", "8", "X-Spam-Score"), True),
        (("header", "below", "8", "X-Missing"), False),
        (("proof", "is", "fail"), False),
        (("subject", "contains", ""), False),
        (("nothing", "contains", "x"), False),
        (("subject", "matches", "("), False),
    ],
)
def test_one_condition(condition, fits):
    assert found(condition).fits is fits


def test_all_conditions_must_hold_and_none_fits_nothing():
    assert found(("subject", "contains", "jira"), ("body", "contains", "order")).fits
    assert not found(("subject", "contains", "jira"), ("body", "contains", "nothing")).fits
    assert not found().fits


def test_what_the_expressions_find_is_put_into_words():
    captures = found(
        ("subject", "matches", r"\[(?P<system>[A-Z]+)-(\d+)\]"), ("body", "matches", r"order (\d+)")
    ).captures
    assert captures == {"system": "JIRA", "1": "4711", "2": "123"}
    assert filled("{system}:{1} {unknown}!", captures) == "JIRA:4711 !"


def test_the_greatest_number_counts_so_that_a_small_one_of_the_sender_wins_nothing():
    twice = parse(raw_mail().replace(b"Subject:", b"X-Spam-Score: -10\r\nX-Spam-Score: 9\r\nSubject:"))
    assert found(("header", "at_least", "5", "X-Spam-Score"), mail=twice).fits


def test_t64_a_bad_expression_takes_its_time_and_no_more():
    mail = Message(subject="a" * 1_000_000 + "!")
    begun = time.process_time()
    fit_of = found(("subject", "matches", r"(a+)+$"), mail=mail)
    assert (fit_of.fits, fit_of.too_slow) == (False, "(a+)+$")
    assert time.process_time() - begun < 2


def test_t64_a_not_condition_that_takes_too_long_does_not_fit_either():
    mail = Message(subject="a" * 100_000 + "!")
    assert not found(("subject", "matches_not", r"(a+)+$"), mail=mail).fits


def test_t64_a_hundred_bad_expressions_share_one_allowance(monkeypatch):
    monkeypatch.setattr(filtering, "PATIENCE", 0.05)
    mail, budget = Message(text="On " * 5_000 + "!"), Budget(left=0.2)
    begun = time.process_time()
    for _number in range(100):
        assert not found(("body", "matches", r"(?:(?:On ?)+)+$x"), mail=mail, budget=budget).fits
    assert budget.left == 0
    assert time.process_time() - begun < 2


@pytest.mark.parametrize("expression", ["(", "a{2,1}", "[z-a]", "(?P<a>x)(?P<a", "x" * 1_001])
def test_expressions_that_cannot_be_read_are_told_when_they_are_written(expression):
    with pytest.raises(BadExpression):
        check_expression(expression)

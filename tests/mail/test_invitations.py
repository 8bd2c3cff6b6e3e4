"""Invitations in words: what, when and where, for people who cannot open a calendar file."""

import pytest
from django.utils.translation import override

from mail.invitations import words_of
from mail.parse import parse
from tests.mail.letters import events
from tests.mail.letters.builder import mail

INVITED = "What: Printer, second floor\nWhen: {}\nWhere: Room 4\nOrganised by: Vogel, Ute"
ONE_HOUR = "Friday, 20 November 2026, 14:00 – 15:00 (Europe/Berlin)"


@pytest.mark.parametrize(
    ("calendar", "words"),
    [
        (events.REQUEST, "Invitation to an event\n" + INVITED.format(ONE_HOUR)),
        (events.CANCEL, "This event has been cancelled.\n" + INVITED.format(ONE_HOUR)),
        (events.REPLY, "The invitation has been declined.\n" + INVITED.format(ONE_HOUR)),
        (
            events.WHOLE_DAYS,
            "Invitation to an event\n" + INVITED.format("Friday, 20 November 2026 – Saturday, 21 November 2026"),
        ),
        (
            events.ENDLESS,
            "Invitation to an event\n"
            + INVITED.format(ONE_HOUR + "\nThis event repeats; the time is that of the first one."),
        ),
        (events.NONSENSE, ""),
        (events.REQUEST.replace("DTEND;TZID=Europe/Berlin:20261120T150000", "DURATION:P1DT1H"),
            "Invitation to an event\n" + INVITED.format("Friday, 20 November 2026, 14:00 – Saturday, 21 November 2026, 15:00 (Europe/Berlin)")),
    ],
    ids=["request", "cancel", "reply", "whole-days", "endless", "nonsense", "duration"],
)  # fmt: skip
def test_what_when_and_where(calendar, words):
    assert words_of(parse(events.invited(calendar))) == words


def test_a_text_that_says_when_needs_no_more():
    said = events.invited(events.REQUEST).replace(b"You are invited.", b"Come on 20 November 2026 at 14:00.")
    assert words_of(parse(said)) == ""


def test_without_any_other_text_the_description_is_shown():
    raw = mail("Content-Type: text/calendar; method=REQUEST", body=events.REQUEST)
    assert words_of(parse(raw)).endswith("Organised by: Vogel, Ute\n\nBring paper.\nAnd toner.")


def test_the_days_have_names_in_the_language_of_the_reader():
    with override("de"):
        assert "Freitag, 20. November 2026, 14:00 – 15:00 (Europe/Berlin)" in words_of(
            parse(events.invited(events.REQUEST))
        )


def test_T17_a_calendar_without_end_is_read_in_no_time():
    endless = (
        "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20261120T140000Z\n"
        + "X-A;B=C:"
        + "d" * 5_000_000
        + "\nRDATE:1\n" * 100_000
    )
    message = parse(events.invited(endless))
    assert (message.invitation.zone, message.invitation.repeats) == ("UTC", False)

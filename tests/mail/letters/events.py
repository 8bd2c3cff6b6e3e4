"""Invitations: the files stay files, and what they say is known. Their words are looked at in test_invitations."""

from tests.mail.letters.builder import Letter, mail, part, with_parts

REQUEST = """BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19701025T030000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
DTSTART;TZID=Europe/Berlin:20261120T140000
DTEND;TZID=Europe/Berlin:20261120T150000
SUMMARY:Printer\\, second
  floor
LOCATION:Room 4
ORGANIZER;CN="Vogel, Ute":mailto:ute@globex.example
DESCRIPTION:Bring paper.\\nAnd toner.
END:VEVENT
END:VCALENDAR
"""
CANCEL = REQUEST.replace("REQUEST", "CANCEL").replace("LOCATION", "STATUS:CANCELLED\nLOCATION")
REPLY = REQUEST.replace("REQUEST", "REPLY").replace(
    "LOCATION", "ATTENDEE;PARTSTAT=DECLINED:mailto:dana@acme.example\nLOCATION"
)
WHOLE_DAYS = REQUEST.replace(";TZID=Europe/Berlin:20261120T140000", ";VALUE=DATE:20261120").replace(
    ";TZID=Europe/Berlin:20261120T150000", ";VALUE=DATE:20261122"
)
ENDLESS = REQUEST.replace("SUMMARY", "RRULE:FREQ=SECONDLY\nSUMMARY")
NONSENSE = REQUEST.replace("20261120T140000", "20269999T990000")


def _bytes(calendar: str) -> bytes:
    return calendar.replace("\n", "\r\n").encode()


def invited(calendar: str) -> bytes:
    return with_parts(
        "alternative",
        part("text/plain", "You are invited."),
        part("text/html", "<p>You are invited.</p>"),
        part("text/calendar; charset=utf-8; method=REQUEST", _bytes(calendar)),
    )


CALENDARS = {
    "request": REQUEST,
    "cancel": CANCEL,
    "reply": REPLY,
    "whole-days": WHOLE_DAYS,
    "endless": ENDLESS,
    "nonsense": NONSENSE,
}
LETTERS = [
    Letter(
        name=f"event-{name}",
        raw=invited(calendar),
        text="You are invited.",
        html="<p>You are invited.</p>",
        files=[("invitation.ics", _bytes(calendar))],
    )
    for name, calendar in CALENDARS.items()
]
LETTERS += [
    Letter(
        name="event-and-nothing-else",
        raw=mail("Content-Type: text/calendar; method=REQUEST; charset=utf-8", body=_bytes(REQUEST)),
        text="",
        files=[("invitation.ics", _bytes(REQUEST))],
    ),
    Letter(
        name="event-as-a-file",
        raw=with_parts(
            "mixed",
            part("text/plain", "See the file."),
            part("application/ics; name=meeting.ics", _bytes(REQUEST), "Content-Disposition: attachment"),
        ),
        text="See the file.",
        files=[("meeting.ics", _bytes(REQUEST))],
    ),
]

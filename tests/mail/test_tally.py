"""The ledger by day and mailbox adds up; messages are found again; a million rows cost a page what a thousand do."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import BadRequest
from django.utils import timezone

from mail import finding
from mail.finding import Wanted, find
from mail.models import Incoming
from mail.tally import Tally, tallies, total
from tests.mail.mails import raw_mail
from tickets.models import Ticket

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("UTC"))


def row(at: datetime = NOON, **facts) -> Incoming:
    given = {"source": "smtp", "digest": "0" * 64, "size": 1, "identity": "x", "mailbox": "support@demo.example"}
    return Incoming.objects.create(received_at=at, **given | facts)


@pytest.fixture
def every_kind(db) -> None:
    """Each state, and each reason, outcome or lack of one."""
    for outcome in ("new", "new", "follow_up", "rejected"):
        row(state="ticketed", outcome=outcome)
    for reason in ("copy", "copy", "own", "deleted"):
        row(state="ignored", reason_code=reason)
    for reason in ("no_sender", "trouble"):
        row(state="quarantined", reason_code=reason)
    row(state="received")


def test_a_day_adds_up(every_kind):
    (tally,) = tallies(DAY, DAY)
    assert (tally.received, tally.accounted, tally.adds_up) == (11, 11, True)
    assert (tally.new, tally.joined, tally.refused, tally.in_flight) == (2, 1, 1, 1)
    assert tally.ignored_by_reason == {"copy": 2, "own": 1, "deleted": 1}
    assert (tally.ignored, tally.quarantined) == (4, 2)


def test_every_state_outcome_and_reason_there_is_adds_up(db):
    for outcome in Incoming.Outcome.values:
        row(state="ticketed", outcome=outcome)
    for state in ("ignored", "quarantined"):
        for reason in Incoming.Reason.values:
            row(state=state, reason_code=reason)
    row(state="received")
    assert {row.state for row in Incoming.objects.all()} == set(Incoming.State.values)
    (tally,) = tallies(DAY, DAY)
    assert tally.adds_up


def test_what_fits_nowhere_does_not_add_up(every_kind):
    row(state="ticketed", outcome="")
    (tally,) = tallies(DAY, DAY)
    assert (tally.received, tally.accounted, tally.adds_up) == (12, 11, False)


def test_mailboxes_and_days_stand_apart_the_newest_day_first(every_kind):
    row(NOON - timedelta(days=1), state="ticketed", outcome="new")
    row(mailbox="account:1", state="ticketed", outcome="new")
    row(NOON - timedelta(days=2))
    found = tallies(DAY - timedelta(days=1), DAY)
    assert [(one.day, one.mailbox, one.received) for one in found] == [
        (DAY, "account:1", 1),
        (DAY, "support@demo.example", 11),
        (DAY - timedelta(days=1), "support@demo.example", 1),
    ]


def test_several_lines_are_one_sum():
    lines = [Tally(DAY, "a", received=3, new=2, ignored_by_reason={"copy": 1}), Tally(DAY, "b", received=1, joined=1)]
    whole = total([*lines, Tally(DAY, "c", received=1, ignored_by_reason={"copy": 1})], DAY)
    assert (whole.received, whole.new, whole.joined, whole.ignored_by_reason) == (5, 2, 1, {"copy": 2})
    assert whole.adds_up


def test_days_are_those_of_the_reader(db):
    row(datetime(2026, 11, 20, 23, 30, tzinfo=ZoneInfo("UTC")))
    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert [one.day for one in tallies(DAY, DAY + timedelta(days=1))] == [DAY + timedelta(days=1)]
    with timezone.override(ZoneInfo("UTC")):
        assert [one.day for one in tallies(DAY, DAY)] == [DAY]


def test_days_cost_one_query_however_much_came(every_kind, queries):
    with queries() as counted:
        tallies(DAY - timedelta(days=6), DAY)
    assert len(counted) == 1


# ---- finding


def found(**wanted) -> list[int]:
    readable = wanted.pop("readable", Ticket.objects.none())
    rest = {name: wanted.pop(name) for name in ("before", "cursor", "size") if name in wanted}
    return [one.pk for one in find(Wanted(**wanted), readable=readable, **rest).page.rows]


def test_each_filter_finds_what_it_says(db):
    first = row(sender="dana@acme.example", subject="Printer hums", state="ignored", reason_code="copy")
    second = row(sender="erik@globex.example", subject="The Printer", mailbox="account:1")
    third = row(NOON + timedelta(days=2), subject="Salary", mailbox="")
    assert found() == [third.pk, second.pk, first.pk]
    assert found(state="ignored") == found(reason="copy") == found(sender="Dana@ACME.example") == [first.pk]
    assert found(sender="globex") == found(sender="@globex") == found(mailbox="account:1") == [second.pk]
    assert found(mailbox="") == found(first=DAY + timedelta(days=1)) == found(words="salary") == [third.pk]
    assert found(last=DAY) == found(words="printer") == [second.pk, first.pk]
    assert found(words="printer the") == [second.pk]
    assert found(words="nothing") == []


def test_T48_words_find_nothing_on_tickets_that_may_not_be_read(take_in, world):
    from_dana = take_in(b"From: dana@acme.example\r\nSubject: Salary\r\n\r\nx\r\n")
    assert found(words="salary") == []
    assert found(words="salary", readable=Ticket.objects.all()) == [from_dana.pk]
    assert found() == [from_dana.pk]


def test_T57_signs_of_patterns_are_signs(db):
    row(subject="100 % sure", sender="a_b@acme.example")
    row(subject="100 times", sender="axb@acme.example")
    assert len(found(words="%")) == len(found(sender="a_b")) == 1


def test_pages_follow_each_other_without_a_gap(db):
    for n in range(7):
        row(NOON + timedelta(minutes=n // 2))
    cursor, seen = "", []
    for _page in range(4):
        page = find(Wanted(), readable=Ticket.objects.none(), cursor=cursor, size=2).page
        seen += [one.pk for one in page.rows]
        cursor = page.next
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == 7
    with pytest.raises(BadRequest):
        find(Wanted(), readable=Ticket.objects.none(), cursor="made up")


def test_words_are_looked_for_a_window_at_a_time(db, monkeypatch):
    monkeypatch.setattr(finding, "WINDOW", 3)
    old = row(NOON, subject="printer")
    for n in range(1, 6):
        row(NOON + timedelta(minutes=n), subject="other")
    wanted, none = Wanted(words="printer"), Ticket.objects.none()
    first = find(wanted, readable=none)
    assert list(first.page.rows) == []
    assert first.looked_until is not None
    second = find(wanted, readable=none, before=first.looked_until)
    assert [one.pk for one in second.page.rows] == [old.pk]
    assert second.looked_until is None


def test_a_page_costs_the_same_with_more_rows(take_in, world, queries):
    take_in(raw_mail())
    wanted = Wanted(words="printer", sender="acme")
    with queries() as few:
        find(wanted, readable=Ticket.objects.all())
    for n in range(5):
        take_in(raw_mail(f"no. {n}"))
    with queries() as many:
        assert len(find(wanted, readable=Ticket.objects.all()).page.rows) == 6
    assert len(few) == len(many) == 3

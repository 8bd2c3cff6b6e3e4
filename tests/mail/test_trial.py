"""A message tried out: what it says is what would happen, and nothing of it stays."""

from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection

from core import work
from mail.filters import save_filter
from mail.models import Account, Filter, Incoming
from mail.trial import Arrival, Outcome, try_out
from tests.mail.mails import PNG, mail, raw, raw_mail
from tests.mail.proofs import proven, trust_the_receiver
from tests.mail.stories import EVE, answered, our_message_id
from tickets.actions.queues import save_queue
from tickets.models import Ticket

SUPPORT = Arrival(recipients=("support@demo.example",), sender="dana@acme.example")


@pytest.fixture
def trying(world):
    def try_it(raw: bytes, arrival: Arrival = SUPPORT, by=None) -> Outcome:
        return try_out(raw, arrival, by=by or world.bea)

    return try_it


def tables() -> dict[str, list]:
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in apps.get_models()}


def files() -> list[str]:
    """What the store of this test holds."""
    return sorted(str(path) for path in Path(default_storage.location).rglob("*") if path.is_file())


def with_file(**headers: str) -> bytes:
    message = mail("See the picture.", **headers)
    message.add_attachment(PNG + headers["subject"].encode(), "image", "png", filename="shot.png")
    return raw(message)


def test_nothing_stays_in_any_table_nor_in_the_store_and_nobody_is_woken(own_store, world, take_in, monkeypatch):
    ticket = answered(take_in, world)
    woken: list = []
    monkeypatch.setattr(work, "nudge", lambda *what: woken.append(what))
    letters = [
        with_file(subject="New", sender="Somebody New <new@people.example>"),
        with_file(subject="Follow-up", in_reply_to=our_message_id(ticket)),
        with_file(subject=f"[#{ticket.number}] stranger", sender=EVE),
        with_file(subject="two", to="support@demo.example, billing@demo.example"),
        b"nothing at all",
        raw_mail(sender="support@demo.example"),
    ]
    before, stored = tables(), files()
    assert stored != []
    states = [try_out(letter, SUPPORT, by=world.bea).incoming.state for letter in letters]
    assert states == ["ticketed"] * 5 + ["quarantined"]
    assert tables() == before
    assert files() == stored
    with connection.cursor() as cursor:  # the transaction of the test goes on
        cursor.execute("SELECT 1")
    assert woken == []


def test_a_new_request_shows_its_ticket_and_the_answer_that_would_leave(trying, world):
    outcome = trying(raw_mail(sender="Somebody New <new@people.example>"))
    ticket = outcome.ticket
    assert (outcome.incoming.outcome, outcome.article_kind) == ("new", "message")
    assert (ticket.title, ticket.queue, ticket.state) == ("Printer does not print", "Support", "new")
    assert (ticket.customer, ticket.is_new_customer) == ("Somebody New <new@people.example>", True)
    assert outcome.answer.subject
    assert (ticket.number, outcome.answer.why_none) == ("", "")
    known = trying(raw_mail())
    assert (known.ticket.customer, known.ticket.is_new_customer) == ("Dana Miller <dana@acme.example>", False)


def test_a_message_that_came_before_is_not_taken_for_its_copy(trying, take_in):
    message = raw_mail()
    take_in(message)
    assert trying(message).incoming.outcome == "new"


def test_why_there_would_be_no_answer(trying):
    outcome = trying(raw_mail(auto_submitted="auto-generated"))
    assert "not written by a person" in outcome.answer.why_none


def test_a_follow_up_names_its_ticket_only_to_those_who_may_see_it(trying, take_in, world):
    ticket = answered(take_in, world)
    back = raw_mail("More", in_reply_to=our_message_id(ticket))
    assert trying(back).ticket.number == ticket.number
    save_queue(world.billing, by=world.alex)
    Ticket.objects.filter(pk=ticket.pk).update(queue=world.billing)
    hidden = trying(back, by=world.carlos)
    assert (hidden.ticket.is_hidden, hidden.ticket.number) == (True, "")
    assert ticket.number not in str(hidden.incoming.trace)


def test_t48_a_number_of_a_hidden_ticket_looks_like_one_that_is_not_there(trying, take_in, world):
    ticket = answered(take_in, world)
    Ticket.objects.filter(pk=ticket.pk).update(queue=world.billing)
    named, unknown = (
        trying(raw_mail(sender=EVE, subject=f"[#{number}]"), by=world.carlos).incoming.trace
        for number in (ticket.number, "99999999")
    )
    assert named == unknown == [{"step": "tag", "found": "…", "result": "not told"}]


def test_filters_and_proof_are_told(trying, world):
    trust_the_receiver(world.alex)
    one = Filter(name="Orders", queue=world.billing, tags=["order", "{1}"])
    one.conditions = [{"part": "subject", "test": "matches", "value": r"order (\d+)", "header": ""}]
    save_filter(one, by=world.alex)
    outcome = trying(proven(raw_mail(subject="Order 4711"), "fail"))
    assert (outcome.ticket.queue, outcome.ticket.tags) == ("Billing", ["4711", "order"])
    assert outcome.incoming.authentication["verdict"] == "fail"
    assert {"step": "filter", "found": "Orders (1: 4711)", "result": "fits"} in outcome.incoming.trace
    assert outcome.servers == [("mx.demo.example", 0)]


def test_a_mailbox_can_be_chosen(trying, world):
    account = Account.objects.create(name="Billing box", host="imap.demo.example", username="b", queue=world.billing)
    outcome = trying(raw_mail(), Arrival(account=account, source=Incoming.Source.IMAP))
    assert outcome.ticket.queue == "Billing"


def test_a_mail_for_two_queues_of_one_mailbox_says_how_many_more(trying):
    account = Account.objects.create(name="All", host="imap.demo.example", username="a")
    message = raw_mail(to="support@demo.example, billing@demo.example")
    outcome = trying(message, Arrival(account=account, source=Incoming.Source.IMAP))
    assert (outcome.ticket.queue, outcome.further) == ("Support", 1)


def test_what_is_too_complex_waits_in_quarantine(trying):
    outcome = trying(b"From: a@b.example\r\n" + b"X: y\r\n" * 20_000 + b"\r\n")
    assert (outcome.incoming.state, outcome.incoming.reason_code) == ("quarantined", "too_complex")
    assert outcome.mail is None


def test_an_error_of_ours_is_told_like_any_other_outcome(trying, monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("no room")

    monkeypatch.setattr("mail.intake.place", broken)
    outcome = trying(raw_mail())
    assert (outcome.incoming.state, outcome.incoming.reason_code) == ("quarantined", "trouble")

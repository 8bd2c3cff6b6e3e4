"""Each message's way through the house: every state once, with its time and cause, and never an extra row."""

from datetime import datetime

import pytest

from mail.intake import Envelope, accept, process
from mail.ledger import delete_incoming, discard_incoming, retry_incoming
from mail.mailboxes import mailbox_key, mailbox_names
from mail.models import Account, Incoming
from tests.mail.mails import raw_mail
from tests.mail.stories import answered, our_message_id


def steps(incoming: Incoming) -> list[str]:
    return [line["step"] for line in incoming.journal]


def test_a_new_ticket_has_each_state_once(take_in, world):
    incoming = take_in(raw_mail())
    assert steps(incoming) == ["received", "parsed", "matched", "ticketed"]
    times = [datetime.fromisoformat(line["at"]) for line in incoming.journal]
    assert times == sorted(times)
    assert incoming.journal[1]["ms"] >= 0
    assert incoming.journal[3]["outcome"] == "new"
    assert incoming.state_since >= incoming.received_at


def test_an_answer_says_by_what_it_was_matched(take_in, world):
    ticket = answered(take_in, world)
    incoming = take_in(raw_mail(in_reply_to=our_message_id(ticket)))
    assert incoming.journal[2] | {"at": ""} == {"step": "matched", "at": "", "by": "token"}
    assert incoming.journal[3]["outcome"] == "follow_up"


def test_ignored_and_quarantined_ones_say_why(take_in, world):
    raw = raw_mail()
    take_in(raw)
    copy, nobody = take_in(raw), take_in(b"no message at all", sender="")
    assert steps(copy) == ["received", "parsed", "ignored"]
    assert copy.journal[-1]["reason"] == "copy"
    assert steps(nobody) == ["received", "parsed", "quarantined"]
    assert nobody.journal[-1]["reason"] == "no_sender"


def test_failed_tries_stand_between(world, monkeypatch):
    incoming = accept(raw_mail(), Envelope("smtp", recipients=("support@demo.example",)))
    with monkeypatch.context() as broken:
        broken.setattr(Incoming, "finish", _fail)
        process(incoming.pk)
    Incoming.objects.update(due_at=incoming.received_at)
    process(incoming.pk)
    incoming.refresh_from_db()
    assert steps(incoming) == ["received", "failed", "parsed", "matched", "ticketed"]
    assert incoming.journal[1]["error"] == "RuntimeError: no room"


def test_what_administrators_do_stands_there_with_their_name(take_in, world):
    incoming = take_in(b"no message at all", sender="")
    retry_incoming(incoming, by=world.alex)
    incoming.refresh_from_db()
    assert incoming.journal[-1] | {"at": ""} == {"step": "received", "at": "", "again": "Alex Berger"}
    assert incoming.state_since > incoming.received_at
    discard_incoming(incoming, by=world.alex)
    delete_incoming(incoming, by=world.alex)
    incoming.refresh_from_db()
    assert [line.get("reason") for line in incoming.journal[-2:]] == ["discarded", "deleted"]


def test_a_journal_stays_short_however_often_somebody_tries(take_in, world):
    incoming = take_in(b"no message at all", sender="")
    for _n in range(100):
        incoming.note("received", again="Alex")
    assert len(incoming.journal) == Incoming.MOST_STEPS


def test_the_machine_that_handed_it_over_is_noted(receiver, world):
    assert receiver.hand_in(raw_mail()).journal[0]["peer"] == "127.0.0.1"


def test_the_journal_costs_no_statement_of_its_own(take_in, world, queries):
    """One row for the message, written once when it comes and once when it has been read and is settled."""
    take_in(raw_mail("before"))
    with queries() as counted:
        take_in(raw_mail("after"))
    ours = [q["sql"] for q in counted if '"mail_incoming"' in q["sql"] and not q["sql"].startswith("SELECT")]
    assert [sql.partition(" ")[0] for sql in ours] == ["INSERT", "UPDATE"]


@pytest.mark.parametrize(
    ("recipients", "key"),
    [
        (("support@demo.example",), "support@demo.example"),
        (("nobody@demo.example", "Billing@Demo.example"), "billing@demo.example"),
        (("nobody@demo.example",), ""),
        ((), ""),
    ],
)
def test_the_mailbox_is_the_address_of_ours_it_came_to(world, recipients, key):
    assert mailbox_key(None, recipients) == key


def test_the_mailbox_is_the_account_it_was_fetched_from(world):
    account = Account.objects.create(name="Provider", host="imap.demo.example", username="u")
    key = mailbox_key(account, ("support@demo.example",))
    assert key == f"account:{account.pk}"
    assert mailbox_names([key, "account:99", "old@demo.example", ""]) == {
        key: "Provider",
        "account:99": "a mailbox that is gone",
        "old@demo.example": "old@demo.example",
        "": "No address of ours",
    }


def _fail(*_arguments, **_options):
    raise RuntimeError("no room")

"""Small pieces of a world that only administrators see: mail that waits, mail that failed."""

from mail.intake import Envelope, accept
from mail.models import Incoming, Outgoing
from tests.factories import TicketFactory
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import Ticket

LETTER = (
    b"From: dana@acme.example\r\nTo: support@demo.example\r\nSubject: Printer\r\n"
    b"Message-ID: <a@acme.example>\r\n\r\nIt hums.\r\n"
)


def incoming(raw: bytes = LETTER, *recipients: str) -> Incoming:
    return accept(raw, Envelope("smtp", "dana@acme.example", recipients or ("support@demo.example",)))


def quarantined(**fields) -> Incoming:
    row = incoming(b"no message at all")
    row.finish()
    row.set_aside(Incoming.State.QUARANTINED, Incoming.Reason.NO_SENDER)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def outgoing(world, **fields) -> Outgoing:
    """A reply of Bea's to Dana, as it lies in the outbox."""
    ticket: Ticket = TicketFactory(queue=fields.pop("queue", world.support), customer=world.dana)
    article = reply(ticket, Message(text="Turn it off and on."), by=world.bea)
    row = Outgoing.objects.get(article=article)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save()
    return row


def failed(world, **fields) -> Outgoing:
    recipients = [
        {"address": "dana@acme.example", "state": "failed", "answer": "550 no such user"},
        {"address": "boss@acme.example", "state": "sent", "answer": "250"},
    ]
    gone = {"state": Outgoing.State.FAILED, "due_at": None, "last_error": "550 no such user"}
    return outgoing(world, recipients=recipients, **gone, **fields)

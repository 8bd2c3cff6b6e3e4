"""To which ticket a message belongs, as far as the database knows what it points to; mail/matching.py decides."""

from collections.abc import Iterable

from core.secrets import derived_key
from core.text import normalise_address
from mail.marks import check_message_id, find_tags
from mail.matching import Pointer, Verdict, decide
from mail.parse import Message
from tickets.models import Article, Ticket
from tickets.models.article import Sender

MAX_POINTERS = 50


def match(mail: Message, *, sender: str) -> Verdict:
    """Where a message from `sender` (a normalised address) belongs, and why."""
    pointers = list(_pointers(mail))
    tickets = Ticket.objects.filter(number__in={p.number for p in pointers}).select_related("customer")
    participants = {ticket.number: _participants(ticket) for ticket in tickets}
    # A From that can be read in two ways proves nothing (T26): its sender takes part in nothing.
    return decide(pointers, "" if mail.from_ambiguous else sender, participants)


def _participants(ticket: Ticket) -> frozenset[str]:
    """Addresses that take part: the customer's, and those that an agent has written to on this ticket."""
    addresses = set(ticket.customer.addresses.values_list("address", flat=True))
    written = ticket.articles.filter(sender=Sender.AGENT, visible_to_customer=True)
    for to, cc in written.values_list("to", "cc"):
        addresses.update(normalise_address(person["address"]) for person in [*to, *cc])
    return frozenset(addresses)


def _pointers(mail: Message) -> Iterable[Pointer]:
    """What in the message names a ticket, strongest first: our own Message-IDs, known ones, the subject's tag."""
    ids = list(dict.fromkeys([mail.in_reply_to, *reversed(mail.references)]))[:MAX_POINTERS]
    for message_id in filter(None, ids):
        if token := check_message_id(derived_key("message ids"), message_id):
            yield Pointer("token", token.number)
    known = Article.objects.filter(message_id__in=[i for i in ids if i], visible_to_customer=True)
    for number in known.values_list("ticket__number", flat=True).distinct():
        yield Pointer("reference", number)
    for number in find_tags(mail.subject)[:MAX_POINTERS]:
        yield Pointer("tag", number)

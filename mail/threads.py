"""To which ticket a message belongs, as far as the database knows what it points to; mail/matching.py decides."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from core.secrets import derived_key
from core.text import normalise_address
from mail.facts import ENTRUSTED
from mail.marks import find_tags, own_messages
from mail.matching import Pointer, Verdict, decide
from mail.parse import Message
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from tickets.participation import addresses_in_copy

MAX_POINTERS = 50
MAX_EXTERNAL = 5

# A field and the value in it that names a ticket of another system.
External = Sequence[tuple[str, str]]


def match(mail: Message, *, sender: str, proof: str = "", external: External = ()) -> Verdict:
    """Where a message from `sender` (a normalised address) belongs, and why."""
    # A From that can be read in two ways proves nothing (T26): its sender takes part in nothing.
    sender = "" if mail.from_ambiguous else sender
    pointers = list(pointers_of(mail, sender=sender, external=external))
    tickets = Ticket.objects.filter(number__in={p.number for p in pointers}).select_related("customer")
    participants = {ticket.number: _participants(ticket) for ticket in tickets}
    return decide(pointers, sender, participants, proof=proof)


def pointers_of(mail: Message, *, sender: str = "", external: External = ()) -> Iterable[Pointer]:
    """What in the message names a ticket, strongest first: our own Message-IDs, the subject's tag, Message-IDs that we
    know from others, the number of another system."""
    ids = list(dict.fromkeys([mail.in_reply_to, *reversed(mail.references)]))[:MAX_POINTERS]
    for own in own_messages(derived_key("message ids"), ids):
        yield Pointer("token", own.number)
    for number in find_tags(mail.subject)[:MAX_POINTERS]:
        yield Pointer("tag", number)
    known = Article.objects.filter(message_id__in=[i for i in ids if i], visible_to_customer=True)
    for number in known.values_list("ticket__number", flat=True).distinct():
        yield Pointer("reference", number)
    for key, value in external if sender else ():
        same = Ticket.objects.open().filter(customer__addresses__address=sender, custom_fields__contains={key: value})
        for number in same.order_by("-pk").values_list("number", flat=True)[:MAX_EXTERNAL]:
            yield Pointer("external", number)


def _participants(ticket: Ticket) -> frozenset[str]:
    """Addresses that take part: the customer's, those of people in copy, those that an agent has written to on this
    ticket, and that of a trusted system that has opened it for somebody."""
    addresses = set(ticket.customer.addresses.values_list("address", flat=True)) | addresses_in_copy(ticket)
    written = Q(sender=Sender.AGENT, visible_to_customer=True)
    articles = ticket.articles.filter(written | Q(marks__contains=[ENTRUSTED]))
    for marks, sender, to, cc in articles.values_list("marks", "sent_from", "to", "cc"):
        people = [sender] if ENTRUSTED in marks else [*to, *cc]
        addresses.update(normalise_address(person["address"]) for person in people if person.get("address"))
    return frozenset(addresses)

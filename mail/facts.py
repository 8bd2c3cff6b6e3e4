"""What filters, known senders, trusted headers and the address itself decide about a message before it is a ticket.

These are intake facts only (queue, priority, type, fields, tags, ignored, junk); whatever goes further is a rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from accounts.models import Organisation, User
from core.memo import remembered
from core.text import clean_line, normalise_address
from mail.addressing import plus_words
from mail.authentication import Authentication
from mail.filtering import Budget, Condition, filled, fit
from mail.models import Filter, Incoming, KnownSender
from mail.parse import Message
from tickets.models import Priority, Queue, Service, State, TicketType

MAX_TAGS = 20
# On a message whose customer, speaker or readers a trusted system has named: it is not sent on, and whoever sent it
# takes part in its ticket.
ENTRUSTED = {"code": "entrusted"}
Trace = list[dict[str, str]]


@dataclass
class Facts:
    """What is left empty nobody has decided. `external` are values by field that name a ticket of another system.

    From `service` on only trusted headers decide: `customer` is an address, `sender` one of `Sender`, `further` what
    higher apps know by the names of their headers (settings.MAIL_WISHES).
    """

    queue: Queue | None = None
    priority: Priority | None = None
    type: TicketType | None = None
    state: State | None = None
    until: datetime | None = None
    owner: User | None = None
    title: str = ""
    tags: list[str] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    external: list[tuple[str, str]] = field(default_factory=list)
    service: Service | None = None
    responsible: User | None = None
    is_locked: bool | None = None
    customer: str = ""
    organisation: Organisation | None = None
    sender: str = ""
    visible: bool | None = None
    keeps_state: bool = False
    further: dict[str, str] = field(default_factory=dict)
    ignored: Incoming.Reason | None = None
    why: str = ""
    junk: bool = False
    trace: Trace = field(default_factory=list)

    @property
    def marks(self) -> list[dict[str, str]]:
        """Of a message in which somebody else than its sender is meant, or which others read than usual."""
        return [ENTRUSTED] if self.customer or self.sender or self.visible is not None else []

    def note(self, step: str, found: str, result: str) -> None:
        self.trace.append({"step": step, "found": clean_line(found, 200), "result": result})

    def tag(self, *tags: str) -> None:
        cleaned = [clean_line(tag, 50) for tag in tags]
        self.tags = list(dict.fromkeys([*self.tags, *filter(None, cleaned)]))[:MAX_TAGS]


def facts_of(incoming: Incoming, mail: Message, proof: Authentication) -> Facts:
    """Known senders first: who is denied is not filtered any more. Filters from top to bottom; a later one wins."""
    facts = Facts()
    known = _known_sender(incoming.sender)
    if known and known.verdict == KnownSender.Verdict.DENIED:
        facts.ignored, facts.why = Incoming.Reason.DENIED, known.pattern
        facts.note("sender", known.pattern, "denied")
        return facts
    if known and known.verdict == KnownSender.Verdict.JUNK:
        facts.junk = True
        facts.note("sender", known.pattern, "junk")
    facts.tag(*plus_words(incoming.envelope_to or mail.delivered_to))
    _filter(facts, incoming, mail, proof)
    # A forged sender must not get around the junk queue by the name of somebody who is always wanted.
    if known and known.verdict == KnownSender.Verdict.WANTED and not proof.failed:
        facts.junk = False
        facts.note("sender", known.pattern, "wanted")
    return facts


def _known_sender(address: str) -> KnownSender | None:
    """The row of the address itself, else that of its domain or the nearest domain above it."""
    if not _are_any_known():
        return None
    address = normalise_address(address)
    labels = address.rpartition("@")[2].split(".")
    patterns = [address, *(f"@{'.'.join(labels[n:])}" for n in range(len(labels)))]
    found = {row.pattern: row for row in KnownSender.objects.filter(pattern__in=patterns)}
    return next((found[pattern] for pattern in patterns if pattern in found), None)


def _filter(facts: Facts, incoming: Incoming, mail: Message, proof: Authentication) -> None:
    budget = Budget()
    verdict = proof.verdict if proof.is_checked else ""
    for one in _filters():
        conditions = [Condition.read(data) for data in one.conditions]
        found = fit(conditions, mail, envelope=incoming.envelope_to, proof=verdict, budget=budget)
        if found.too_slow:
            facts.note("filter", one.name, "too slow")
        if not found.fits:
            continue
        captured = ", ".join(f"{name}: {clean_line(text, 60)}" for name, text in found.captures.items())
        facts.note("filter", f"{one.name} ({captured})" if captured else one.name, "fits")
        _apply(facts, one, found.captures)
        if facts.ignored or one.is_last:
            break


def _apply(facts: Facts, one: Filter, captures: Mapping[str, str]) -> None:
    if one.action == Filter.Action.IGNORE:
        facts.ignored, facts.why = Incoming.Reason.FILTERED, one.name
        return
    facts.junk = facts.junk or one.action == Filter.Action.JUNK
    if one.queue and one.queue.is_active:
        facts.queue = one.queue
    elif one.queue:
        facts.note("filter", one.queue.path, "queue is not in use")
    facts.priority = one.priority or facts.priority
    facts.type = one.type or facts.type
    facts.tag(*(filled(tag, captures) for tag in one.tags))
    values = {key: clean_line(filled(str(text), captures), 1000) for key, text in one.fields.items()}
    facts.fields |= {key: value for key, value in values.items() if value}
    if one.joins_by and (value := values.get(one.joins_by)):
        facts.external.append((one.joins_by, value))


@remembered
def _are_any_known() -> bool:
    return KnownSender.objects.exists()


@remembered
def _filters() -> Sequence[Filter]:
    return list(Filter.objects.filter(is_active=True).select_related("queue", "priority", "type"))

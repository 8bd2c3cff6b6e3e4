"""What the tester found out, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from mail.ledger import reason_shown
from mail.models import Incoming
from mail.note_words import Noted, in_words
from mail.trial import Outcome
from tickets.customfields import labels
from web.setup.trace import steps_of

SHOWN_TEXT = 2_000
SHOWN_FILES = 20

KINDS: Mapping[str, str | Promise] = {
    "message": gettext_lazy("It would be a message of the customer."),
    "held": gettext_lazy("It would be kept as a note, because its sender is not who he says."),
    "reply": gettext_lazy("It would be an agent's answer to the customer, sent by email."),
    "note": gettext_lazy("It would be an agent's internal note."),
}


@dataclass(frozen=True)
class Shown:
    """An outcome and everything about it that takes words. `tone` is that of a banner."""

    outcome: Outcome
    tone: str
    headline: str
    kind: str
    steps: list[str]
    facts: list[tuple[str, str]]
    proof: str
    text: str
    files: list[Any]
    more_files: int
    notes: list[Noted]


def shown(outcome: Outcome) -> Shown:
    mail = outcome.mail
    return Shown(
        outcome,
        *_headline(outcome),
        kind=str(KINDS.get(outcome.article_kind, "")),
        steps=[*steps_of(outcome.incoming), *_further(outcome)],
        facts=_facts(outcome),
        proof=_proof(outcome),
        text=mail.text[:SHOWN_TEXT] if mail else "",
        files=list(mail.attachments[:SHOWN_FILES]) if mail else [],
        more_files=max(0, len(mail.attachments) - SHOWN_FILES) if mail else 0,
        notes=[in_words(note) for note in mail.notes] if mail else [],
    )


def _headline(outcome: Outcome) -> tuple[str, str]:
    incoming, ticket = outcome.incoming, outcome.ticket
    if incoming.state == Incoming.State.QUARANTINED:
        return "warn", " ".join((_("It would wait in quarantine."), reason_shown(incoming)))
    if incoming.state == Incoming.State.IGNORED:
        return "info", " ".join((_("It would be ignored."), reason_shown(incoming)))
    if incoming.outcome == Incoming.Outcome.REJECTED:
        return "info", _("It would be refused, because the ticket is closed.")
    if incoming.outcome == Incoming.Outcome.FOLLOW_UP:
        if ticket is None or ticket.is_hidden:
            return "ok", _("It would join a ticket that you may not see.")
        return "ok", _("It would join the ticket #%(number)s.") % {"number": ticket.number}
    return "ok", _("It would become a new ticket.")


def _facts(outcome: Outcome) -> list[tuple[str, str]]:
    ticket = outcome.ticket
    if ticket is None or ticket.is_hidden:
        return []
    names = labels()
    customer = ticket.customer
    if ticket.is_new_customer:
        customer = _("%(customer)s (not known yet)") % {"customer": customer}
    pairs = [
        (_("Title"), ticket.title),
        (_("Queue"), ticket.queue),
        (_("Customer"), customer),
        (_("Type"), _(ticket.type)),
        (_("Priority"), _(ticket.priority)),
        (_("Status"), _(ticket.state)),
        (_("Owner"), ticket.owner),
        (_("Tags"), ", ".join(ticket.tags)),
        *((names.get(key, key), _written(value)) for key, value in ticket.fields.items()),
    ]
    return [(label, value) for label, value in pairs if value]


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _proof(outcome: Outcome) -> str:
    """One sentence about who says that the sender is real."""
    found = outcome.incoming.authentication
    words = {"by": found.get("by", ""), "server": found.get("server", "")}
    if not found:
        return _("Nobody is asked whether the sender is real, because no server is named for this way.")
    if found["verdict"] == "pass":
        return _("%(server)s confirms the sender by %(by)s.") % words
    if found["verdict"] == "fail":
        return _("%(server)s says that the sender is forged (%(by)s).") % words
    return _("%(server)s does not confirm the sender.") % words


def _further(outcome: Outcome) -> list[str]:
    if not outcome.further:
        return []
    words = ngettext(
        "It is also for %(number)s other queue and becomes a ticket there, too.",
        "It is also for %(number)s other queues and becomes a ticket in each of them, too.",
        outcome.further,
    )
    return [words % {"number": outcome.further}]

"""The steps by which a message found its place, in whole sentences."""

from collections.abc import Iterable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mail.models import Incoming
from web.setup.identity_steps import IDENTITY

# What mail/matching.py and mail/intake.py write into the trace: (step, result) -> sentence with %(found)s.
SENTENCES: Mapping[tuple[str, str], str | Promise] = {
    ("token", "sender takes part"): gettext_lazy(
        "It answers a message of ours on #%(found)s, and its sender takes part there. So it joined that ticket."
    ),
    ("token", "sender does not take part"): gettext_lazy(
        "It answers a message of ours on #%(found)s, but its sender does not take part there."
    ),
    ("token", "no such ticket"): gettext_lazy("It answers a message of ours, but #%(found)s does not exist."),
    ("reference", "sender takes part"): gettext_lazy(
        "It refers to a message that is on #%(found)s, and its sender takes part there. So it joined that ticket."
    ),
    ("reference", "sender does not take part"): gettext_lazy(
        "It refers to a message that is on #%(found)s, but its sender does not take part there."
    ),
    ("reference", "no such ticket"): gettext_lazy("It refers to a message on #%(found)s, which does not exist."),
    ("tag", "sender takes part"): gettext_lazy(
        "Its subject names #%(found)s, and its sender takes part there. So it joined that ticket, marked as unverified."
    ),
    ("tag", "sender does not take part"): gettext_lazy(
        "Its subject names #%(found)s, but its sender does not take part there."
    ),
    ("tag", "no such ticket"): gettext_lazy("Its subject names #%(found)s, which does not exist."),
    ("report", "failure noted"): gettext_lazy(
        "It reports that a message of ours on #%(found)s did not reach everybody. That is noted at the message there."
    ),
    ("report", "delay noted"): gettext_lazy(
        "It reports that a message of ours on #%(found)s is late with somebody. That is shown at the message there."
    ),
    ("report", "no failure"): gettext_lazy(
        "It reports about the delivery of a message of ours on #%(found)s, but of nothing that failed for good."
    ),
    ("report", "failure of a notice"): gettext_lazy(
        "It reports that a notice did not arrive. Nothing else comes of it."
    ),
    ("report", "no failure of a notice"): gettext_lazy("It is a report about a notice. Nothing comes of it."),
    ("report", "not proven to be about ours"): gettext_lazy(
        "It looks like a delivery report, but nothing in it proves that it is about a message of ours."
    ),
    ("queue", "no recipient of ours, so the first address"): gettext_lazy(
        "None of its recipients is an address of ours, so it went to the queue of the first address."
    ),
}
OUTCOMES: Mapping[str, str | Promise] = {
    Incoming.Outcome.NEW: gettext_lazy("It became a new ticket."),
    Incoming.Outcome.FOLLOW_UP: gettext_lazy("It joined a ticket."),
    Incoming.Outcome.REJECTED: gettext_lazy("The ticket is closed and takes no replies, so the sender got a notice."),
}


def in_words(incoming: Incoming) -> list[str]:
    """From how it came to what became of it; numbers of tickets stay out when they are hidden."""
    return [how_it_came(incoming), *steps_of(incoming), what_became(incoming)]


def how_it_came(incoming: Incoming, *, peer: str = "") -> str:
    """`peer` is the machine that handed it over."""
    words = {"way": incoming.get_source_display(), "recipients": ", ".join(incoming.envelope_to), "peer": peer}
    if incoming.account:
        return _("It was fetched from the mailbox %(account)s.") % {"account": incoming.account}
    if incoming.envelope_to and peer:
        return _("It came by %(way)s from %(peer)s for %(recipients)s.") % words
    if incoming.envelope_to:
        return _("It came by %(way)s for %(recipients)s.") % words
    return _("It came by %(way)s.") % words


def steps_of(incoming: Incoming) -> Iterable[str]:
    """What was found on the way; numbers of tickets stay out when they are hidden."""
    hidden = getattr(incoming, "is_hidden", False)
    for step in incoming.trace:
        if not isinstance(step, dict):
            continue
        found = "…" if hidden else str(step.get("found", ""))
        key = (str(step.get("step", "")), str(step.get("result", "")))
        sentence = SENTENCES.get(key) or IDENTITY.get(key)
        if sentence is not None:
            yield str(sentence) % {"found": found}
        else:
            words = {"step": step.get("step", ""), "found": found, "result": step.get("result", "")}
            yield _("%(step)s: %(found)s, %(result)s") % words


def what_became(incoming: Incoming) -> str:
    if incoming.state == Incoming.State.TICKETED:
        return str(OUTCOMES.get(incoming.outcome, OUTCOMES[Incoming.Outcome.NEW]))
    if incoming.state == Incoming.State.QUARANTINED:
        return _("It could not become a ticket by itself and waits in quarantine.")
    if incoming.reason_code == Incoming.Reason.REPORT:
        return _("It needed no ticket of its own.")
    if incoming.state == Incoming.State.IGNORED:
        return _("It was ignored: no ticket came of it.")
    if incoming.last_error:
        return _("The last try failed, and it will be tried again.")
    return _("It was stored and waits to be looked at.")

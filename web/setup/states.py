"""States of mail in a word or two, for tags and filters."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from mail.models import Incoming, Outgoing, Storm

Words = Mapping[str, str | Promise]

INCOMING: Words = {
    Incoming.State.RECEIVED: pgettext_lazy("incoming mail", "Waiting"),
    Incoming.State.TICKETED: _("On a ticket"),
    Incoming.State.QUARANTINED: _("Quarantine"),
    Incoming.State.IGNORED: _("Ignored"),
}
OUTGOING: Words = {
    Outgoing.State.QUEUED: pgettext_lazy("outgoing mail", "Waiting"),
    Outgoing.State.SENT: _("Sent"),
    Outgoing.State.FAILED: _("Not delivered"),
    Outgoing.State.KEPT: _("Kept here"),
    Outgoing.State.HELD: _("Held back"),
    Outgoing.State.WITHDRAWN: _("Taken back"),
}
STORMS: Words = {
    Storm.State.BLOWING: pgettext_lazy("storm", "Goes on"),
    Storm.State.OVER: pgettext_lazy("storm", "Over, waits for you"),
    Storm.State.RELEASED: pgettext_lazy("storm", "Released"),
    Storm.State.DROPPED: pgettext_lazy("storm", "Dropped"),
}


def choices(words: Words) -> list[tuple[str, str | Promise]]:
    """For the filter above a list."""
    return [("", pgettext_lazy("messages", "All")), *words.items()]

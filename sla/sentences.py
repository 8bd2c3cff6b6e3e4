"""What events of clocks say to a reader (settings.SENTENCES)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from core.moments import moment
from sla.models import Kind
from tickets.models import Event
from tickets.sentences import Sentence


def _clock(event: Event) -> dict[str, str]:
    data = {name: change["now"] for name, change in event.data.items()}
    return {
        "clock": str(Kind(data["clock"]).label),
        "time": moment(datetime.fromisoformat(data["due"])),
        "percent": str(data.get("percent", "")),
        "level": str(data.get("level", "")),
    }


def _policy(event: Event) -> dict[str, str]:
    change = event.data["sla"]
    return {
        side: change[side]["name"] if change[side] else pgettext("service level", "none") for side in ("was", "now")
    }


# What is told of a clock itself, and not of who chose its SLA.
MARKS = ("sla.warned", "sla.breached", "sla.escalated")
# Of these, what everybody who reads the ticket ought to see.
LOUD = ("sla.breached", "sla.escalated")
SLA_SENTENCES = {
    "sla.warned": Sentence(_("%(clock)s: %(percent)s%% of the time had passed by %(time)s"), "clock", _clock),
    "sla.breached": Sentence(_("%(clock)s: the time ran out on %(time)s"), "warn", _clock),
    "sla.escalated": Sentence(_("%(clock)s: escalation level %(level)s was reached on %(time)s"), "warn", _clock),
    "sla.changed": Sentence(_("The SLA changed from %(was)s to %(now)s"), "clock", _policy),
}

"""What people call the fields that conditions may name (tickets/fields.py)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tickets.conditions import known_fields
from tickets.customfields import labels

NAMES = {
    "words": _("Words"),
    "queue": _("Queue"),
    "state": _("Status"),
    "state.type": _("Kind of status"),
    "owner": _("Agent"),
    "responsible": _("Responsible"),
    "priority": _("Priority"),
    "type": _("Type"),
    "service": _("Service"),
    "customer": _("Customer"),
    "organisation": _("Organisation"),
    "tags": _("Tags"),
    "number": _("Number"),
    "title": _("Subject"),
    "channel": _("Way it came"),
    "language": _("Language"),
    "created": _("Opened"),
    "changed": pgettext_lazy("field", "Changed"),
    "closed": pgettext_lazy("field", "Closed"),
    "due": _("Due"),
    "pending": _("Waits until"),
    "last_customer": _("Customer wrote last"),
    "impact": _("Impact"),
    "urgency": _("Urgency"),
    "time_spent": _("Minutes of work"),
    "locked": _("Locked"),
    "watcher": _("Watched by"),
    "mentioned": _("Mentioned"),
    "has_files": _("With files"),
    "sla": _("SLA"),
}


def names() -> dict[str, str | Promise]:
    """Every field that can be asked for and what it is called, in the order in which it is offered."""
    known = known_fields()
    own = {name: label for name, label in NAMES.items() if name in known}
    rest: dict[str, str | Promise] = {name: name for name in known if name not in own}
    return own | rest | {f"field.{key}": label for key, label in labels().items() if f"field.{key}" in known}

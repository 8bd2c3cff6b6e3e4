"""What conditions of rules ask for beside fields of tickets: what only the event knows (automation/conditions.py)."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from automation.conditions import ONLY_EVENTS, operators_of
from automation.moments import EVENT_FIELDS
from web.common.choices import Choice, Choices

# Nobody asks whether a moment or a number changed to one value; whether it changed at all is asked.
_WITHOUT_SIDES = ("time", "custom_date", "number", "custom_number")


class EventChoices(Choices):
    @cached_property
    def known(self) -> Mapping[str, Any]:
        return {**super().known, **EVENT_FIELDS}

    @cached_property
    def fields(self) -> list[Choice]:
        return [choice for _label, choices in self.field_groups for choice in choices]

    @cached_property
    def field_groups(self) -> list[tuple[str, list[Choice]]]:
        """For the list of fields: those of the ticket, then what just happened."""
        own = [(name, str(field.label)) for name, field in EVENT_FIELDS.items()]
        return [
            (_("Ticket"), super().fields),
            (_("What just happened"), [one for one in own if one[0].startswith("event.")]),
            (_("The message of this event"), [one for one in own if one[0].startswith("article.")]),
        ]

    def operators_of(self, name: str) -> Sequence[str]:
        found = operators_of(name)
        if self.known[name].kind in _WITHOUT_SIDES:
            return [one for one in found if one not in ONLY_EVENTS[1:]]
        return found

    def _find(self, name: str) -> list[Choice] | None:
        if name == "event.actor":
            agents = User.objects.agents().order_by("name", "pk").values_list("pk", "name")
            return [(str(pk), label) for pk, label in agents]
        if name in EVENT_FIELDS and (choices := EVENT_FIELDS[name].choices) is not None:
            return [(str(value), str(label)) for value, label in choices()]
        return super()._find(name)

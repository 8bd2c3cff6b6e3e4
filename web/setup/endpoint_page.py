"""Everything on the page of a webhook that can be typed: its form, its events, its condition."""

from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from automation.happenings import ANYTHING
from automation.models import Endpoint
from web.common.builder import Group, Unreadable, condition_of, edited, leaves, posted, rows_of
from web.common.choices import spelt_out
from web.setup.admin_choices import AdminChoices
from web.setup.forms.endpoints import ALL, SOME, EndpointForm
from web.setup.forms.problems import Problem, problems
from web.setup.happenings_menu import Entry, MenuGroup, entries, menu_without

MOST_HAPPENINGS = 60


class EndpointPage:
    def __init__(self, form: EndpointForm, names: list[str], group: Group, choices: AdminChoices) -> None:
        self.form, self.names, self.group, self.choices = form, names, group, choices
        self.happenings_error = ""
        self.focus_on_happenings = False

    @classmethod
    def of(cls, endpoint: Endpoint, choices: AdminChoices) -> "EndpointPage":
        group = rows_of(spelt_out(endpoint.condition or {"all": []}))
        names = [name for name in endpoint.events if name != ANYTHING]
        return cls(EndpointForm(instance=endpoint), names, group, choices)

    @classmethod
    def typed(cls, endpoint: Endpoint, data: QueryDict, choices: AdminChoices) -> "EndpointPage":
        """As it stands in the form, unchecked, with what the pressed button asks for."""
        values = {
            name: data.getlist(name) if name == "queues" else data.get(name, "") for name in EndpointForm.base_fields
        }
        group = edited(posted(data), data.get("edit", ""))
        shown = cls(EndpointForm(instance=endpoint, initial=values), _names(data), group, choices)
        what, _blank, name = data.get("events-edit", "").partition(" ")
        if what == "add" and name not in shown.names:
            shown.names.append(name)
        elif what == "drop":
            shown.names = [one for one in shown.names if one != name]
        shown.focus_on_happenings = what in ("add", "drop")
        return shown

    @classmethod
    def sent(cls, endpoint: Endpoint, data: QueryDict, choices: AdminChoices) -> "EndpointPage":
        return cls(EndpointForm(data, instance=endpoint), _names(data), posted(data), choices)

    @property
    def endpoint(self) -> Endpoint:
        return self.form.instance

    @property
    def happenings(self) -> list[Entry]:
        return entries(self.names)

    @property
    def happenings_menu(self) -> list[MenuGroup]:
        return menu_without([ANYTHING, *self.names])

    def is_valid(self) -> bool:
        """Puts what was read into the endpoint, too."""
        return all([self.form.is_valid(), self._read_happenings(), self._read_condition()])

    def problems(self) -> list[Problem]:
        wrong = [Problem(self.happenings_error, "happenings")] if self.happenings_error else []
        wrong += [Problem(leaf.error, f"field-{leaf.path}") for leaf in leaves(self.group) if leaf.error]
        return [*problems(self.form), *wrong]

    def drawn_condition(self) -> dict[str, Any]:
        return self.choices.drawn(self.choices.settle(self.group))

    def _read_happenings(self) -> bool:
        hears = self.form.cleaned_data.get("hears")
        if hears != SOME:
            self.endpoint.events = [ANYTHING] if hears == ALL else []
            return True
        if not self.names:
            self.happenings_error = _("Choose at least one event.")
        elif len(entries(self.names)) < len(self.names):
            self.happenings_error = _("One of these events is not there any more. Remove it.")
        self.endpoint.events = self.names
        return not self.happenings_error

    def _read_condition(self) -> bool:
        try:
            condition = condition_of(self.choices.settle(self.group), self.choices.known)
        except Unreadable:
            return False
        self.endpoint.condition = dict(condition) if self.group.parts else {}
        return True


def _names(data: QueryDict) -> list[str]:
    return list(dict.fromkeys(name[:40] for name in data.getlist("events")[:MOST_HAPPENINGS]))

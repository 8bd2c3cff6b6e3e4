"""Conditions in the panel of a process: when a way is taken, and when a field of a form is asked; as rows, and back."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import User
from processes import editing
from processes.drawing import Drawing, Element
from web.common.builder import Group, Unreadable, condition_of, edited, leaves, posted, rows_of
from web.common.choices import Choices
from web.setup.admin_choices import AdminChoices
from web.setup.forms.problems import Problem
from web.setup.process_fields import FieldsEditor
from web.setup.process_page import name_in_words


class Rows:
    """`draws` says that a button asked for the rows anew, so that nothing is wrong yet."""

    def __init__(self, kept: Mapping[str, Any], choices: Choices, data: QueryDict | None, *, draws: bool) -> None:
        self.choices, self.group = choices, _group(kept, data, draws=draws)
        self.is_bound = data is not None and not draws
        self.condition: dict[str, Any] | None = None

    def is_valid(self) -> bool:
        """Without a row there is no condition, which is fine."""
        if not self.group.parts:
            return True
        try:
            self.condition = dict(condition_of(self.choices.settle(self.group), self.choices.known))
        except Unreadable:
            return False
        return True

    @property
    def problems(self) -> list[Problem]:
        if not self.is_bound:
            return []
        return [Problem(leaf.error, f"field-{leaf.path}") for leaf in leaves(self.group) if leaf.error]

    @cached_property
    def top(self) -> dict[str, Any]:
        return self.choices.drawn(self.choices.settle(self.group))


class AskedPanel:
    """When one field of a step's form is asked."""

    template = "setup/processes/_asked.html"

    def __init__(
        self, drawing: Drawing, element: Element, key: str, user: User, data: QueryDict | None, *, draws: bool
    ) -> None:
        self.drawing, self.element, self.id, self.field = drawing, element, element.id, key
        self.form = [dict(one) for one in element.settings.get("form", ())]
        self.step, self.label = name_in_words(element), FieldsEditor().labels.get(key, key)
        self.title = _("When “%(field)s” is asked") % {"field": self.label}
        self.rows = Rows(self._own.get("shown_when") or {}, AdminChoices(user), data, draws=draws)

    @property
    def _own(self) -> dict[str, Any]:
        return next(one for one in self.form if one.get("field") == self.field)

    def is_valid(self) -> bool:
        return self.rows.is_valid()

    @property
    def problems(self) -> list[Problem]:
        return self.rows.problems

    def written(self, xml: str) -> str:
        self._own.pop("shown_when", None)
        if self.rows.condition:
            self._own["shown_when"] = self.rows.condition
        return editing.with_settings(xml, self.id, {**self.element.settings, "form": self.form})


def asks_for(element: Element, key: str) -> bool:
    return any(one.get("field") == key for one in element.settings.get("form", ()))


def _group(kept: Mapping[str, Any], data: QueryDict | None, *, draws: bool) -> Group:
    if data is None:
        return rows_of(kept)
    return edited(posted(data), data.get("edit", "")) if draws else posted(data)

"""What the condition of a way may ask for: the ticket, and what the steps of the process have come to."""

from collections.abc import Mapping
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import User
from processes.conditions import PREFIX
from processes.drawing import WORK, Drawing, Kind
from tickets.comparisons import Field
from web.common.choices import Choice
from web.setup.admin_choices import AdminChoices

_OUTCOME = Field("", "choice", lambda _ticket: None)


class ProcessChoices(AdminChoices):
    def __init__(self, user: User | None, drawing: Drawing):
        super().__init__(user)
        asked = [one for one in drawing.elements if one.kind in WORK | {Kind.SERVICE, Kind.SEND, Kind.SUB_PROCESS}]
        self._steps = {f"{PREFIX}{one.id}": one for one in asked}

    @cached_property
    def known(self) -> Mapping[str, Field]:
        return {**super().known, **dict.fromkeys(self._steps, _OUTCOME)}

    @cached_property
    def fields(self) -> list[Choice]:
        steps = [
            (name, _("Outcome of “%(step)s”") % {"step": element.shown_name}) for name, element in self._steps.items()
        ]
        return [*steps, *super().fields]

    def operators_of(self, name: str) -> list[str]:
        return ["is", "empty"] if name in self._steps else list(super().operators_of(name))

    def _find(self, name: str) -> list[Choice] | None:
        element = self._steps.get(name)
        if element is None:
            return super()._find(name)
        if "approval" in element.settings:
            return [
                ("approved", pgettext("decision", "approved")),
                ("declined", pgettext("decision", "declined")),
            ]
        return [("done", pgettext("task", "done"))]

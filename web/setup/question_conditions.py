"""What the condition of a question may ask for: the answers to the questions before it, and nothing else."""

from collections.abc import Iterable, Mapping
from functools import cached_property

from accounts.models import User
from tickets.comparisons import Field
from tickets.models import FieldDefinition
from web.common.choices import Choice
from web.setup.admin_choices import AdminChoices


class QuestionChoices(AdminChoices):
    def __init__(self, user: User | None, before: Iterable[FieldDefinition]):
        super().__init__(user)
        self._labels = {f"field.{field.key}": field.shown_label for field in before}

    @cached_property
    def known(self) -> Mapping[str, Field]:
        return {name: field for name, field in super().known.items() if name in self._labels}

    @cached_property
    def fields(self) -> list[Choice]:
        return [(name, label) for name, label in self._labels.items() if name in self.known]

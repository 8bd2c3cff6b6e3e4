"""What is wrong in the forms of one page, for the summary on top."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.forms import BaseForm


@dataclass(frozen=True)
class Problem:
    """One thing to change. With an `id` the summary leads there, else the message says it all."""

    label: str
    id: str = ""


def problems(*forms: BaseForm) -> list[Problem]:
    """All errors of the bound forms, in their order; forms that were not sent have none."""
    return [problem for form in forms for problem in _of(form)]


def _of(form: BaseForm) -> Iterable[Problem]:
    for message in form.non_field_errors():
        yield Problem(str(message))
    for field in form:
        if field.errors:
            yield Problem(str(field.label), field.id_for_label or field.auto_id)

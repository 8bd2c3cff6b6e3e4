"""How the audit shows the form of a service: a line for each question, so that they can be compared."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from tickets.models import FieldDefinition
from web.common.condition_words import in_words
from web.setup.question_conditions import QuestionChoices


def _questions(form: Mapping[str, Mapping[str, Any]]) -> list[str]:
    fields = list(FieldDefinition.objects.all())
    labels = {field.key: field.shown_label for field in fields}
    choices = QuestionChoices(None, fields)
    lines = []
    for key, facts in form.items():
        parts = [labels.get(key, key)]
        if facts.get("required"):
            parts.append(_("required"))
        if facts.get("condition"):
            parts.append(_("asked when: %(condition)s") % {"condition": in_words([facts["condition"]], choices)[0]})
        parts += [hint for hint in (facts.get("hint"), *(facts.get("hints") or {}).values()) if hint]
        lines.append(f"{facts.get('position')}. {'; '.join(parts)}")
    return lines


CATALOGUE_LINES: Mapping[tuple[str, str], Callable[[Any], list[str]]] = {
    ("tickets.service", "questions"): _questions,
}

"""Whether customers of a queue are asked how satisfied they are, as a part of its page."""

from typing import Any

from django.forms import BooleanField, CheckboxInput, ChoiceField, Form, IntegerField, ModelChoiceField
from django.http import QueryDict
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.audit import Stale, refuse_stale, seen_of
from accounts.models import User
from automation.models import Content, SurveyRule
from automation.survey_rules import drop_rule, rule_of, save_rule
from tickets.models import Queue
from web.setup.forms.beside import seen_beside
from web.setup.forms.problems import Problem

PREFIX = "survey"
ON, OFF = "on", "off"
DETAILS = ("delay", "pause", "valid", "needs_answer", "unless_customer_closed", "text")


class SurveyForm(Form):
    """Details count where the queue decides for itself that it asks."""

    ask = ChoiceField(label=_("Ask customers"), required=False)
    delay = IntegerField(
        label=_("Hours after closing"), required=False, min_value=0, max_value=24 * 90, help_text=_("0 is at once.")
    )
    pause = IntegerField(
        label=_("Days until the same customer is asked again"), required=False, min_value=0, max_value=3650
    )
    valid = IntegerField(label=_("Days in which an answer counts"), required=False, min_value=1, max_value=365)
    text = ModelChoiceField(
        Content.objects.none(),
        label=_("Words of the question"),
        required=False,
        empty_label=_("The stock text"),
        help_text=_("A text in several languages; it takes in the link by {{ link }}."),
    )
    needs_answer = BooleanField(label=_("Only when an agent has answered"), required=False)
    unless_customer_closed = BooleanField(label=_("Not when the customer has closed it himself"), required=False)

    def __init__(self, data: QueryDict | None, *, queue: Queue, rule: SurveyRule | None, **kwargs: Any) -> None:
        kwargs.setdefault("initial", _written(rule))
        super().__init__(data, prefix=PREFIX, label_suffix="", **kwargs)
        choices = [("", _above(queue)), (ON, pgettext("survey", "Yes")), (OFF, pgettext("survey", "No"))]
        self.fields["ask"].choices = choices
        self.fields["text"].queryset = Content.objects.filter(is_active=True).order_by("name")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("delay", "pause", "valid"):
            if cleaned.get("ask") == ON and cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, _("Enter a number."))
        return cleaned


class SurveyPanel:
    """The form of the panel (web/setup/panels.py). `seen` goes with it, as the rule is a row of its own."""

    def __init__(self, queue: Queue, data: QueryDict | None, *, is_typed: bool = False) -> None:
        self.queue = queue
        self.is_sent = data is not None and f"{PREFIX}-seen" in data
        self.rule: SurveyRule | None = getattr(queue, "survey_rule", None) if queue.pk else None
        self._posted_seen = data.get(f"{PREFIX}-seen", "") if data is not None and self.is_sent else None
        bound = data if self.is_sent and not is_typed else None
        typed = {"initial": _typed(data)} if is_typed and self.is_sent and data is not None else {}
        self.form = SurveyForm(bound, queue=queue, rule=self.rule, **typed)

    @classmethod
    def of_queue(cls, queue: Queue, data: QueryDict | None) -> "SurveyPanel":
        return cls(queue, data)

    @classmethod
    def typed(cls, queue: Queue, data: QueryDict) -> "SurveyPanel":
        return cls(queue, data, is_typed=True)

    @property
    def forms(self) -> list[Form]:
        return [self.form]

    @property
    def seen(self) -> str:
        """What the page has seen of the rule; a new mark comes with a refusal alone."""
        if self._posted_seen is not None:
            return self._posted_seen
        return seen_beside(self.queue, SurveyRule)

    def is_valid(self) -> bool:
        return not self.is_sent or self.form.is_valid()

    def problems(self) -> list[Problem]:
        return []

    def save(self, queue: Queue, *, by: User) -> None:
        """Raises `Stale`, when somebody else has changed the rule meanwhile."""
        if not self.is_sent:
            return
        known = SurveyRule.objects.filter(pk=queue.pk).first()
        rule = known or SurveyRule(queue=queue)
        try:
            refuse_stale(rule, seen=int(self.seen) if self.seen.isdecimal() and len(self.seen) < 19 else None)
        except Stale:
            self._posted_seen = str(seen_of(rule))
            raise
        facts = self.form.cleaned_data
        if not facts["ask"]:
            if known:
                drop_rule(known, by=by)
            return
        rule.is_on = facts["ask"] == ON
        for name in DETAILS:
            if facts[name] is not None or name == "text":
                setattr(rule, name, facts[name])
        save_rule(rule, by=by)


def save_survey_panel(panel: SurveyPanel, queue: Queue, *, by: User) -> None:
    panel.save(queue, by=by)


def _above(queue: Queue) -> str:
    """What holds as long as the queue says nothing."""
    if queue.parent is None:
        return pgettext("survey", "No, as everywhere")
    rule = rule_of(queue.parent)
    if not rule.is_on:
        word = pgettext("survey", "No")
    else:
        words = ngettext("Yes, after %(number)s hour", "Yes, after %(number)s hours", rule.delay)
        word = words % {"number": rule.delay}
    if rule._state.adding:
        return word
    return gettext("%(value)s, from %(queue)s") % {"value": word, "queue": rule.queue.place}


def _written(rule: SurveyRule | None) -> dict[str, Any]:
    shown = rule or SurveyRule()
    ask = "" if rule is None else ON if rule.is_on else OFF
    return {"ask": ask, **{name: getattr(shown, name) for name in DETAILS}}


def _typed(data: QueryDict) -> dict[str, Any]:
    fields = SurveyForm.base_fields.items()
    return {
        name: f"{PREFIX}-{name}" in data
        if isinstance(field.widget, CheckboxInput)
        else data.get(f"{PREFIX}-{name}", "")
        for name, field in fields
    }

"""Automatic replies: the form of a text, and which events a queue answers as a part of its page."""

from operator import attrgetter
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.forms import ChoiceField, Form, ModelForm, Textarea
from django.http import QueryDict
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from accounts.audit import Stale, refuse_stale, seen_of
from accounts.models import User
from core.liquid import TemplateError, in_words, render
from mail.answers import PLACEHOLDERS, save_answers, standing_of
from mail.models import AutomaticText, QueueAnswers
from mail.rules import rules
from tickets.models import Queue
from tickets.placeholders import examples_of
from web.common.placeholders import groups
from web.setup.forms.beside import seen_beside
from web.setup.forms.problems import Problem

PREFIX = "answers"
ON, OFF = "on", "off"


class AutomaticTextForm(ModelForm):
    # Fields with placeholders in them.
    templates: ClassVar = ("subject", "body")

    class Meta:
        model = AutomaticText
        fields = ("event", "queue", "language", "subject", "body", "is_active")
        labels = {
            "event": _("Event"),
            "queue": _("Queue"),
            "language": _("Language"),
            "subject": _("Subject"),
            "body": _("Text"),
            "is_active": _("Active"),
        }
        help_texts = {
            "queue": _("And the queues inside it, unless they have a text of their own."),
            "language": _("For customers who are answered in it; without a choice, for all who have no other text."),
            "body": _("Placeholders are written as {{ number }}. What the sender wrote cannot be repeated."),
            "is_active": _("Without an active text, customers get the stock text."),
        }
        widgets = {"body": Textarea(attrs={"rows": 12})}

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, label_suffix="", **kwargs)
        self.placeholders = groups(PLACEHOLDERS)
        self.fields["event"].choices = [("", _("Choose")), *self.fields["event"].choices[1:]]
        self.fields["queue"].queryset = Queue.objects.order_by("path")
        self.fields["queue"].label_from_instance = attrgetter("place")
        self.fields["queue"].empty_label = _("All queues")
        self.fields["language"].choices = [("", _("All languages")), *self.fields["language"].choices[1:]]

    def clean_subject(self) -> str:
        return _checked(self.cleaned_data["subject"])

    def clean_body(self) -> str:
        return _checked(self.cleaned_data["body"])

    def clean(self) -> dict:
        cleaned = super().clean()
        same = AutomaticText.objects.filter(
            event=cleaned.get("event"), queue=cleaned.get("queue"), language=cleaned.get("language", "")
        )
        if "event" in cleaned and same.exclude(pk=self.instance.pk).exists():
            self.add_error("language", _("There is already a text for this event, queue and language."))
        return cleaned


class QueueAnswersForm(Form):
    """One choice per event: as above, on or off."""

    def __init__(self, data: QueryDict | None, *, queue: Queue, row: QueueAnswers | None, **kwargs) -> None:
        written = {event: _written(getattr(row, event, None)) for event in QueueAnswers.EVENTS}
        kwargs.setdefault("initial", written)
        super().__init__(data, prefix=PREFIX, label_suffix="", **kwargs)
        above = _above(queue)
        for event, label in AutomaticText.Event.choices:
            standing = above[event]
            choices = [("", standing), (ON, gettext("Yes")), (OFF, gettext("No"))]
            self.fields[event] = ChoiceField(label=label, required=False, choices=choices)

    def values(self) -> dict[str, bool | None]:
        meant = {ON: True, OFF: False}
        return {event: meant.get(self.cleaned_data[event]) for event in QueueAnswers.EVENTS}


class AnswersPanel:
    """The form of the panel (web/setup/panels.py). `seen` goes with it, as the choices are a row of their own."""

    def __init__(self, queue: Queue, data: QueryDict | None, *, is_typed: bool = False) -> None:
        self.queue = queue
        self.is_sent = data is not None and f"{PREFIX}-seen" in data
        self.row = QueueAnswers.objects.filter(pk=queue.pk).first() if queue.pk else None
        self._posted_seen = data.get(f"{PREFIX}-seen", "") if data is not None and self.is_sent else None
        bound = data if self.is_sent and not is_typed else None
        typed = {"initial": _typed(data)} if is_typed and self.is_sent and data is not None else {}
        self.form = QueueAnswersForm(bound, queue=queue, row=self.row, **typed)

    @classmethod
    def of_queue(cls, queue: Queue, data: QueryDict | None) -> "AnswersPanel":
        return cls(queue, data)

    @classmethod
    def typed(cls, queue: Queue, data: QueryDict) -> "AnswersPanel":
        return cls(queue, data, is_typed=True)

    @property
    def forms(self) -> list[Form]:
        return [self.form]

    @property
    def seen(self) -> str:
        """What the page has seen of the choices; a new mark comes with a refusal alone."""
        if self._posted_seen is not None:
            return self._posted_seen
        return seen_beside(self.queue, QueueAnswers)

    @property
    def texts(self) -> list[AutomaticText]:
        """Those that were written for this very queue."""
        return list(AutomaticText.objects.filter(queue=self.queue)) if self.queue.pk else []

    def is_valid(self) -> bool:
        return not self.is_sent or self.form.is_valid()

    def problems(self) -> list[Problem]:
        return []

    def save(self, queue: Queue, *, by: User) -> None:
        """Raises `Stale`, when somebody else has changed the choices meanwhile."""
        if not self.is_sent:
            return
        row = QueueAnswers.objects.filter(pk=queue.pk).first() or QueueAnswers(queue=queue)
        try:
            refuse_stale(row, seen=int(self.seen) if self.seen.isdecimal() and len(self.seen) < 19 else None)
        except Stale:
            self._posted_seen = str(seen_of(row))
            raise
        for event, value in self.form.values().items():
            setattr(row, event, value)
        save_answers(row, by=by)


def save_answers_panel(panel: AnswersPanel, queue: Queue, *, by: User) -> None:
    panel.save(queue, by=by)


def _checked(text: str) -> str:
    """A text that could not be filled in would fail in front of a customer."""
    try:
        render(text, examples_of(PLACEHOLDERS))
    except TemplateError as error:
        raise ValidationError(in_words(error)) from error
    return text


def _above(queue: Queue) -> dict[str, str]:
    """What holds for each event as long as the queue says nothing."""
    parent = queue.parent if queue.parent_id else None
    if parent is None:
        house = rules()
        return {event: _yes_no(getattr(house, f"answers_{event}"), "") for event in QueueAnswers.EVENTS}
    standing = standing_of(parent)
    places = {pk: Queue.objects.get(pk=pk).place for pk in {pk for _on, pk in standing.values() if pk}}
    return {event: _yes_no(is_on, places.get(pk or 0, "")) for event, (is_on, pk) in standing.items()}


def _yes_no(is_on: bool, place: str) -> str:  # noqa: FBT001  a value, no switch
    word = gettext("Yes") if is_on else gettext("No")
    if place:
        return gettext("%(value)s, from %(queue)s") % {"value": word, "queue": place}
    return pgettext("automatic replies", "%(value)s, as everywhere") % {"value": word}


def _written(value: bool | None) -> str:  # noqa: FBT001
    return "" if value is None else ON if value else OFF


def _typed(data: QueryDict) -> dict[str, str]:
    return {event: data.get(f"{PREFIX}-{event}", "") for event in QueueAnswers.EVENTS}

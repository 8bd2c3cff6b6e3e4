"""Automatic replies: what they say, and which events a queue answers."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.audit import save_with_rows
from accounts.models import User
from api import examples
from api.v1.fields import FlagField, RowField, StrictSerializer, TextField
from api.v1.kinds import Kind, Values, detail_of, list_of, put
from api.v1.parts import Ancestry, Part, list_of_parts, part_of
from api.v1.shapes import RowShape
from api.v1.texts.wordings import RETIRED, TAG, body_field, language_field
from core.liquid import TemplateError, in_words, render
from mail.answers import PLACEHOLDERS, save_answers
from mail.models import AutomaticText, QueueAnswers
from mail.rules import rules
from tickets.models import Queue
from tickets.placeholders import examples_of

PARTS = ("subject", "body")


def _queues(_context: dict[str, Any]) -> Iterable[Queue]:
    return Queue.objects.all()


class NewAutomaticTextForm(StrictSerializer):
    """What an automatic reply says, in place of the stock text."""

    event = serializers.ChoiceField(AutomaticText.Event.choices)
    queue = RowField(_queues, required=False, allow_null=True, help_text="And those inside it; null: all.")
    language = language_field("For customers who are answered in it; empty: for all who have no other text.")
    subject = TextField(min_length=1, max_length=200)
    body = body_field()
    is_active = FlagField(required=False, help_text="Without an active text, customers get the stock text.")


class AutomaticTextShape(RowShape):
    event = serializers.ChoiceField(AutomaticText.Event.choices)
    queue = RowShape(allow_null=True)
    language = serializers.CharField()
    subject = serializers.CharField()
    body = serializers.CharField()
    is_active = serializers.BooleanField()


def _save(text: AutomaticText, values: Values, by: User) -> None:
    put(text, values)
    for name in PARTS:
        try:
            render(getattr(text, name), examples_of(PLACEHOLDERS))
        except TemplateError as error:
            raise ValidationError({name: in_words(error)}) from error
    same = AutomaticText.objects.filter(event=text.event, queue=text.queue, language=text.language)
    if same.exclude(pk=text.pk).exists():
        raise ValidationError({"language": _("There is already a text for this event, queue and language.")})
    text.clean_fields()
    save_with_rows(text, {}, by=by)


AUTOMATIC = Kind(
    name="AutomaticText",
    many="AutomaticTexts",
    one="a text of automatic replies",
    some="texts of automatic replies",
    tag=TAG,
    shape=AutomaticTextShape,
    form=NewAutomaticTextForm,
    rows=lambda: AutomaticText.objects.select_related("queue"),
    save=_save,
    order=("event", "id"),
    about=RETIRED,
    examples=[examples.AUTOMATIC],
)
AutomaticTextList, AutomaticTextDetail = list_of(AUTOMATIC), detail_of(AUTOMATIC)


@dataclass(frozen=True)
class Answers:
    """What a queue says itself, None where it leaves it open, and what holds."""

    queue: Queue
    row: QueueAnswers
    holds: Mapping[str, bool]


def _own(event: str) -> serializers.BooleanField:
    return serializers.BooleanField(source=f"row.{event}", allow_null=True, help_text="null: as the queue above.")


def _chosen() -> FlagField:
    return FlagField(required=False, allow_null=True, help_text="null: as the queue above, at last as everywhere.")


class HoldingShape(serializers.Serializer):
    new = serializers.BooleanField()
    follow_up = serializers.BooleanField()
    rejected = serializers.BooleanField()
    continued = serializers.BooleanField()


class QueueAnswersShape(serializers.Serializer):
    queue = RowShape()
    new = _own("new")
    follow_up = _own("follow_up")
    rejected = _own("rejected")
    continued = _own("continued")
    holds = HoldingShape(help_text="Whether it is answered, whoever says so.")


class ChangedQueueAnswersForm(StrictSerializer):
    """Any of these: whether the queue answers by itself."""

    new = _chosen()
    follow_up = _chosen()
    rejected = _chosen()
    continued = _chosen()


def _holding(queues: Sequence[Queue], above: Ancestry) -> Iterable[Answers]:
    rows = QueueAnswers.objects.in_bulk({pk for queue in queues for pk in above[queue.pk]})
    house = {event: bool(getattr(rules(), f"answers_{event}")) for event in QueueAnswers.EVENTS}
    for queue in queues:
        near = [rows[pk] for pk in above[queue.pk] if pk in rows]
        said = {event: _first(getattr(row, event) for row in near) for event in house}
        holds = {event: house[event] if value is None else value for event, value in said.items()}
        yield Answers(queue, rows.get(queue.pk) or QueueAnswers(queue=queue), holds)


def _first(values: Iterable[bool | None]) -> bool | None:
    return next((value for value in values if value is not None), None)


def _save_answers(row: QueueAnswers, values: Values, by: User) -> None:
    put(row, values)
    save_answers(row, by=by)


ANSWERS = Part(
    name="QueueAnswers",
    many="QueuesAnswers",
    words="the automatic replies",
    tag=TAG,
    model=QueueAnswers,
    shape=QueueAnswersShape,
    form=ChangedQueueAnswersForm,
    holding=_holding,
    save=_save_answers,
    drop=lambda row, by: _save_answers(row, dict.fromkeys(QueueAnswers.EVENTS), by),
    about="Which events are answered automatically. For administrators.",
    examples=[examples.ANSWERS],
)
QueueAnswersList, QueueAnswersDetail = list_of_parts(ANSWERS), part_of(ANSWERS)

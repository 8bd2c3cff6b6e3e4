"""The words that tickets are described with: states, priorities, types."""

from typing import Any

from rest_framework import serializers

from accounts.audit import save_with_rows
from accounts.models import User
from api.v1.fields import FlagField, RowField, StrictSerializer
from api.v1.setup import examples
from api.v1.setup.fields import LineField
from api.v1.setup.kinds import Kind, Retiring, Values, doors_of, put
from api.v1.shapes import RowShape
from tickets.models import Priority, State, StateType, TicketType
from tickets.vocabulary import refuse_retiring

TAG = "Administration"
LARGEST_POSITION = 32_767


def position(**options: Any) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=LARGEST_POSITION, **options)


class _WordShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(help_text="As it is kept; stock names are shown translated.")
    position = serializers.IntegerField(help_text="Smaller numbers come first.")
    is_active = serializers.BooleanField(help_text="What is not keeps its tickets and cannot be chosen.")


class StateSettingShape(_WordShape):
    type = serializers.ChoiceField(StateType.choices, help_text="What it means to the machinery.")
    next_state = RowShape(allow_null=True, help_text="Where a ticket goes when its time is over.")


class PrioritySettingShape(_WordShape):
    level = serializers.IntegerField(help_text="1 (very low) to 5 (very high).")


class TypeSettingShape(_WordShape):
    """A sort of requests."""


class _NewWord(StrictSerializer):
    name = LineField(min_length=1, max_length=60)
    position = position(required=False)
    is_active = FlagField(required=False)


class NewStateForm(_NewWord):
    """A state. What it means is chosen once, because tickets in it are counted by it."""

    type = serializers.ChoiceField(StateType.choices)
    next_state = RowField(lambda _context: State.objects.all(), required=False, allow_null=True)


class ChangedStateForm(Retiring, NewStateForm):
    """Any of these; what is not named stays as it is."""

    type = None


class NewPriorityForm(_NewWord):
    """A priority."""

    level = serializers.IntegerField(min_value=1, max_value=5)


class ChangedPriorityForm(Retiring, NewPriorityForm):
    """Any of these; what is not named stays as it is."""


class NewTypeForm(_NewWord):
    """A type."""


class ChangedTypeForm(Retiring, NewTypeForm):
    """Any of these; what is not named stays as it is."""


def save_word(row: Any, values: Values, by: User) -> Any:
    put(row, values)
    if row.pk and not row.is_active:
        refuse_retiring(row)
    save_with_rows(row, {}, by=by)
    return row


def _kind(word: str, title: str, model: Any, shape: Any, new: Any, changed: Any, example: Any) -> Kind:
    return Kind(
        word,
        title,
        TAG,
        rows=model.objects.select_related("next_state").all if model is State else model.objects.all,
        order=("position", "name", "id"),
        shape=shape,
        new=new,
        changed=changed,
        save=save_word,
        about="Also those out of use. For administrators.",
        about_change="What is not named stays. The last one of its kind stays in use.",
        examples=[example],
    )


StateRows, StateRow = doors_of(
    _kind("State", "states", State, StateSettingShape, NewStateForm, ChangedStateForm, examples.STATE)
)
PriorityRows, PriorityRow = doors_of(
    _kind(
        *("Priority", "priorities", Priority, PrioritySettingShape),
        *(NewPriorityForm, ChangedPriorityForm, examples.PRIORITY),
    )
)
TypeRows, TypeRow = doors_of(
    _kind("Type", "types", TicketType, TypeSettingShape, NewTypeForm, ChangedTypeForm, examples.TYPE)
)

"""Queues: the tree in which tickets lie, and how replies from it look."""

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from rest_framework import serializers

from accounts.models import Brand, User
from api.v1.fields import FlagField, RowField, StrictSerializer, TextField
from api.v1.setup import examples
from api.v1.setup.fields import LineField, NameInTreeField
from api.v1.setup.kinds import Kind, Retiring, Values, doors_of, put
from api.v1.setup.words import TAG
from api.v1.shapes import RowShape
from mail.filters import save_queue_intake, unwraps_forwards
from tickets.actions.queues import save_queue
from tickets.models import Queue
from tickets.models.queue import FollowUp

LONGEST_SIGNATURE = 20_000


class QueueSettingShape(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    path = serializers.CharField(help_text="With those above it: `Support::Hardware`.")
    parent = RowShape(allow_null=True)
    description = serializers.CharField(help_text="For agents.")
    brand = RowShape(allow_null=True, help_text="null: its tickets are seen in every portal.")
    language = serializers.CharField(help_text="Of replies, when the customer's is not known; empty: none.")
    signature = serializers.CharField()
    follow_up = serializers.ChoiceField(FollowUp.choices, help_text="What a reply does to a closed ticket.")
    secret_link_days = serializers.IntegerField(help_text="How long links in mails open a request; 0: not at all.")
    is_guided = serializers.BooleanField(help_text="Agents get the next ticket and do not choose.")
    is_junk = serializers.BooleanField(help_text="Unwanted messages go here.")
    unwraps_forwards = serializers.SerializerMethodField(
        help_text="What an agent forwards is opened for whoever wrote it at first."
    )
    is_active = serializers.BooleanField()

    def get_unwraps_forwards(self, queue: Queue) -> bool:
        return unwraps_forwards(queue)


class NewQueueForm(StrictSerializer):
    """A queue; what is left out is as on a new page."""

    name = NameInTreeField(min_length=1, max_length=100)
    parent = RowField(lambda _context: Queue.objects.all(), required=False, allow_null=True)
    description = LineField(max_length=200, allow_blank=True, required=False)
    brand = RowField(lambda _context: Brand.objects.all(), required=False, allow_null=True)
    language = serializers.ChoiceField(settings.LANGUAGES, allow_blank=True, required=False)
    signature = TextField(max_length=LONGEST_SIGNATURE, allow_blank=True, required=False)
    follow_up = serializers.ChoiceField(FollowUp.choices, required=False)
    secret_link_days = serializers.IntegerField(min_value=0, max_value=365, required=False)
    is_guided = FlagField(required=False)
    is_junk = FlagField(required=False)
    unwraps_forwards = FlagField(required=False)
    is_active = FlagField(required=False)


class ChangedQueueForm(Retiring, NewQueueForm):
    """Any of these; what is not named stays as it is."""


def _rows() -> QuerySet[Queue]:
    return Queue.objects.select_related("parent", "brand", "mail_intake")


def _save(queue: Any, values: Values, by: User) -> Queue:
    unwraps = values.pop("unwraps_forwards", None)
    put(queue, values)
    save_queue(queue, by=by)
    if unwraps is not None:
        save_queue_intake(queue, unwraps_forwards=unwraps, by=by)
    return queue


QueueRows, QueueRow = doors_of(
    Kind(
        "Queue",
        "queues",
        TAG,
        rows=_rows,
        order=("path", "id"),
        shape=QueueSettingShape,
        new=NewQueueForm,
        changed=ChangedQueueForm,
        save=_save,
        about="All of them, whether or not the token's person has a right there. For administrators.",
        about_change="What is not named stays. Paths of the queues inside follow.",
        examples=[examples.QUEUE],
        renamed=(("path", "name"),),
    )
)

"""What the token's person wants to hear of."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken, User
from api.base import Door
from api.v1.fields import RowField, StrictSerializer
from automation.models import NoticeWishes
from automation.notices.choosing import is_fixed
from automation.notices.house import known_levels
from automation.notices.occasions import TOLD, Channel, Occasion
from automation.notices.webhooks import endpoint_for_notices
from automation.notices.wishes import occasions_for, save_wishes, wish_of
from tickets.models import Queue
from tickets.options import queues_to_read

Choices = Mapping[str, Mapping[str, bool | None]]


class OccasionChoiceShape(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()
    channels = serializers.DictField(
        child=serializers.BooleanField(allow_null=True),
        help_text="What can be chosen, `bell`, `mail` or `webhook`; null: as administrators have it.",
    )


class MyNoticesShape(serializers.Serializer):
    """`scope` and `muted` mean nothing to customers."""

    scope = serializers.ChoiceField(NoticeWishes.Scope.choices, help_text="About which tickets; empty: as usual here.")
    muted = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of silent queues.")
    occasions = OccasionChoiceShape(many=True)


def _queues(context: dict[str, Any]) -> Iterable[Queue]:
    return queues_to_read(context["request"].user)


class MyNoticesForm(StrictSerializer):
    """What is not named stays as it is."""

    scope = serializers.ChoiceField(NoticeWishes.Scope.choices, required=False, allow_blank=True)
    muted = serializers.ListField(
        child=RowField(_queues), required=False, max_length=1000, help_text="Exactly these, with those inside them."
    )
    choices = serializers.DictField(
        child=serializers.DictField(child=serializers.BooleanField(allow_null=True)),
        required=False,
        help_text='By occasion and channel: `{"reply": {"mail": true}}`; null: as administrators have it.',
    )

    def validate_choices(self, choices: Choices) -> Choices:
        known = channels_of(self.context["request"].user)
        for key, said in choices.items():
            if not said.keys() <= known.get(key, set()):
                raise serializers.ValidationError({key: _("This cannot be chosen.")})
        return choices

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not self.context["request"].user.is_agent and (theirs := attrs.keys() & {"scope", "muted"}):
            raise serializers.ValidationError(dict.fromkeys(theirs, _("This cannot be chosen.")))
        return attrs


class MyNotices(Door):
    area = ApiToken.Area.TICKETS

    @extend_schema(operation_id="showMyNotices", summary="What you hear of", responses=MyNoticesShape, tags=["Choices"])
    def get(self, request: Request) -> Response:
        """By occasion and channel what the token's person has chosen."""
        return self._shown()

    @extend_schema(
        operation_id="changeMyNotices",
        summary="Choose what you hear of",
        request=MyNoticesForm,
        responses=MyNoticesShape,
        tags=["Choices"],
    )
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """Where nothing is chosen it is as administrators have it, also when they change that."""
        if request.auth.queues:  # it is about all queues
            raise PermissionDenied(_("This token does not open this part of the interface."))
        form = self.shaped(None, MyNoticesForm, data=request.data)
        form.is_valid(raise_exception=True)
        given, wish = form.validated_data, wish_of(self.person)
        muted = [queue.pk for queue in given["muted"]] if "muted" in given else None
        choices = {key: _laid_over(wish.choices.get(key, {}), said) for key, said in given.get("choices", {}).items()}
        save_wishes(self.person, scope=given.get("scope", wish.scope), choices=choices, muted=muted)
        return self._shown()

    def _shown(self) -> Response:
        wish, channels = wish_of(self.person), channels_of(self.person)
        occasions = [
            {
                "key": one.key,
                "label": str(one.label),
                "channels": {name: wish.choices.get(one.key, {}).get(name) for name in sorted(channels[one.key])},
            }
            for one in _occasions(self.person)
        ]
        shown = {"scope": wish.scope, "muted": sorted(wish.muted), "occasions": occasions}
        return Response(self.shaped(shown, MyNoticesShape).data)


def channels_of(person: User) -> dict[str, set[str]]:
    """By occasion the channels about which this person decides."""
    occasions = _occasions(person)
    levels = known_levels(one.key for one in occasions)
    usable = {channel for channel in Channel if channel != Channel.WEBHOOK or endpoint_for_notices() is not None}
    return {
        one.key: {str(name) for name in usable & {*one.channels} if not is_fixed(name, levels[one.key])}
        for one in occasions
    }


def _occasions(person: User) -> list[Occasion]:
    return [one for one in occasions_for(person) if one.key != TOLD]


def _laid_over(was: Mapping[str, bool], said: Mapping[str, bool | None]) -> dict[str, bool]:
    return {name: on for name, on in {**was, **said}.items() if on is not None}

"""What automation may do and listen to: the words that rules, schedules, macros and webhooks are written in."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.v1.automation.shapes import EffectShape, HappeningShape
from api.v1.kinds import Administration
from automation.effects import known_effects
from automation.happenings import HAPPENINGS


class _Words(Administration):
    """Lists of the house, which are short: all on one page."""

    pagination_class = None


class EffectList(_Words):
    @extend_schema(
        operation_id="listEffects", summary="List effects", responses=EffectShape(many=True), tags=["Automation"]
    )
    def get(self, request: Request) -> Response:
        """What `effects` may be made of, and what each must be told."""
        found = [
            {"name": name, "label": effect.label, "asks": effect.asks, "needs_person": effect.needs_person}
            for name, effect in known_effects().items()
        ]
        return Response(self.shaped(found, EffectShape, many=True).data)


class HappeningList(_Words):
    @extend_schema(
        operation_id="listHappenings",
        summary="List happenings",
        responses=HappeningShape(many=True),
        tags=["Automation"],
    )
    def get(self, request: Request) -> Response:
        """What `events` of rules and webhooks may name."""
        found = [{"name": name, "label": each.label, "group": each.group} for name, each in HAPPENINGS.items()]
        return Response(self.shaped(found, HappeningShape, many=True).data)

"""The matrix: which priority follows from an impact and an urgency."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from api.schema import IF_SAME
from api.v1.administration import AdminDoor
from api.v1.fields import RowField, StrictSerializer
from api.v1.levels.access import fingerprint, require_seen
from api.v1.setup import examples
from api.v1.setup.words import TAG
from api.v1.shapes import RowShape
from tickets.matrix import cells, save_matrix
from tickets.models import Level, MatrixCell, Priority


def _level(help_text: str) -> serializers.IntegerField:
    return serializers.IntegerField(min_value=min(Level), max_value=max(Level), help_text=help_text)


class ChosenCellForm(StrictSerializer):
    """One cell."""

    impact = _level("1 (low) to 3 (high).")
    urgency = _level("1 (low) to 3 (high).")
    priority = RowField(lambda _context: Priority.objects.active())


class ChangedMatrixForm(StrictSerializer):
    """Cells that are not named keep what they have."""

    cells = ChosenCellForm(many=True, min_length=1, max_length=len(Level) ** 2)


class MatrixCellShape(serializers.Serializer):
    impact = serializers.IntegerField()
    urgency = serializers.IntegerField()
    priority = RowShape()


class PriorityMatrix(AdminDoor):
    pagination_class = None

    @extend_schema(
        operation_id="listPriorityMatrix",
        summary="Show the matrix of impact and urgency",
        responses=MatrixCellShape(many=True),
        tags=[TAG],
    )
    def get(self, request: Request) -> Response:
        """Which priority follows from which impact and urgency. For administrators."""
        return self.answer()

    @extend_schema(
        operation_id="changePriorityMatrix",
        summary="Change the matrix of impact and urgency",
        parameters=[IF_SAME],
        request=ChangedMatrixForm,
        responses={200: MatrixCellShape(many=True)},
        examples=[examples.MATRIX],
        tags=[TAG],
    )
    @transaction.atomic
    def patch(self, request: Request) -> Response:
        """The cells that are named; tickets keep their priority."""
        list(MatrixCell.objects.select_for_update(of=("self",)).order_by("pk"))
        require_seen(request.headers.get("If-Match"), self.as_shown())
        form = self.shaped(None, ChangedMatrixForm, data=request.data)
        form.is_valid(raise_exception=True)
        said = {(one["impact"], one["urgency"]): one["priority"] for one in form.validated_data["cells"]}
        save_matrix({**cells(), **said}, by=self.person)
        return self.answer()

    def as_shown(self) -> Any:
        rows = [{"impact": i, "urgency": u, "priority": priority} for (i, u), priority in sorted(cells().items())]
        return self.shaped(rows, MatrixCellShape, many=True).data

    def answer(self) -> Response:
        shown = self.as_shown()
        return Response(shown, headers={"ETag": fingerprint(shown)})

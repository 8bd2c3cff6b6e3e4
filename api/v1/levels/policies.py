"""SLAs: what is promised, for which tickets."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api import examples
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY, IF_SAME
from api.v1.levels.access import fingerprint, refused, require_administrator, require_reader, require_seen
from api.v1.levels.forms import ChangedSlaForm, NewSlaForm
from api.v1.levels.shapes import SlaShape
from sla.configuring import remove_policy, save_policy
from sla.models import Policy


class _Slas(Door):
    area = ApiToken.Area.SETUP

    def saved(self, policy: Policy, values: dict[str, Any]) -> Policy:
        known = list(policy.targets.all()) if policy.pk else []
        targets = values.pop("targets", known)
        for name, value in values.items():
            setattr(policy, name, value)
        try:
            saved = save_policy(policy, targets, by=self.person)
        except ValidationError as error:
            raise refused(error) from error
        return policies().get(pk=saved.pk)

    def answer(self, policy: Policy, code: int = status.HTTP_200_OK) -> Response:
        shown = self.shaped(policy, SlaShape).data
        return Response(shown, code, headers={"ETag": fingerprint(shown)})

    def found(self, pk: int) -> Policy:
        policy = policies().filter(pk=pk).first()
        if policy is None:
            raise NotFound
        return policy


class SlaList(_Slas):
    order = ("position", "name", "id")

    @extend_schema(operation_id="listSlas", summary="List SLAs", responses=SlaShape(many=True), tags=["SLAs"])
    def get(self, request: Request) -> Response:
        """In the order in which they are asked. For agents and administrators."""
        require_reader(self.person)
        return self.listing(policies(), SlaShape)

    @extend_schema(
        operation_id="addSla",
        summary="Add an SLA",
        parameters=[IDEMPOTENCY_KEY],
        request=NewSlaForm,
        responses={201: SlaShape},
        examples=[examples.SLA],
        tags=["SLAs"],
    )
    @once
    def post(self, request: Request) -> Response:
        """Without a condition it is for tickets for which a queue or a person names it."""
        require_administrator(self.person)
        form = NewSlaForm(data=request.data)
        form.is_valid(raise_exception=True)
        return self.answer(self.saved(Policy(), form.validated_data), status.HTTP_201_CREATED)


class SlaDetail(_Slas):
    @extend_schema(operation_id="showSla", summary="Show an SLA", responses=SlaShape, tags=["SLAs"])
    def get(self, request: Request, id: int) -> Response:
        """With all its targets."""
        require_reader(self.person)
        return self.answer(self.found(id))

    @extend_schema(
        operation_id="changeSla",
        summary="Change an SLA",
        parameters=[IF_SAME],
        request=ChangedSlaForm,
        responses=SlaShape,
        examples=[examples.SLA_CHANGE],
        tags=["SLAs"],
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """What is not named stays; `targets` are replaced as a whole. Running clocks follow in the background."""
        require_reader(self.person)
        Policy.objects.select_for_update(no_key=True).filter(pk=id).first()
        policy = self.found(id)
        require_administrator(self.person)
        require_seen(request.headers.get("If-Match"), self.shaped(policy, SlaShape).data)
        form = ChangedSlaForm(data=request.data)
        form.is_valid(raise_exception=True)
        return self.answer(self.saved(policy, form.validated_data))

    @extend_schema(
        operation_id="removeSla",
        summary="Remove an SLA",
        parameters=[IF_SAME],
        responses={204: None},
        tags=["SLAs"],
    )
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """Only one that was never promised and that no queue names; else 409: it can be made inactive."""
        require_reader(self.person)
        Policy.objects.select_for_update(no_key=True).filter(pk=id).first()
        policy = self.found(id)
        require_administrator(self.person)
        require_seen(request.headers.get("If-Match"), self.shaped(policy, SlaShape).data)
        try:
            with transaction.atomic():
                remove_policy(policy, by=self.person)
        except ProtectedError as error:
            text = _("“%(name)s” has been promised or is named by a queue. Make it inactive instead.")
            raise CannotBe(text % {"name": policy.name}) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


def policies() -> QuerySet[Policy]:
    return Policy.objects.select_related("calendar").prefetch_related("targets__priority", "targets__calendar")

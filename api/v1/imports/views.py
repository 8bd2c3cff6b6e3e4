"""Imports for programs: hand in a file, see what would become of it, have it imported, read what was refused."""

from io import BytesIO
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.once import once
from api.problems import CannotBe
from api.schema import IDEMPOTENCY_KEY
from api.v1.administration import refused
from api.v1.imports.shapes import EXAMPLE, HowReadForm, ImportShape, NewImportForm, RefusalShape, options_of
from imports.models import Import
from imports.rights import importable
from imports.starting import begin_import, cancel_import, choose_columns, imports_of, remove_import, start_import
from web.common.files import send_blob

TAG = ["Imports"]


class _Imports(Door):
    """For administrators, and for who looks after customers: these import customers and organisations."""

    area = ApiToken.Area.SETUP
    order = ("-id",)

    def require(self) -> None:
        if not importable(self.person):
            raise NotFound
        if self.request.auth.queues:  # people and articles lie in no queue, and tickets may lie in any
            raise PermissionDenied(_("This token does not open this part of the interface."))

    def job(self, pk: int) -> Import:
        self.require()
        return get_object_or_404(imports_of(self.person), pk=pk)

    def told(self, job: Import, code: int = status.HTTP_200_OK) -> Response:
        return Response(self.shaped(Import.objects.get(pk=job.pk), ImportShape).data, code)


class ImportList(_Imports):
    @extend_schema(operation_id="listImports", summary="List imports", responses=ImportShape(many=True), tags=TAG)
    def get(self, request: Request) -> Response:
        """Those of the token's person, the newest first; they are kept for a month."""
        self.require()
        return self.listing(imports_of(self.person), ImportShape)

    @extend_schema(
        operation_id="startImport",
        summary="Hand in a file",
        parameters=[IDEMPOTENCY_KEY],
        request=NewImportForm,
        responses={201: ImportShape},
        examples=[EXAMPLE],
        tags=TAG,
    )
    @once
    def post(self, request: Request) -> Response:
        """It is read and checked in the background; nothing is imported before `start/`, unless `start` is true."""
        self.require()
        form = NewImportForm(data=request.data)
        form.is_valid(raise_exception=True)
        given = form.validated_data
        try:
            job = start_import(
                BytesIO(given["content"]),
                name=given["name"],
                what=given["what"],
                goes_on=given.get("start", False),
                through=request.auth.mark,
                language=get_language() or "en",
                by=self.person,
                **options_of(given),
            )
        except ValidationError as error:
            raise refused(error, names={"file": "content"}) from error
        return self.told(job, status.HTTP_201_CREATED)


class ImportDetail(_Imports):
    @extend_schema(operation_id="showImport", summary="Show an import", responses=ImportShape, tags=TAG)
    def get(self, request: Request, id: int) -> Response:
        """How far it is, what became of its rows, and how the first of them were understood."""
        self._refuse_unknown_parameters()
        return self.told(self.job(id))

    @extend_schema(
        operation_id="changeImport",
        summary="Say how a file is read",
        request=HowReadForm,
        responses=ImportShape,
        tags=TAG,
    )
    @transaction.atomic
    def patch(self, request: Request, id: int) -> Response:
        """It is checked anew. Only before it is imported."""
        job = self.job(id)
        form = HowReadForm(data=request.data)
        form.is_valid(raise_exception=True)
        said = {"columns": job.columns, "zone": job.zone, "dates": job.dates} | options_of(form.validated_data)
        try:
            choose_columns(job, said["columns"], zone=said["zone"], dates=said["dates"])
        except ValidationError as error:
            raise refused(error) if hasattr(error, "error_dict") else CannotBe(" ".join(error.messages)) from error
        return self.told(job)

    @extend_schema(operation_id="removeImport", summary="Remove an import", responses={204: None}, tags=TAG)
    @transaction.atomic
    def delete(self, request: Request, id: int) -> Response:
        """The file goes, what has been imported stays. Not while it is being worked on."""
        try:
            remove_import(self.job(id))
        except ValidationError as error:
            raise CannotBe(" ".join(error.messages)) from error
        return Response(status=status.HTTP_204_NO_CONTENT)


class ImportStart(_Imports):
    @extend_schema(
        operation_id="runImport",
        summary="Import what was checked",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: ImportShape},
        tags=TAG,
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """In the background: ask for it until its state is `done`. Refused rows are left out."""
        try:
            job = begin_import(self.job(id))
        except ValidationError as error:
            raise CannotBe(" ".join(error.messages)) from error
        return self.told(job)


class ImportCancel(_Imports):
    @extend_schema(
        operation_id="cancelImport",
        summary="Stop an import",
        parameters=[IDEMPOTENCY_KEY],
        request=None,
        responses={200: ImportShape},
        tags=TAG,
    )
    @once
    def post(self, request: Request, id: int) -> Response:
        """What has been imported stays."""
        return self.told(cancel_import(self.job(id)))


class RefusalList(_Imports):
    order = ("line", "id")

    @extend_schema(
        operation_id="listRefusals", summary="List what was refused", responses=RefusalShape(many=True), tags=TAG
    )
    def get(self, request: Request, id: int) -> Response:
        """A line for each cell that is at fault."""
        self._job = self.job(id)
        return self.listing(self._job.refusals.all(), RefusalShape)

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "job": getattr(self, "_job", None)}


class RefusedFile(_Imports):
    @extend_schema(
        operation_id="downloadRefused",
        summary="Download the refused rows",
        responses={(200, "text/csv"): OpenApiTypes.BINARY},
        tags=TAG,
    )
    def get(self, request: Request, id: int) -> HttpResponse:
        """As they stood in the file, with the reasons: to be mended and handed in again. 404 where there are none."""
        job = self.job(id)
        if not job.refused_file:
            raise NotFound
        return send_blob(job.refused_file, content_type="text/csv", name=f"{job.name}.refused.csv")

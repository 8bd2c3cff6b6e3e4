"""Reports for programs: what can be counted, answers to questions, files of them. Each with a person's rights."""

from django.core.exceptions import ValidationError as Refused
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import ApiToken
from api.base import Door
from api.once import once
from api.schema import IDEMPOTENCY_KEY
from api.v1.reports.forms import ASKED, EXAMPLE, QUESTION, NewExportForm, checked, question_in, require_agent
from api.v1.reports.shapes import AnswerShape, ExportShape, MeasureShape, answer_of
from reports.asking import ask
from reports.exporting import exports_of, start_export
from reports.measures import measures
from reports.models import Export, Format
from web.common.files import send_blob

TAG = ["Reports"]


class MeasureList(Door):
    area = ApiToken.Area.REPORTS
    pagination_class = None

    @extend_schema(operation_id="listMeasures", summary="List measures", responses=MeasureShape(many=True), tags=TAG)
    def get(self, request: Request) -> Response:
        """All that can be counted, with what it means. For agents."""
        require_agent(self.person)
        self._refuse_unknown_parameters()
        return Response(self.shaped(list(measures().values()), MeasureShape, many=True).data)


class Answer(Door):
    area = ApiToken.Area.REPORTS
    parameters = ASKED

    @extend_schema(
        operation_id="askReport",
        summary="Ask a question",
        parameters=QUESTION,
        responses=AnswerShape,
        tags=TAG,
    )
    def get(self, request: Request) -> Response:
        """Measures by rows and columns over a period, of the tickets that the token's person may read."""
        require_agent(self.person)
        self._refuse_unknown_parameters()
        table = ask(question_in(request.query_params.dict(), self.person), self.person)
        return Response(self.shaped(answer_of(table), AnswerShape).data)


class ExportList(Door):
    area = ApiToken.Area.REPORTS
    order = ("-id",)

    @extend_schema(
        operation_id="listExports", summary="List files of reports", responses=ExportShape(many=True), tags=TAG
    )
    def get(self, request: Request) -> Response:
        """Those of the token's person, the newest first; they are kept for a week."""
        require_agent(self.person)
        return self.listing(exports_of(self.person), ExportShape)

    @extend_schema(
        operation_id="startExport",
        summary="Have a file made",
        parameters=[IDEMPOTENCY_KEY],
        request=NewExportForm,
        responses={201: ExportShape},
        examples=[EXAMPLE],
        tags=TAG,
    )
    @once
    def post(self, request: Request) -> Response:
        """It is made in the background: ask for it until its state is `ready`, then download it."""
        require_agent(self.person)
        form = NewExportForm(data=request.data)
        form.is_valid(raise_exception=True)
        found = form.validated_data
        question = checked(found["question"], self.person)
        try:
            export = start_export(
                question,
                name=found.get("name", ""),
                content=found.get("content", Export.Content.TABLE),
                format=found.get("format", Format.CSV),
                by=self.person,
                language=get_language() or "en",
            )
        except Refused as error:
            raise serializers.ValidationError({"question": error.messages}) from error
        return Response(self.shaped(export, ExportShape).data, status.HTTP_201_CREATED)


class ExportDetail(Door):
    area = ApiToken.Area.REPORTS

    @extend_schema(operation_id="showExport", summary="Show a file of a report", responses=ExportShape, tags=TAG)
    def get(self, request: Request, id: int) -> Response:
        """How far it is."""
        require_agent(self.person)
        self._refuse_unknown_parameters()
        return Response(self.shaped(get_object_or_404(exports_of(self.person), pk=id), ExportShape).data)


class ExportFile(Door):
    area = ApiToken.Area.REPORTS

    @extend_schema(
        operation_id="downloadExport",
        summary="Download a file of a report",
        responses={(200, "*/*"): OpenApiTypes.BINARY},
        tags=TAG,
    )
    def get(self, request: Request, id: int) -> HttpResponse:
        """The bytes, once it is ready."""
        require_agent(self.person)
        export = get_object_or_404(exports_of(self.person), pk=id)
        if not export.is_ready:
            raise NotFound
        return send_blob(export.digest, content_type=export.content_type, name=export.file_name)

"""The door for monitoring: one address per source, its secret in the path or as bearer; no person, no session."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from api.base import AlwaysJson
from api.problems import LengthRequired, TooLarge
from automation.alert_posts import accept
from automation.alert_reading import MAX_BYTES, Malformed
from automation.alert_sources import may_guess, may_post, note_guess, source_for
from automation.models import AlertSource

SECRET = OpenApiParameter("secret", OpenApiTypes.STR, OpenApiParameter.PATH, description="The secret of the source.")


class TooMany(exceptions.APIException):
    status_code = HTTPStatus.TOO_MANY_REQUESTS
    default_detail = _("Too many requests. Try again in a minute.")


class Unreadable(exceptions.APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY


class Accepted(serializers.Serializer):
    """The alerts are stored; tickets follow within seconds."""

    alerts = serializers.IntegerField(help_text="How many there were in the request.")


class AlertDoor(GenericAPIView):
    """Who it is comes before anything is read, so that a stranger's request costs next to nothing (T63)."""

    http_method_names = ["post"]  # noqa: RUF012
    authentication_classes = ()
    permission_classes = ()
    content_negotiation_class = AlwaysJson
    metadata_class = None

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {**super().default_response_headers, "Cache-Control": "no-store"}

    def receive(self, request: Request, secret: str) -> Response:
        source = self._source(request, secret)
        try:
            number = accept(source, self._body(request))
        except Malformed as error:
            raise Unreadable(str(error)) from error
        return Response({"alerts": number}, status=HTTPStatus.ACCEPTED)

    def get_authenticate_header(self, request: Request) -> str:
        return "Bearer"

    def _source(self, request: Request, secret: str) -> AlertSource:
        place = request.META.get("REMOTE_ADDR", "")
        if not may_guess(place):
            raise TooMany
        source = source_for(secret)
        if source is None:
            note_guess(place)
            raise exceptions.AuthenticationFailed(_("This address belongs to no alert source, or not any more."))
        if not may_post(source):
            raise TooMany
        return source

    def _body(self, request: Request) -> bytes:
        """Whatever media type the sender names: it is JSON or nothing."""
        if "Transfer-Encoding" in request.headers:  # WSGI would read such a body as an empty one
            raise LengthRequired
        raw = request._request.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge
        return raw


class AlertsHere(AlertDoor):
    @extend_schema(
        operation_id="postAlertsAt",
        summary="Report alerts, with the secret in the address",
        parameters=[SECRET],
        request=OpenApiTypes.OBJECT,
        responses={202: Accepted},
        auth=[],
        tags=["Alerts"],
    )
    def post(self, request: Request, secret: str) -> Response:
        """For programs that cannot send a header. What is sent depends on the system of the source."""
        return self.receive(request, secret)


class Alerts(AlertDoor):
    @extend_schema(
        operation_id="postAlerts",
        summary="Report alerts",
        request=OpenApiTypes.OBJECT,
        responses={202: Accepted},
        tags=["Alerts"],
    )
    def post(self, request: Request) -> Response:
        """With the secret of an alert source as bearer. What is sent depends on the system of the source."""
        scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        return self.receive(request, secret.strip() if scheme.lower() == "bearer" else "")

"""What doors to people and organisations share: who may come in and edit, and how a row is found and answered."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework import status
from rest_framework.exceptions import NotFound, PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.finding import BY_NAME
from accounts.models import ApiToken
from accounts.roles import may_edit_people
from api.base import Door
from api.v1.levels.access import fingerprint

LONGEST_NOTES = 5_000
WORDS = OpenApiParameter("q", OpenApiTypes.STR, description="Beginnings of words of the name or of an address.")


class PeopleDoor(Door):
    """For those who work tickets, and administrators."""

    area = ApiToken.Area.PEOPLE
    order = BY_NAME

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.person.is_agent:
            raise NotFound

    def require_editor(self) -> None:
        if not may_edit_people(self.person):
            raise PermissionDenied(_("You may look up customers, but not change them."))


def answered(shown: Any, code: int = status.HTTP_200_OK) -> Response:
    return Response(shown, code, headers={"ETag": fingerprint(shown)})


def found_among(rows: QuerySet, pk: int) -> Any:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise NotFound
    return row

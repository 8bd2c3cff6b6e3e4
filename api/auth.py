"""Who a program is: a bearer token of a person, and what its scope allows. Nothing else signs in here."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.tokens import token_for
from tickets.rights import keep_to


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN` (RFC 6750). A browser's session counts for nothing, so no form can be forged."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _blank, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = token_for(secret.strip())
        if token is None:
            raise AuthenticationFailed(_("This token is not valid, or not any more."))
        if token.queues:
            if not token.user.is_agent:  # customers have no rights in queues that could be cut
                raise AuthenticationFailed(_("This token is not valid, or not any more."))
            keep_to(token.user, token.queues)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class TokenScope(BasePermission):
    """A token is needed; one that may only read cannot change anything (T53), and some open parts alone."""

    message = _("This token may only read.")

    def has_permission(self, request: Request, view: Any) -> bool:
        if request.auth is None:
            return False
        area = getattr(view, "area", None)  # a door that does not say which part it belongs to stays shut
        if area is None or (area and request.auth.areas and area not in request.auth.areas):
            raise PermissionDenied(_("This token does not open this part of the interface."))
        return request.method in SAFE_METHODS or request.auth.scope == ApiToken.Scope.WRITE

"""Why a call of an endpoint did not succeed: a code for the log, and a sentence for people."""

import http.client
import socket
import ssl
from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core.calling import NoTls
from core.outside import Forbidden

STATUS, REDIRECT, GONE = "status", "redirect", "gone"
OFF, TEMPLATE, SECRET = "off", "template", "secret"

SENTENCES: Mapping[str, str | Promise] = {
    STATUS: _("The endpoint has refused the message."),
    REDIRECT: _("The endpoint sends us to another address. Redirects are not followed: enter the final address."),
    GONE: _("The endpoint says that it is gone for good (410), so it was switched off."),
    OFF: _("The endpoint is switched off."),
    TEMPLATE: _("The body of the endpoint cannot be filled in."),
    SECRET: _("The stored secret cannot be read any more, because the key of this installation has changed."),
    "forbidden": _("The address leads into a network that is not allowed for webhooks."),
    "no_tls": _("Without encryption (http), only networks are reached that are allowed by name."),
    "tls": _("No secure connection: the certificate is not valid for this address or cannot be verified."),
    "no_name": _("There is no server with this name."),
    "timeout": _("There was no complete answer in time."),
    "connection": _("There was no connection."),
    "answer": _("The answer was not one of a web server."),
}


def code_of(error: Exception) -> str:
    """The code of what `core.calling.post` raised."""
    kinds: tuple[tuple[type[Exception], str], ...] = (
        (Forbidden, "forbidden"),
        (NoTls, "no_tls"),
        (ssl.SSLError, "tls"),
        (socket.gaierror, "no_name"),
        (TimeoutError, "timeout"),
        (http.client.HTTPException, "answer"),
    )
    return next((code for kind, code in kinds if isinstance(error, kind)), "connection")


def sentence(code: str) -> str:
    return str(SENTENCES.get(code, "")) if code else ""


def trouble_of(text: str) -> str:
    """What a row or a state keeps of the last failure ("status 500"), as a sentence."""
    code, _blank, detail = text.removeprefix("NotDelivered: ").partition(" ")
    said = sentence(code)
    if not said:
        return text
    if code in (STATUS, REDIRECT) and detail:
        return f"{said} ({gettext('answer')}: {detail})"
    return said

"""By which servers a message leaves: those of its sender address, else of its queue or the nearest above, else the
general ones, else the one of the environment. Several together are a pool; the first that takes it gets it.

Mail of a brand never leaves by the servers of another: a pool that is away makes its mail wait.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import save_with_rows
from accounts.models import User
from core.memo import remembered
from core.secrets import goes_elsewhere
from mail.accounts import ANEW, forget_consent
from mail.models import Address, Server, ServerState
from tickets.models import Queue

ENVIRONMENT = "environment"
STARTTLS_IF_OFFERED = "offered"


@dataclass(frozen=True)
class Way:
    """A server as it is reached. `key` names its state; `is_ours`: whoever deployed this named it, so it may be
    anywhere, also in the own network."""

    key: str
    name: str
    host: str
    port: int
    security: str
    username: str = ""
    password: str = ""
    is_ours: bool = False
    # The mailbox whose tokens are shown instead of the password.
    account: int | None = None


def ways_for(address: str, queue: Queue | None) -> Sequence[Way]:
    """The pool for mail from `address` of a ticket in `queue`; empty when nothing is set up at all."""
    servers = _servers()
    chosen = _of_address(servers, address) or _of_queue(servers, queue) or _general(servers)
    if chosen:
        return [way_of(server) for server in chosen]
    default = environment()
    return [default] if default else []


@remembered
def _servers() -> list[Server]:
    active = Server.objects.filter(is_active=True).select_related("consent")
    return list(active.prefetch_related("queues", "addresses").order_by("pk"))


def general_ways() -> Sequence[Way]:
    """For letters of the house itself, which belong to no queue."""
    return ways_for("", None)


def is_anything_set_up() -> bool:
    return bool(settings.SMTP_URL) or Server.objects.filter(is_active=True).exists()


def way_of(server: Server) -> Way:
    return Way(
        f"server {server.pk}",
        server.name,
        server.host,
        server.port,
        server.security,
        server.username,
        server.password,
        account=server.consent.account_id if server.consent else None,
    )


def environment() -> Way | None:
    """`smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…` (TLS from the start)."""
    if not settings.SMTP_URL:
        return None
    url = urlsplit(settings.SMTP_URL)
    options = dict(parse_qsl(url.query))
    if url.scheme == "smtps":
        security = Server.Security.TLS.value
    else:
        security = Server.Security.NONE.value if options.get("starttls") == "no" else STARTTLS_IF_OFFERED
    return Way(
        ENVIRONMENT,
        "HELPDESK_SMTP_URL",
        url.hostname or "localhost",
        url.port or (465 if url.scheme == "smtps" else 25),
        security,
        unquote(url.username or ""),
        unquote(url.password or ""),
        is_ours=True,
    )


def check_server(server: Server) -> None:
    """Raise `ValidationError` when a stored password would go to another server than the one it was written for, or a
    token where others can read it."""
    if server.consent is not None and server.security == Server.Security.NONE and not settings.MAIL_NETWORKS:
        raise ValidationError({"security": _("Tokens go through encrypted connections alone.")})
    old = Server.objects.filter(pk=server.pk).first() if server.pk else None
    if goes_elsewhere(old, server, sealed="sealed_password", place=Server.PLACE):
        raise ValidationError({"password": ANEW})


def needs_new_leave(server: Server) -> bool:
    """The leave that its mailbox has was not given for this server; whoever may agrees to it anew."""
    old = Server.objects.filter(pk=server.pk).first() if server.pk else None
    names = ("consent_id", *Server.PLACE)
    return server.consent is not None and (
        old is None or any(getattr(old, name) != getattr(server, name) for name in names)
    )


def save_server(server: Server, *, queues: Sequence[Queue], addresses: Sequence[Address], by: User) -> Server:
    """Save a server and what leaves by it; the next message goes by what has been saved. Raises `ValidationError`."""
    check_server(server)
    with transaction.atomic():
        if server.consent is not None:
            server.password = ""
            server.username = server.username or server.consent.account.username
            if needs_new_leave(server):
                forget_consent(server.consent.account, by=by)
        save_with_rows(server, {"queues": queues, "addresses": addresses}, by=by)
        ServerState.objects.filter(key=f"server {server.pk}").delete()
    return server


def _of_address(servers: Sequence[Server], address: str) -> list[Server]:
    return [server for server in servers if any(one.address == address for one in server.addresses.all())]


def _of_queue(servers: Sequence[Server], queue: Queue | None) -> list[Server]:
    """Of the queue itself, else of the nearest above that has some."""
    if queue is None or not servers:
        return []
    for pk in queue.line:
        if found := [server for server in servers if any(one.pk == pk for one in server.queues.all())]:
            return found
    return []


def _general(servers: Sequence[Server]) -> list[Server]:
    return [server for server in servers if not server.queues.all() and not server.addresses.all()]

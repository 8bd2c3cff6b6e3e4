"""Connections to mail servers: opened as a way says, kept for a moment, and used for the next message too."""

import os
import smtplib
import socket
import ssl
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import outside
from core.text import clean_line
from mail.fetching.oauth import ConsentEnded, NoConsent, TokenTrouble, access_token, forget_access_token
from mail.models import Account, Server, ServerState
from mail.way_troubles import NoTls, NoToken, Trial, technical, trial_of
from mail.ways import STARTTLS_IF_OFFERED, Way, needs_new_leave, way_of

TIMEOUT = 30
TRIAL_SECONDS = 10
# A connection waits so long for the next message, and carries no more than so many.
IDLE_SECONDS = 10.0
MOST_MESSAGES = 100
# A server that did not answer is asked last for so long; the others of its pool come first.
REST = timedelta(seconds=60)


class _Guarded(smtplib.SMTP):
    """Connects to public addresses and allowed networks alone, when a form has named the server (T62). Keeps in
    `last_words` what the server said when it had a message."""

    last_words = ""

    def __init__(self, host: str, port: int, *, is_ours: bool, **more: Any) -> None:
        self._is_ours = is_ours
        super().__init__(host, port, **more)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        if self._is_ours:
            return socket.create_connection((host, port), timeout)
        return outside.connect(host, port, timeout=timeout, allowed=settings.MAIL_NETWORKS)

    def data(self, msg: Any) -> tuple[int, bytes]:
        """As in smtplib, which throws the answer away when it is a good one."""
        code, answer = super().data(msg)
        self.last_words = clean_line(answer.decode(errors="replace"), 300)
        return code, answer


class _GuardedTls(smtplib.SMTP_SSL, _Guarded):
    def __init__(self, host: str, port: int, *, is_ours: bool, **more: Any) -> None:
        self._is_ours = is_ours
        smtplib.SMTP_SSL.__init__(self, host, port, **more)


def opened(way: Way, *, timeout: float = 0) -> smtplib.SMTP:
    """A connection on which our user has signed in, if there is one. The caller closes it."""
    context, seconds = ssl.create_default_context(), timeout or TIMEOUT
    server: smtplib.SMTP
    if way.security == Server.Security.TLS:
        server = _GuardedTls(way.host, way.port, is_ours=way.is_ours, timeout=seconds, context=context)
    else:
        server = _Guarded(way.host, way.port, is_ours=way.is_ours, timeout=seconds)
    try:
        server.ehlo()
        _encrypt(server, way, context)
        if way.account is not None:
            _sign_in_with_token(server, way, way.account)
        elif way.username:
            server.login(way.username, way.password)
    except BaseException:
        server.close()
        raise
    return server


def try_way(way: Way) -> Exception | None:
    """Connect and sign in, send nothing; what went wrong, if anything."""
    try:
        server = opened(way, timeout=TRIAL_SECONDS)
        _say_goodbye(server)
    except Exception as error:  # for a form: whoever asks is told all of it
        return error
    return None


def try_server(server: Server) -> Trial:
    """Sign in as the row says, saved or not. A token goes only where it was meant to go when the leave was given."""
    if needs_new_leave(server):
        said = _("Save first, then connect the mailbox anew: its leave is not for this server.")
        return Trial(is_good=False, sentence=said)
    way = way_of(server)
    return trial_of(try_way(way), way)


def lend(way: Way) -> "Lent":
    """A connection for one message: one that is open already, or a new one."""
    return _idle.take(way) or Lent(way, opened(way))


def close_all() -> None:
    _idle.close(older_than=0)


def note_success(way: Way) -> None:
    """Once a minute is enough to know that it works."""
    moment = timezone.now()
    stale = Q(failing_since__isnull=False) | Q(last_success_at=None) | Q(last_success_at__lt=moment - REST)
    good = {"last_success_at": moment, "failing_since": None, "last_error": "", "rests_until": None}
    state, is_new = ServerState.objects.get_or_create(key=way.key, defaults=good)
    if not is_new:
        ServerState.objects.filter(stale, pk=state.pk).update(**good)


def note_trouble(way: Way, error: Exception) -> None:
    moment = timezone.now()
    trouble = {"last_error": technical(error), "rests_until": moment + REST}
    state, is_new = ServerState.objects.get_or_create(key=way.key, defaults=trouble | {"failing_since": moment})
    if not is_new:
        ServerState.objects.filter(pk=state.pk).update(**trouble)
        ServerState.objects.filter(pk=state.pk, failing_since=None).update(failing_since=moment)


def _encrypt(server: smtplib.SMTP, way: Way, context: ssl.SSLContext) -> None:
    is_offered = server.has_extn("starttls")
    if way.security == Server.Security.STARTTLS and not is_offered:
        raise NoTls("STARTTLS")
    if is_offered and way.security in (Server.Security.STARTTLS, STARTTLS_IF_OFFERED):
        server.starttls(context=context)
        server.ehlo()


def _sign_in_with_token(server: smtplib.SMTP, way: Way, account: int) -> None:
    """XOAUTH2, as Microsoft and Google take it. A token that is refused is asked for anew, once. Without encryption it
    goes nowhere but to networks that are allowed by name."""
    plain = None if isinstance(server.sock, ssl.SSLSocket) else server.sock
    if plain is not None and not outside.is_inside(plain, settings.MAIL_NETWORKS):
        raise NoTls("a token without TLS")
    for is_last in (False, True):
        try:
            token = access_token(Account.objects.get(pk=account))
        except (Account.DoesNotExist, NoConsent, ConsentEnded, TokenTrouble) as error:
            raise NoToken(str(error) or type(error).__name__) from error
        words = f"user={way.username}\x01auth=Bearer {token}\x01\x01"
        try:
            # asked again, the server tells what is wrong, and wants an empty line before it refuses
            server.auth("XOAUTH2", lambda challenge=None, words=words: words if challenge is None else "")
        except smtplib.SMTPAuthenticationError:
            forget_access_token(account)
            if is_last:
                raise
        else:
            return


def _say_goodbye(server: smtplib.SMTP) -> None:
    """How the server answers is of no interest: what it has taken, it has taken."""
    with suppress(OSError, smtplib.SMTPException):
        server.quit()
    server.close()


@dataclass
class Lent:
    """A connection, used as a context for one message; then it is kept for the next, unless something went wrong."""

    way: Way
    server: smtplib.SMTP
    messages: int = 0
    since: float = 0.0

    def __enter__(self) -> smtplib.SMTP:
        return self.server

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            _idle.give(self)
        else:
            self.server.close()


class _Idle:
    """Open connections of this process between two messages, by way; a timer closes those that nobody wants."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, Way], list[Lent]] = {}
        self.lock = threading.Lock()
        self.timer: threading.Timer | None = None

    def take(self, way: Way) -> Lent | None:
        while True:
            with self.lock:
                waiting = self.kept.get((os.getpid(), way), [])
                lent = waiting.pop() if waiting else None
            if lent is None or self._is_alive(lent):
                return lent
            lent.server.close()

    def give(self, lent: Lent) -> None:
        lent.messages, lent.since = lent.messages + 1, time.monotonic()
        if lent.server.sock is None or lent.messages >= MOST_MESSAGES:
            _say_goodbye(lent.server)
            return
        with self.lock:
            self.kept.setdefault((os.getpid(), lent.way), []).append(lent)
            if self.timer is None or not self.timer.is_alive():
                self.timer = threading.Timer(IDLE_SECONDS, self._tidy)
                self.timer.daemon = True
                self.timer.start()

    def close(self, *, older_than: float) -> None:
        border = time.monotonic() - older_than
        with self.lock:
            old = [(key, lent) for key, kept in self.kept.items() for lent in kept if lent.since <= border]
            for key, lent in old:
                self.kept[key].remove(lent)
            self.kept = {key: kept for key, kept in self.kept.items() if kept}
        for key, lent in old:
            if key[0] == os.getpid():
                _say_goodbye(lent.server)

    def _tidy(self) -> None:
        self.close(older_than=IDLE_SECONDS - 1)
        with self.lock:
            self.timer = None
            if self.kept:
                self.timer = threading.Timer(IDLE_SECONDS, self._tidy)
                self.timer.daemon = True
                self.timer.start()

    def _is_alive(self, lent: Lent) -> bool:
        """Asked before each message: a server may have closed it meanwhile."""
        if time.monotonic() - lent.since > 2 * IDLE_SECONDS:
            return False
        try:
            return lent.server.rset()[0] == 250
        except (OSError, smtplib.SMTPException):
            return False


_idle = _Idle()

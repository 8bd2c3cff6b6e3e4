"""Mailboxes on other servers as administrators set them up: saved with audit, tried out with a clear answer."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientError, LoginError

from accounts.audit import save_audited
from accounts.models import User
from core.text import clean_line
from mail.models import Account

CONNECT_SECONDS = 5
READ_SECONDS = 10


@dataclass(frozen=True)
class Trial:
    """What came of signing in: a sentence for people and, when there is one, the server's own answer."""

    is_good: bool
    sentence: str
    answer: str = ""


class _NoFolder(Exception):
    """The account works, but this folder is not there."""


def save_account(account: Account, *, by: User) -> Account:
    """Save a new or changed account; what fetching notes on the row meanwhile is kept."""
    with transaction.atomic():
        current = Account.objects.select_for_update(of=("self",)).filter(pk=account.pk).first()
        if current is not None:
            account.last_success_at, account.last_error = current.last_success_at, current.last_error
        save_audited(account, by=by)
    return account


def try_account(account: Account) -> Trial:
    """Sign in, look into the folder, change nothing. Waits a few seconds for each answer and no longer."""
    try:
        with _signed_in(account) as server:
            messages = _messages_in(server, account)
    except Exception as error:
        return Trial(is_good=False, sentence=_what_is_wrong(error, account), answer=_answer_of(error))
    words = {"folder": account.folder, "number": messages}
    sentence = ngettext(
        "Signed in. The folder %(folder)s holds %(number)s message.",
        "Signed in. The folder %(folder)s holds %(number)s messages.",
        messages,
    )
    return Trial(is_good=True, sentence=sentence % words)


def sign_in(account: Account, *, timeout: SocketTimeout) -> IMAPClient:
    """A connection to the account's server on which its user has signed in; the caller closes it."""
    context = ssl.create_default_context()
    server = IMAPClient(
        account.host,
        port=account.port,
        ssl=account.security == Account.Security.TLS,
        ssl_context=context,
        timeout=timeout,
    )
    try:
        if account.security == Account.Security.STARTTLS:
            server.starttls(context)
        server.login(account.username, account.password)
    except BaseException:
        with suppress(IMAPClientError, OSError):
            server.shutdown()
        raise
    return server


@contextmanager
def _signed_in(account: Account) -> Iterator[IMAPClient]:
    server = sign_in(account, timeout=SocketTimeout(CONNECT_SECONDS, READ_SECONDS))
    try:
        yield server
    finally:
        server.shutdown()


def _messages_in(server: IMAPClient, account: Account) -> int:
    if not server.folder_exists(account.folder):
        raise _NoFolder(account.folder)
    return int(server.select_folder(account.folder, readonly=True).get(b"EXISTS", 0))


def _what_is_wrong(error: Exception, account: Account) -> str:
    words = {"host": account.host, "port": account.port}
    match error:
        case _NoFolder():
            return _("Signed in, but there is no folder %(folder)s.") % {"folder": error}
        case LoginError():
            return _("The server refused the user name or the password.")
        case IMAPClientError():
            return _("The server answered something that was not expected.")
        case socket.gaierror():
            return _("No server with the name %(host)s can be found.") % words
        case ConnectionRefusedError():
            return _("%(host)s takes no connections on port %(port)s.") % words
        case TimeoutError():
            return _("%(host)s did not answer in time. Check the port and the encryption.") % words
        case ssl.SSLCertVerificationError():
            return _("The certificate of %(host)s cannot be trusted.") % words
        case ssl.SSLError():
            return _("%(host)s does not speak TLS on port %(port)s. Try another encryption or another port.") % words
        case _other:
            return _("The connection to %(host)s broke off.") % words


def _answer_of(error: Exception) -> str:
    return "" if isinstance(error, _NoFolder) else clean_line(str(error), 300)

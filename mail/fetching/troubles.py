"""What went wrong with a mailbox: sorted, and said to people in plain words with what they can do about it."""

import poplib
import socket
import ssl

from django.db import Error as DatabaseError
from django.utils.translation import gettext as _
from imapclient.exceptions import CapabilityError, IMAPClientAbortError, IMAPClientError

from core.outside import Forbidden
from mail.fetching.box import NotStored
from mail.fetching.connecting import NoMailServer, SignInRefused, TooMuch
from mail.fetching.oauth import ConsentEnded, NoConsent, TokenTrouble
from mail.models import Account
from mail.reach_words import FORBIDDEN, untrusted

Trouble = Account.Trouble


class NoFolder(Exception):
    """The account works, but this folder is not there."""


class Renumbered(Exception):
    """The folder is no longer the one we began with."""


# What a server may do to us while we read from it. Its answers are read by libraries that trust them: a wrong one makes
# them fail in any of these ways (`AssertionError` is imaplib's), so a narrower list would let a server stop a visit.
OF_THE_SERVER = (
    IMAPClientError,
    poplib.error_proto,
    TooMuch,
    OSError,
    EOFError,
    ValueError,
    LookupError,
    AssertionError,
)

_SORTED: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Trouble], ...] = (
    (SignInRefused, Trouble.PASSWORD),
    (NoConsent, Trouble.NO_CONSENT),
    (ConsentEnded, Trouble.CONSENT_ENDED),
    (TokenTrouble, Trouble.TOKENS),
    (NoFolder, Trouble.NO_FOLDER),
    ((NotStored, DatabaseError), Trouble.STORAGE),
    (Forbidden, Trouble.FORBIDDEN),
    (ssl.SSLCertVerificationError, Trouble.CERTIFICATE),
    ((ssl.SSLEOFError, ssl.SSLZeroReturnError), Trouble.BROKE_OFF),
    ((ssl.SSLError, CapabilityError), Trouble.NO_TLS),
    (socket.gaierror, Trouble.NO_SERVER),
    (ConnectionRefusedError, Trouble.REFUSED),
    (TimeoutError, Trouble.TIMEOUT),
    ((NoMailServer, Renumbered), Trouble.ANSWER),
    ((IMAPClientAbortError, EOFError, OSError), Trouble.BROKE_OFF),
    ((IMAPClientError, poplib.error_proto, TooMuch, ValueError, LookupError, AssertionError), Trouble.ANSWER),
)


# Everything that is somebody's trouble and no mistake of ours.
SORTED = tuple(one for kinds, _trouble in _SORTED for one in (kinds if isinstance(kinds, tuple) else (kinds,)))


def trouble_of(error: BaseException) -> Trouble:
    """Of which kind it is; whatever nobody has thought of is trouble of our own."""
    return next((trouble for kind, trouble in _SORTED if isinstance(error, kind)), Trouble.STORAGE)


def technical(error: BaseException) -> str:
    """The error for engineers, on one line."""
    if isinstance(error, NotStored) and error.__cause__:
        error = error.__cause__
    name = {"error": "IMAP error", "abort": "IMAP connection lost"}.get(type(error).__name__, type(error).__name__)
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else None
    text = " ".join((said.decode(errors="replace") if said else str(error)).split())
    if isinstance(error, SignInRefused):  # the server's own words; what they mean `sentence` says
        return text
    return f"{name}: {text}" if text else name


def sentence_of_last(account: Account) -> str:
    """What went wrong on the last visit; empty when nothing did."""
    if not account.trouble:
        return ""
    missing = account.last_error.partition(": ")[2] if account.trouble == Trouble.NO_FOLDER else ""
    return sentence(account.trouble, account, folder=missing, said=account.last_error)


def answer_of(error: BaseException) -> str:
    """What the server itself said, where it may be repeated: only to people who speak of a mail server with it."""
    return technical(error) if isinstance(error, SignInRefused) else ""


def sentence(trouble: str, account: Account, *, folder: str = "", said: str = "") -> str:
    """What is wrong and what to do, in the language of the reader; `said` is the `technical` text of it."""
    words = {"host": account.host, "port": account.port, "folder": folder or account.folder}
    with_token = account.sign_in == Account.SignIn.OAUTH
    match trouble:
        case Trouble.PASSWORD if with_token:
            text = _(
                "The provider gave its leave, but the mail server did not take it. See whether the user name is the "
                "address of the mailbox, and whether IMAP or POP3 is switched on for it."
            )
        case Trouble.PASSWORD:
            text = _("The server refused the user name or the password.")
        case Trouble.NO_CONSENT:
            text = _("This mailbox has not been connected with its provider yet.")
        case Trouble.CONSENT_ENDED:
            text = _(
                "The provider no longer lets us into this mailbox. Nothing is fetched until somebody connects it "
                "again; the mail waits there and none is lost."
            )
        case Trouble.TOKENS:
            text = _("The provider's sign-in server gave no answer that is of use. We try again.")
        case Trouble.NO_FOLDER:
            text = _("Signed in, but there is no folder %(folder)s.")
        case Trouble.CERTIFICATE:
            return untrusted(account.host, said)
        case Trouble.NO_TLS:
            text = _("%(host)s does not speak TLS on port %(port)s. Try another encryption or another port.")
        case Trouble.NO_SERVER:
            text = _("No server with the name %(host)s can be found.")
        case Trouble.REFUSED:
            text = _("%(host)s takes no connections on port %(port)s.")
        case Trouble.FORBIDDEN:
            text = str(FORBIDDEN)
        case Trouble.TIMEOUT:
            text = _("%(host)s did not answer in time. Check the port and the encryption.")
        case Trouble.ANSWER:
            text = _("The server answered something that was not expected.")
        case Trouble.BROKE_OFF:
            text = _("The connection to %(host)s broke off.")
        case Trouble.SETTLING:
            text = _("Mail is fetched, but it could not be marked, moved or deleted on the server.")
        case _other:
            text = _("The mail could not be stored here. It stays on the server until it can be.")
    return text % words

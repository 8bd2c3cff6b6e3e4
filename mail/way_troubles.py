"""What goes wrong with a server that takes what we send, for people and for engineers."""

import smtplib
import socket
import ssl
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.outside import Forbidden
from core.text import clean_line
from mail.fetching.oauth import TokenTrouble
from mail.plain_words import in_plain_words, said_by_ours
from mail.reach_words import FORBIDDEN, is_about_trust, untrusted
from mail.ways import Way

_NETWORKS = "is in a network that may not be reached from here (HELPDESK_MAIL_NETWORKS)"


class NoToken(smtplib.SMTPException):
    """The provider gives no token to sign in with; the cause says why."""


class NoTls(smtplib.SMTPException):
    """STARTTLS is wanted and the server does not offer it."""


class NotForUs(smtplib.SMTPResponseException):
    """What the server says about us, our account or our machine, instead of taking a message (mail/refusals.py)."""


@dataclass(frozen=True)
class Trial:
    """What came of signing in: a sentence for people and, when there is one, the server's own answer."""

    is_good: bool
    sentence: str
    answer: str = ""


def trial_of(error: Exception | None, way: Way) -> Trial:
    """What came of signing in, for people."""
    if error is None:
        return Trial(is_good=True, sentence=_("The server answers and takes mail from here."))
    answer = "" if isinstance(error, NoTls | NoToken) else clean_line(technical(error), 300)
    return Trial(is_good=False, sentence=what_is_wrong(error, way), answer=answer)


def what_is_wrong(error: Exception, way: Way) -> str:
    words = {"host": way.host, "port": way.port}
    match error:
        case NoToken() if isinstance(error.__cause__, TokenTrouble):
            return _("The provider's sign-in server gave no answer that is of use. We try again.")
        case NoToken():
            return _("The mailbox must be connected with its provider again; until then nothing is sent by its leave.")
        case smtplib.SMTPAuthenticationError() if way.account:
            return _("The server refused the token. Connect the mailbox with its provider again.")
        case NoTls():
            return _("%(host)s offers no encryption by STARTTLS. Choose another encryption.") % words
        case smtplib.SMTPAuthenticationError():
            return _("The server refused the user name or the password.")
        case smtplib.SMTPNotSupportedError():
            return _("The server knows no sign-in. Leave the user name empty, or try another port.")
        case smtplib.SMTPServerDisconnected():
            return _("The connection to %(host)s broke off.") % words
        case smtplib.SMTPException():
            return _("The server answered something that was not expected.")
        case Forbidden():
            return str(FORBIDDEN) % words
        case socket.gaierror():
            return _("No server with the name %(host)s can be found.") % words
        case ConnectionRefusedError():
            return _("%(host)s takes no connections on port %(port)s.") % words
        case TimeoutError():
            return _("%(host)s did not answer in time. Check the port and the encryption.") % words
        case ssl.SSLCertVerificationError():
            return untrusted(way.host, str(error))
        case ssl.SSLError():
            return _("%(host)s does not speak TLS on port %(port)s. Try another encryption or another port.") % words
        case _other:
            return _("The connection to %(host)s broke off.") % words


def technical(error: Exception) -> str:
    """The error for engineers, on one line."""
    match error:
        case smtplib.SMTPResponseException():
            text = f"{error.smtp_code} {text_of(error.smtp_error)}"
        case Forbidden():
            text = f"{error} {_NETWORKS}"
        case _other:
            text = str(error)
    return clean_line(text, 500) or type(error).__name__


def sentence_of_last(said: str, host: str) -> str:
    """What went wrong with the last try, from how `technical` said it."""
    if is_about_trust(said):
        return untrusted(host, said)
    if said.endswith(_NETWORKS):
        return str(FORBIDDEN) % {"host": host}
    return in_plain_words(said_by_ours(said)) if said else ""


def text_of(answer: bytes | str) -> str:
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer

"""Mail of the house itself to a person, outside any ticket: links for a new password.

Whoever asks gets the same answer at the same speed: the door only leaves a row, and the worker finds out whether
anybody has that address (T78). Links start with the configured address, never with that of a request (T68).
"""

import logging
import os
import smtplib
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, localtime, make_msgid
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.passwords import reset_link
from accounts.people import person_with_address
from core.text import normalise_address
from core.work import wake
from mail.models import Address, Letter
from mail.sending import TryLater, connection
from mail.texts import PASSWORD_RESET, fill

log = logging.getLogger(__name__)


def ask_for_password_reset(address: str, *, language: str) -> None:
    """Leave word that somebody at `address` wants a new password; the language is that of the asking page."""
    letter = Letter.objects.create(
        kind=Letter.Kind.PASSWORD_RESET, address=normalise_address(address), language=language
    )
    wake(letter)


def send_letter(letter: Letter) -> None:
    """Send it, or do nothing when no active person has the address. Raises `TryLater` when the server is away."""
    person = person_with_address(letter.address)
    if person and person.is_active:
        _hand_over(_compose(letter, person), person)
    letter.delete()


def _compose(letter: Letter, person: User) -> EmailMessage:
    subject, body = fill(
        PASSWORD_RESET,
        person.language or letter.language,
        site=settings.SITE_NAME,
        link=reset_link(person),
        minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
    )
    name, address = _sender()
    message = EmailMessage()
    message["From"] = formataddr((name, address))
    message["To"] = letter.address
    message["Subject"] = subject
    message["Date"] = format_datetime(localtime())
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    # nobody's holiday reply shall come back
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message


def _sender() -> tuple[str, str]:
    first = Address.objects.filter(is_active=True).order_by("pk").first()
    if first:
        return first.name or settings.SITE_NAME, first.address
    return settings.SITE_NAME, f"helpdesk@{urlsplit(settings.BASE_URL).hostname or 'localhost'}"


def _hand_over(message: EmailMessage, person: User) -> None:
    if not settings.SMTP_URL:
        _keep(message)
        return
    try:
        with connection() as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _answer in error.recipients.values())
        if code < 500:
            raise TryLater(f"{code}") from error
        log.warning("the letter to person %s was refused: %s", person.pk, code)
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater(str(error) or type(error).__name__) from error


def _keep(message: EmailMessage) -> None:
    """Without a mail server the letter lies where whoever runs the installation can read it, and nobody else."""
    settings.MAIL_OUTBOX.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.MAIL_OUTBOX / f"{timezone.now():%Y%m%d-%H%M%S-%f}.eml"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(bytes(message))
    log.info("no mail server is configured; the letter lies in %s", path)

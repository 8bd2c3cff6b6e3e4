"""Mail of the house itself to a person, outside any ticket: links for a new password, alarms for administrators.

Whoever asks gets the same answer at the same speed: the door only leaves a row, and the worker finds out whether
anybody has that address (T78). Links start with the configured address, never with that of a request (T68).
"""

import logging
import os
import smtplib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, localtime
from urllib.parse import urlsplit
from uuid import uuid4

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import Brand, User
from accounts.passwords import reset_link
from accounts.people import person_with_address
from core.blobs import load
from core.secrets import derived_key
from core.text import normalise_address
from core.work import wake
from mail.account_letters import Words, of_invitation, of_membership, of_registration, site_of
from mail.addressing import is_ours
from mail.alarm_words import words_of
from mail.loops import MARK
from mail.marks import make_message_id
from mail.models import Address, Letter
from mail.pools import BeingTried, TryLater, being_tried_until, by_any
from mail.texts import PASSWORD_RESET, fill
from mail.ways import general_ways

log = logging.getLogger(__name__)


def ask_for_password_reset(address: str, *, language: str, brand: Brand | None = None) -> None:
    """Leave word that somebody at `address` wants a new password; the language is that of the asking page."""
    kind = Letter.Kind.PASSWORD_RESET
    wake(Letter.objects.create(kind=kind, address=normalise_address(address), language=language, brand=brand))


@dataclass(frozen=True)
class Enclosure:
    """A file that a letter brings along: a blob that a row names for as long as the letter may wait."""

    name: str
    content_type: str
    digest: str


def tell(
    person: User,
    *,
    subject: str,
    body: str,
    html: str = "",
    file: Enclosure | None = None,
    link: tuple[str, int] | None = None,
) -> None:
    """Leave word for somebody of ours; the words are in his language already and hold no secret.

    `html` says the same as `body`, and is made by us alone. `link` names a secret link that is to stand for `{link}` in
    the mail alone: an entry of settings.LETTER_LINKS, and the number of what it leads to. An answer to such a letter
    comes back to what it is about.
    """
    data = {"subject": subject, "body": body, "html": html, "file": asdict(file) if file else None, "link": link}
    wake(Letter.objects.create(kind=Letter.Kind.NOTICE, address=person.email, language=person.language, data=data))


def send_letter(letter: Letter) -> None:
    """Send it, or nothing where there is nothing to say. Raises `TryLater` when the server is away.

    Nothing goes to an address of ours either: the letter would come back as a ticket, with whatever link it holds.
    """
    person = person_with_address(letter.address)
    if is_ours(letter.address):
        log.warning("the letter %s was for an address of ours and was not sent", letter.pk)
    elif words := _WORDS[Letter.Kind(letter.kind)](letter, person):
        try:
            _hand_over(_compose(letter, words), letter)
        except BeingTried:  # nothing was tried for it, so it costs no try
            letter.due_at, letter.attempts = being_tried_until(), letter.attempts - 1
            return
    letter.delete()


def _of_reset(letter: Letter, person: User | None) -> Words | None:
    if person is None or not person.is_active:
        return None
    return fill(
        PASSWORD_RESET,
        person.language or letter.language,
        site=site_of(letter),
        link=reset_link(person, host=letter.brand.host if letter.brand else ""),
        minutes=settings.PASSWORD_RESET_TIMEOUT // 60,
    )


def _of_alarm(letter: Letter, person: User | None) -> Words | None:
    """Nothing when it is over, or for somebody who is no administrator any more."""
    incident = letter.incident
    if person is None or not person.is_active or not person.is_administrator:
        return None
    if incident is None or incident.over_at is not None:
        return None
    return words_of(incident, person, language=person.language or letter.language or "en")


def _of_notice(letter: Letter, person: User | None) -> Words | None:
    if person is None or not person.is_active:
        return None
    subject, body = letter.data["subject"], letter.data["body"]
    if not letter.data.get("link"):
        return subject, body
    name, number = letter.data["link"]
    found = _links(name)["link"](number)
    return (subject, body.replace("{link}", found)) if found else None


def _links(name: str) -> Mapping[str, Callable[[int], str]]:
    """The functions for a link and for the mark of its replies, by what they are for."""
    return {use: import_string(path) for use, path in settings.LETTER_LINKS[name].items()}


_WORDS: Mapping[Letter.Kind, Callable[[Letter, User | None], Words | None]] = {
    Letter.Kind.PASSWORD_RESET: _of_reset,
    Letter.Kind.ALARM: _of_alarm,
    Letter.Kind.REGISTRATION: of_registration,
    Letter.Kind.INVITATION: of_invitation,
    Letter.Kind.MEMBERSHIP: of_membership,
    Letter.Kind.NOTICE: _of_notice,
}


def _compose(letter: Letter, words: Words) -> EmailMessage:
    subject, body = words
    name, address = _sender(letter)
    message = EmailMessage()
    message["From"] = formataddr((name, address))
    if link := letter.data.get("link"):
        local, _at, domain = address.rpartition("@")
        message["Reply-To"] = f"{local}+{_links(link[0])['reply'](link[1])}@{domain}"
    message["To"] = letter.address
    message["Subject"] = subject
    message["Date"] = format_datetime(localtime())
    # Known again when somebody sends it back to us: nothing comes of it then (mail/loops.py).
    secret, domain = derived_key("message ids"), address.rpartition("@")[2]
    message["Message-ID"] = message[MARK] = make_message_id(secret, uuid4(), domain, "letter")
    # nobody's holiday reply shall come back
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(body)
    if html := letter.data.get("html"):
        message.add_alternative(html, subtype="html")
    if file := letter.data.get("file"):
        kind, _slash, subtype = file["content_type"].partition("/")
        message.add_attachment(load(file["digest"]), maintype=kind, subtype=subtype, filename=file["name"])
    return message


def _sender(letter: Letter) -> tuple[str, str]:
    ours, brand = Address.objects.filter(is_active=True).order_by("pk"), letter.brand
    own = ours.filter(address=brand.sender_address).first() if brand else None
    found = own or ours.first()
    name = brand.sender_name if brand else ""
    if found:
        return name or found.name or site_of(letter), found.address
    return name or site_of(letter), f"helpdesk@{urlsplit(settings.BASE_URL).hostname or 'localhost'}"


def _hand_over(message: EmailMessage, letter: Letter) -> None:
    ways = general_ways()
    if not ways:
        _keep(message)
        return
    try:
        # An empty return path: what cannot be delivered comes back to nobody, and makes no ticket.
        by_any(ways, lambda server: server.send_message(message, from_addr=""))
    except smtplib.SMTPRecipientsRefused as error:
        code = max(code for code, _answer in error.recipients.values())
        if code < 500:
            raise TryLater(f"{code}") from error
        log.warning("the letter %s was refused: %s", letter.pk, code)
    except (OSError, smtplib.SMTPException) as error:
        raise TryLater.of(error) from error


def _keep(message: EmailMessage) -> None:
    """Without a mail server the letter lies where whoever runs the installation can read it, and nobody else."""
    settings.MAIL_OUTBOX.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = settings.MAIL_OUTBOX / f"{timezone.now():%Y%m%d-%H%M%S-%f}.eml"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(bytes(message))
    log.info("no mail server is configured; the letter lies in %s", path)

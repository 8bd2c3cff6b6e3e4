"""A message of the outbox as people read it: the headers that matter, the text, the cleaned HTML; links that let its
recipient in are shortened."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from core.blobs import open_blob
from core.html import clean
from core.links import concealed
from core.text import clean_line, strip_nul

# Headers and texts come first; what lies further back are files.
LOOKED_AT = 1024 * 1024
HEADERS = ("From", "To", "Cc", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "Auto-Submitted")


@dataclass(frozen=True)
class Letter:
    headers: list[tuple[str, str]]
    text: str
    html: str
    files: list[str]


def read_letter(digest: str) -> Letter | None:
    """None when the stored message is gone."""
    try:
        with open_blob(digest) as file:
            raw = file.read(LOOKED_AT)
    except FileNotFoundError:
        return None
    message: EmailMessage = message_from_bytes(raw, policy=policy.default)
    return Letter(
        [(name, clean_line(str(message[name]), 1000)) for name in HEADERS if message[name]],
        concealed(_content(message, "plain")),
        clean(concealed(_content(message, "html"))),
        [clean_line(part.get_filename() or "", 150) for part in message.iter_attachments() if part.get_filename()],
    )


def _content(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    if part is None:
        return ""
    raw = part.get_payload(decode=True) or b""
    try:
        return strip_nul(raw.decode(part.get_content_charset("utf-8"), errors="replace"))
    except LookupError:
        return strip_nul(raw.decode("utf-8", errors="replace"))

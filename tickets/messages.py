"""What somebody says on a ticket, as a value, before it becomes an article."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.models import User


@dataclass(frozen=True)
class File:
    """A file as it arrives; the name is cleaned when it is stored."""

    name: str
    content_type: str
    content: bytes
    is_inline: bool = False
    content_id: str = ""


@dataclass(frozen=True)
class Message:
    """`html` may be raw; it is cleaned when stored. Addresses are `{"name", "address"}`."""

    text: str
    html: str = ""
    subject: str = ""
    files: Sequence[File] = ()
    sent_from: dict[str, str] = field(default_factory=dict)
    to: Sequence[dict[str, str]] = ()
    cc: Sequence[dict[str, str]] = ()
    bcc: Sequence[dict[str, str]] = ()
    reply_to: Sequence[dict[str, str]] = ()
    message_id: str = ""
    marks: Sequence[dict[str, Any]] = ()
    # Colleagues it names.
    mentions: Sequence[User] = ()
    # Its mail leaves no earlier: time to take it back.
    send_at: datetime | None = None
    # The form it came with, so that a second click finds the first one's article.
    submission: UUID | None = None

"""What a parsed message is: frozen values, no behaviour beyond looking things up."""

from dataclasses import dataclass
from datetime import datetime

from mail.addresses import Address

MAX_HEADER_LINES = 5_000
MAX_HEADER_BYTES = 4 * 1024 * 1024
MAX_VALUE = 1024 * 1024  # characters of one header that are looked at
MAX_PARTS = 2_000
MAX_DEPTH = 120
MAX_ADDRESSES = 1_000
MAX_REFERENCES = 100
MAX_BODY = 1024 * 1024  # characters of text kept as the body; the rest stays in an attachment


class TooComplex(Exception):  # noqa: N818  the word used in the quarantine
    """The message needs more work than any honest one: to be put into quarantine, raw and whole (T14, T15)."""


@dataclass(frozen=True, kw_only=True)
class Attachment:
    """One file of a message. `name` is cleaned for display; `inline` means the HTML shows it by its content id."""

    name: str
    content_type: str
    content: bytes
    inline: bool = False
    content_id: str = ""


@dataclass(frozen=True, kw_only=True)
class FailedRecipient:
    """One recipient of a delivery report (RFC 3464); `action` is failed, delayed, delivered, relayed or expanded.

    `original` is the address that the message was sent to, where the report says so.
    """

    address: str
    action: str
    status: str = ""
    diagnostic: str = ""
    original: str = ""


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """A delivery report; `original_message_id` is what makes it trustworthy, if it is one of ours (T34)."""

    recipients: tuple[FailedRecipient, ...] = ()
    original_message_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """The event of a calendar file: `starts` and `ends` are what a clock on a wall in `zone` shows.

    `zone` is a name as it was written (Europe/Berlin, W. Europe Standard Time), empty for "wherever you are". Where
    only days count, `ends` is the last of them. `answer` is what somebody says to it (ACCEPTED, DECLINED ...).
    """

    starts: datetime
    ends: datetime | None = None
    whole_day: bool = False
    zone: str = ""
    method: str = ""
    summary: str = ""
    location: str = ""
    description: str = ""
    organiser: str = ""
    organiser_name: str = ""
    repeats: bool = False
    cancelled: bool = False
    answer: str = ""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A received message, decoded. `html` is as written by the sender and must be cleaned before it is shown."""

    subject: str = ""
    from_: Address | None = None
    from_addresses: tuple[Address, ...] = ()
    from_ambiguous: bool = True  # more than one reading is possible: never treat the sender as proven (T26)
    sender: Address | None = None
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    delivered_to: tuple[str, ...] = ()
    return_path: str | None = None  # "" is the null sender of automatic mail
    date: datetime | None = None
    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    auto_submitted: str = ""
    precedence: str = ""
    list_id: str = ""
    by_machine: bool = False  # written by no person; what a list only passes on is automatic, but a person's
    automatic: str = ""  # why this is no person's mail, in words for the decision trace; empty if it may be one
    bounce: Bounce | None = None
    invitation: Invitation | None = None
    protection: str = ""  # pgp-signed, pgp-encrypted, smime-signed or smime-encrypted: seen, not checked
    loop_headers: tuple[str, ...] = ()
    received_count: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()  # what had to be repaired or guessed

    @property
    def is_automatic(self) -> bool:
        return bool(self.automatic)

    @property
    def is_bounce(self) -> bool:
        return self.bounce is not None

    def header(self, name: str) -> str:
        """The first header of that name, unfolded but not decoded; empty if there is none."""
        return next(iter(self.all_headers(name)), "")

    def all_headers(self, name: str) -> tuple[str, ...]:
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key.lower() == wanted)

"""What the present parser reads in a message, beside what was read when it came; and how that takes its place."""

import difflib
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.audit import note_change
from accounts.models import User
from core.html import clean, to_text
from core.text import clean_filename, clean_line, strip_nul
from mail.facts import ENTRUSTED
from mail.models import Incoming
from mail.note_words import in_words
from mail.release import read
from mail.spoken import message_of
from tickets.actions.rewording import reword
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Article, Queue
from tickets.models.article import Sender

MOST_LINES = 600
LINE = 500
# What a reading says about itself; other marks say what was decided.
OF_READING = ("repaired", "protected", "of_list")

Line = tuple[str, str]  # "+", "-" or " ", and the words


@dataclass(frozen=True)
class Reading:
    """A message as it was or would be kept. `text` is what people read, `files` their names and digests."""

    subject: str = ""
    sender: str = ""
    to: tuple[str, ...] = ()
    cc: tuple[str, ...] = ()
    message_id: str = ""
    text: str = ""
    has_html: bool = False
    files: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One thing that is compared; without a difference it has only lines of the kind " "."""

    label: str | Promise
    lines: Sequence[Line]

    @property
    def differs(self) -> bool:
        return any(sign != " " for sign, _words in self.lines)


@dataclass(frozen=True)
class Rereading:
    """`before` is None for what never became a ticket, `after` for what cannot be read now either."""

    before: Reading | None
    after: Reading | None
    parts: Sequence[Part] = ()

    @property
    def differs(self) -> bool:
        return any(part.differs for part in self.parts)


def reread(incoming: Incoming) -> Rereading:
    """Read its bytes again and compare; nothing is changed. Raises `FileNotFoundError` when they are gone."""
    mail = read(incoming)
    article = incoming.article
    before = _kept(article) if article else None
    if mail is None:
        return Rereading(before, None)
    queue = article.ticket.queue if article else Queue()
    after = _would_be(message_of(mail, incoming, marks=[], queue=queue), mail.notes)
    return Rereading(before, after, compare(before, after))


def put_right(incoming: Incoming, *, by: User) -> bool:
    """Give the message on the ticket the words and files that are read today; false when they are the same, it is on no
    ticket, it cannot be read, or it `is_excerpt`. Raises `FileNotFoundError` when its bytes are gone.

    Sender, Message-ID and ticket stay, because they were decided about; so do marks that say more than how it reads.
    """
    mail = read(incoming)
    with transaction.atomic():
        row = Incoming.objects.select_for_update(of=("self",)).get(pk=incoming.pk)
        if mail is None or row.article is None or row.raw_removed_at is not None or is_excerpt(row.article):
            return False
        article = row.article
        marks = [mark for mark in article.marks if mark.get("code") not in OF_READING]
        message = message_of(mail, row, marks=marks, queue=article.ticket.queue)
        event = reword(article, message, by=by, cause=Cause("mail", str(row.pk)))
        if event is None:
            return False
        row.note("reread", by=by.name)
        row.save(update_fields=["journal"])
        # Administrators who may not see the ticket read this, so it says that it changed and not into what.
        was, now = ({name: change[side] for name, change in event.data.items()} for side in ("was", "now"))
        note_change(row, before={"reading": _sign(was)}, after={"reading": _sign(now)}, by=by)
    return True


def is_excerpt(article: Article) -> bool:
    """Whether customers got a part of an agent's mail: all that was read in it is not theirs to read (T38)."""
    codes = {mark.get("code") for mark in article.marks}
    by_agent = article.sender == Sender.AGENT and ENTRUSTED not in article.marks
    return article.visible_to_customer and (by_agent or "forwarded" in codes)


def compare(before: Reading | None, after: Reading) -> list[Part]:
    """Part by part; without a `before` simply what would come out now."""
    was = before or after
    pairs = (
        (_("Subject"), [was.subject], [after.subject]),
        (_("From"), [was.sender], [after.sender]),
        (_("To"), was.to, after.to),
        (_("Cc"), was.cc, after.cc),
        (_("Message-ID"), [was.message_id], [after.message_id]),
        (_("Text"), was.text.splitlines(), after.text.splitlines()),
        (_("Files"), _names(was), _names(after)),
        (_("Repaired or guessed"), _sentences(was.notes), _sentences(after.notes)),
    )
    return [Part(label, lines) for label, old, new in pairs if (lines := _lines(old, new))]


def _sentences(notes: Sequence[str]) -> list[str]:
    return [in_words(note).text for note in notes]


def _lines(old: Sequence[str], new: Sequence[str]) -> list[Line]:
    """Line by line, of long texts the beginning: comparing costs the product of both lengths."""
    old, new = ([line[:LINE] for line in lines[:MOST_LINES] if line.strip()] for lines in (old, new))
    if old == new:
        return [(" ", line) for line in new]
    lines: list[Line] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            lines += [(" ", line) for line in old[a:b]]
        else:
            lines += [*(("-", line) for line in old[a:b]), *(("+", line) for line in new[c:d])]
    return lines


def _kept(article: Article) -> Reading:
    files = article.attachments.order_by("pk").values_list("name", "digest")
    return Reading(
        subject=article.subject,
        sender=article.sent_from.get("address", ""),
        to=_addresses(article.to),
        cc=_addresses(article.cc),
        message_id=article.message_id,
        text=article.body,
        has_html=bool(article.html),
        files=tuple((name, digest) for name, digest in files),
        notes=tuple(mark["note"] for mark in article.marks if mark.get("code") == "repaired"),
    )


def _would_be(message: Message, notes: Sequence[str]) -> Reading:
    """As tickets/articles.py would keep it."""
    html = clean(message.html) if message.html else ""
    return Reading(
        subject=clean_line(message.subject, 500),
        sender=message.sent_from.get("address", ""),
        to=_addresses(message.to),
        cc=_addresses(message.cc),
        message_id=message.message_id[:250],
        text=strip_nul(message.text) or (to_text(html) if html else ""),
        has_html=bool(html),
        files=tuple((clean_filename(f.name), hashlib.sha256(f.content).hexdigest()) for f in message.files),
        notes=tuple(notes[:5]),
    )


def _addresses(people: Sequence[dict[str, str]]) -> tuple[str, ...]:
    return tuple(person["address"] for person in people)


def _sign(read: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()[:12]


def _names(reading: Reading) -> list[str]:
    """With the beginning of the digest, so that the same name with other bytes is a difference."""
    return [f"{name} ({digest[:8]})" for name, digest in reading.files]

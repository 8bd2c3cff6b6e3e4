"""Who wrote what somebody forwards: the header block that mail programs put above the old text. Pure.

Read from the first such block in the text, in English, German, Spanish and Portuguese; or from the first message that
is attached as a whole.
"""

import re
from dataclasses import dataclass

from core.text import clean_line
from mail import reply_words as words
from mail.addresses import is_address, read_addresses
from mail.parse import Message
from mail.parsing.headers import first, read_headers
from mail.parsing.words import decode_words

MAX_LINES = 400
BLOCK_LINES = 14
MAX_HEADER = 64 * 1024  # of an attached message: too short for any limit of the parser to be reached
_PREFIX = re.compile(r"(?i)\s*(?:fwd?|fw|wg|rv|tr|reenv|enc|encaminhado?|reenviado?)\s?:\s*")
_MAILTO = re.compile(r"(?i)\[mailto:([^\]\s]{3,254})\]|<mailto:([^>\s]{3,254})>")
_QUOTE = re.compile(r"^> ?")
_FIELD = re.compile(r"\s*\*?([^\s:*][^:*]{0,30}?)\s?:\*?\s*(.*)\Z")
_FROM = frozenset({"from", "von", "de", "remitente", "remetente"})
_SUBJECT = frozenset({"subject", "betreff", "asunto", "assunto"})


@dataclass(frozen=True)
class Forwarded:
    """Who wrote it at first, about what, the text below the block, and what whoever forwards it wrote above."""

    name: str
    address: str
    subject: str = ""
    text: str = ""
    above: str = ""


def is_forward(subject: str) -> bool:
    return bool(_PREFIX.match(subject))


def without_prefix(subject: str) -> str:
    while match := _PREFIX.match(subject):
        subject = subject[match.end() :]
    return subject.strip()


def read_forward(text: str) -> Forwarded | None:
    """What the first header block in the text says; None when there is none that names one good address."""
    written = text.splitlines()
    lines = [line.strip().lstrip("> ").strip() for line in written[:MAX_LINES]]
    for index, line in enumerate(lines):
        if _begins(line[:300]) and (found := _block(lines, index)):
            sender, subject, end = found
            rest = "\n".join(_QUOTE.sub("", line) for line in written[end:])
            return Forwarded(*sender, subject, rest.strip("\r\n"), _above(written[:index]))
    return None


def read_attached(mail: Message) -> Forwarded | None:
    """The same from the header of the first message that is attached as a whole."""
    for attachment in mail.attachments:
        if attachment.content_type == "message/rfc822":
            headers, _body = read_headers(attachment.content[:MAX_HEADER], 0, [])
            sender = _sender(first(headers, "from"))
            if sender is not None:
                subject = clean_line(decode_words(first(headers, "subject"), []), 300)
                return Forwarded(*sender, subject, "", mail.text)
    return None


def _above(lines: list[str]) -> str:
    """Without the line that says that something forwarded follows."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or _announces(lines[end - 1])):
        end -= 1
    return "\n".join(lines[:end]).strip()


def _announces(line: str) -> bool:
    start = line[:300].strip().lstrip("> ")
    return any(one.match(start) for one in (words.FORWARDED, words.SEPARATOR, words.RULE))


def _block(lines: list[str], start: int) -> tuple[tuple[str, str], str, int] | None:
    """A block has a From with an address and a moment or a subject; it ends at an empty line."""
    fields: dict[str, str] = {}
    end = start
    for end in range(start, min(start + BLOCK_LINES, len(lines))):
        line = lines[end]
        match = _FIELD.match(line[:500])
        if not line or (match is None and not fields):
            break
        if match is None or " " in match[1].strip() and not _known(line):
            last = next(reversed(fields))
            fields[last] = f"{fields[last]} {line}"[:1_000]
        else:
            fields.setdefault(match[1].strip().lower(), match[2].strip())
    else:
        end += 1
    block = lines[start:end]
    dated = any(words.SENT.match(line[:300]) or words.SUBJECT.match(line[:300]) for line in block)
    sender = _sender(next((value for key, value in fields.items() if key in _FROM), ""))
    if not dated or sender is None:
        return None
    subject = next((value for key, value in fields.items() if key in _SUBJECT), "")
    return sender, clean_line(subject, 300), end


def _begins(line: str) -> bool:
    return any(field.match(line) for field in (words.FROM, words.SENT, words.SUBJECT))


def _known(line: str) -> bool:
    return any(field.match(line[:300]) for field in (words.FROM, words.SENT, words.SUBJECT, words.OTHER_FIELD))


def _sender(value: str) -> tuple[str, str] | None:
    """Name and address; Outlook writes `Dana Miller [mailto:dana@acme.example]` or doubles the address."""
    value = _MAILTO.sub(lambda match: f"<{match[1] or match[2]}>", value)
    found = list(dict.fromkeys((one.key, one) for one in read_addresses(value[:1_000], limit=5).addresses))
    keys = {key for key, _one in found}
    if len(keys) != 1:
        return None
    named = next((one for _key, one in found if one.name), found[0][1])
    return (named.name, named.address) if is_address(named.address) else None

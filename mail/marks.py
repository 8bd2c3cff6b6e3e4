"""The marks by which we know our own mail again: Message-IDs with a proof, subject tags, the chain of references."""

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from core.text import clean_line

PROOF_BYTES = 20  # 160 bits of HMAC-SHA256
MAX_TAGS = 10
# In the place of a number, in the Message-ID of a mail about many tickets.
MANY = "several"
SUBJECT_LIMIT = 900

_OWN_ID = re.compile(r"<?([0-9a-z-]{1,40})\.([0-9a-f]{32})\.([a-z2-7]{32})@[^<>@\s]{1,255}>?")
_TOKEN_VALUE = re.compile(r"[0-9a-z-]{1,24}")
_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,39}")
_TAG = re.compile(
    r"\[#([0-9][0-9A-Za-z-]{0,39})\]|\[[^\[\]#]{1,60}#\s?([0-9]{1,40})(?:[^\[\]0-9A-Za-z-][^\[\]]{0,60})?\]"
)
_PREFIX = re.compile(r"(?i)(?:re|aw|wg|fwd?|antw|antwort|sv|vs|rv|res|enc|rif)\s?(?:\[\d{1,3}\]|\(\d{1,3}\))?\s?:\s*")
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{3,900}>")


@dataclass(frozen=True)
class OwnMessage:
    """What one of our Message-IDs says, proven by its MAC: the ticket's number and the article."""

    number: str
    article: UUID


def make_message_id(secret: bytes, article: UUID, domain: str, number: str) -> str:
    """`<number.article.proof@domain>`; the proof covers ticket and article, so neither can be swapped (T23)."""
    number = str(number).lower()
    if not _NUMBER.fullmatch(number):
        raise ValueError("a ticket number consists of letters, digits and hyphens")
    return f"<{number}.{article.hex}.{_proof(secret, number, article.hex)}@{domain}>"


def check_message_id(secret: bytes, value: str) -> OwnMessage | None:
    """The message if this id is one of ours, else None: wrong or missing proofs are ordinary foreign ids."""
    match = _OWN_ID.fullmatch(value.strip()[:500].lower())
    if match is None or not hmac.compare_digest(_proof(secret, match[1], match[2]), match[3]):
        return None
    return OwnMessage(number=match[1], article=UUID(hex=match[2]))


def own_messages(secret: bytes, values: Iterable[str]) -> Iterator[OwnMessage]:
    """What those of these ids say that are ours, in their order."""
    for value in values:
        if value and (own := check_message_id(secret, value)):
            yield own


def make_token(secret: bytes, purpose: str, value: str) -> str:
    """`value.proof` for the part after "+" of a return path or Reply-To; guessing one is hopeless (T22, T34)."""
    if not _TOKEN_VALUE.fullmatch(value):
        raise ValueError("a token carries up to 24 small letters, digits and hyphens")
    return f"{value}.{_mac(secret, purpose, value)}"


def read_token(secret: bytes, purpose: str, token: str) -> str | None:
    """The value of a token we made for this purpose, else None."""
    value, _, proof = token.strip()[:100].lower().partition(".")
    if not _TOKEN_VALUE.fullmatch(value) or not hmac.compare_digest(_mac(secret, purpose, value), proof):
        return None
    return value


def find_tags(subject: str) -> list[str]:
    """Ticket numbers in the tags of a subject: `[#48213]` or `[Anything #48213]`; only a claim, see T19."""
    found = [match[1] or match[2] for match in _TAG.finditer(subject[:2_000])]
    return list(dict.fromkeys(found))[:MAX_TAGS]


def tag_subject(subject: str, number: str) -> str:
    """`[#48213] Subject` with the tag exactly once; any stack of Re:, AW:, WG: or Fwd: becomes one `Re: `."""
    is_reply, rest = _without_prefixes(subject, number)
    return f"{'Re: ' if is_reply else ''}[#{number}] {rest}".rstrip()


def reply_subject(subject: str, number: str) -> str:
    """The subject of an answer: always with one `Re: `."""
    return f"Re: [#{number}] {_without_prefixes(subject, number)[1]}".rstrip()


def references_for(earlier: Sequence[str], *, keep: int = 10) -> tuple[str, ...]:
    """The References of an answer to the last of these ids, oldest first; of long chains the first and the last."""
    ids = list(dict.fromkeys(value.strip() for value in reversed(earlier) if _MESSAGE_ID.fullmatch(value.strip())))
    ids.reverse()
    return tuple(ids if len(ids) <= keep + 1 else [ids[0], *ids[-keep:]])


def _proof(secret: bytes, number: str, article: str) -> str:
    return _mac(secret, "message-id", number, article)


def _mac(secret: bytes, *values: str) -> str:
    digest = hmac.new(secret, "\0".join(values).encode(), hashlib.sha256).digest()
    return base64.b32encode(digest[:PROOF_BYTES]).decode("ascii").lower()


def _without_prefixes(subject: str, number: str) -> tuple[bool, str]:
    """Whether it was a reply, and the bare subject without our own tag of this number."""
    rest = clean_line(subject, SUBJECT_LIMIT).replace(f"[#{number}]", " ")
    rest = " ".join(rest.split())
    is_reply = False
    while match := _PREFIX.match(rest):
        is_reply = True
        rest = rest[match.end() :]
    return is_reply, rest

"""Stamps of web forms: that a form was made here, when, and that sending it has cost its sender something. Pure.

A stamp holds no cookie and no address, so it works in a frame on another site. Whoever has scripts pays with a little
reckoning, whoever has none answers a question.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.clock import now
from core.secrets import derived_key

# A page may lie open for a day.
LIFETIME = timedelta(hours=24)
# Zero bits at the beginning of the digest: about 16,000 attempts, less than a second of a telephone.
BITS = 14
MAX_PROOF = 20


class BadStamp(ValueError):
    """It was not made by us, or for another form."""


class OldStamp(ValueError):
    """The page lay open for too long."""


@dataclass(frozen=True)
class Stamp:
    text: str
    nonce: str
    made_at: datetime

    @property
    def age(self) -> timedelta:
        return now() - self.made_at

    @property
    def question(self) -> tuple[int, int]:
        """Two numbers whose sum is asked for; the stamp does not tell them."""
        digest = _mac(f"question:{self.nonce}")
        return 2 + digest[0] % 8, 2 + digest[1] % 8


def new_stamp(key: str, *, since: datetime | None = None) -> Stamp:
    """For one sending of the form with this key; `since` is when its first page was shown."""
    nonce, seconds = secrets.token_hex(12), int((since or now()).timestamp())
    head = f"{nonce}.{seconds}"
    return Stamp(f"{head}.{_sealed(key, head)}", nonce, datetime.fromtimestamp(seconds, UTC))


def read_stamp(text: str, key: str) -> Stamp:
    """Raises `BadStamp` or `OldStamp`."""
    nonce, _dot, rest = text[:200].partition(".")
    seconds, _dot, seal = rest.partition(".")
    if not hmac.compare_digest(seal.encode(), _sealed(key, f"{nonce}.{seconds}").encode()):
        raise BadStamp
    stamp = Stamp(text, nonce, datetime.fromtimestamp(int(seconds), UTC))
    if stamp.age > LIFETIME:
        raise OldStamp
    return stamp


def is_proven(stamp: Stamp, proof: str) -> bool:
    """Whether `proof` was found by reckoning: the digest of both begins with `BITS` zero bits."""
    if not proof.isascii() or not proof.isdecimal() or len(proof) > MAX_PROOF:
        return False
    digest = hashlib.sha256(f"{stamp.text}:{proof}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - BITS) == 0


def is_answered(stamp: Stamp, answer: str) -> bool:
    """Whether somebody without scripts has added up right."""
    answer = answer.strip()
    return answer.isdecimal() and len(answer) < 4 and int(answer) == sum(stamp.question)


def _sealed(key: str, head: str) -> str:
    return _mac(f"stamp:{key}:{head}").hex()[:32]


def _mac(text: str) -> bytes:
    return hmac.digest(derived_key("web forms"), text.encode(), "sha256")

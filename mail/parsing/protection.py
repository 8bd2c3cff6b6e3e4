"""Signed and encrypted mail: recognised, never altered; what is only wrapped in a signature is read.

Nothing is verified or decrypted here. A mail is what its outermost structure says: an encrypted part somewhere inside
a readable mail does not make that mail secret, and must not be shown as if it were.
"""

import re
from collections.abc import Iterator

from mail.parsing.tree import Part

PGP_SIGNED, PGP_ENCRYPTED = "pgp-signed", "pgp-encrypted"
SMIME_SIGNED, SMIME_ENCRYPTED = "smime-signed", "smime-encrypted"
SMIME_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})

_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_ENVELOPED = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117"))
_PLAIN_DATA = bytes.fromhex("2a864886f70d010701")
_ARMOUR = re.compile(r"(?m)\A\s{0,100}-----BEGIN PGP (SIGNED )?MESSAGE-----[ \t]*$")
_SEQUENCE, _SET, _INTEGER, _OID, _OCTETS, _MANY_OCTETS, _EXPLICIT = 0x30, 0x31, 0x02, 0x06, 0x04, 0x24, 0xA0
MAX_PIECES = 100_000


def protection_of(root: Part, text: str, content: bytes) -> str:
    """How the message as a whole is protected, or an empty string; `content` is that of a root that is no multipart."""
    protocol = root.parameters.get("protocol", "").lower()
    if root.content_type == "multipart/signed":
        return PGP_SIGNED if "pgp" in protocol else SMIME_SIGNED if "pkcs7" in protocol else ""
    if root.content_type == "multipart/encrypted":
        return PGP_ENCRYPTED
    if root.content_type in SMIME_TYPES:
        return smime_kind(content)
    # Exchange makes mixed parts of encrypted ones on their way.
    kinds = {child.content_type for child in root.children}
    if "application/pgp-encrypted" in kinds:
        return PGP_ENCRYPTED
    armour = _ARMOUR.match(text)
    if armour is None:
        return ""
    return PGP_SIGNED if armour[1] else PGP_ENCRYPTED


def smime_kind(content: bytes) -> str:
    head = content[:64]
    if any(kind in head for kind in _ENVELOPED):
        return SMIME_ENCRYPTED
    return SMIME_SIGNED if _SIGNED_DATA in head else ""


def signed_content(data: bytes) -> bytes | None:
    """The MIME part inside of an S/MIME signature (RFC 5652, 5.1), or None if there is nothing readable."""
    reader = _Reader(data)
    try:
        reader.enter(_SEQUENCE)
        if reader.value(_OID) != _SIGNED_DATA:
            return None
        reader.enter(_EXPLICIT)
        reader.enter(_SEQUENCE)
        reader.value(_INTEGER)
        reader.value(_SET)
        reader.enter(_SEQUENCE)
        if reader.value(_OID) != _PLAIN_DATA:
            return None
        reader.enter(_EXPLICIT)
        return b"".join(reader.octets())
    except _NotThere:
        return None


class _NotThere(ValueError):
    """The data is not built as expected."""


class _Reader:
    """Just enough of BER to walk down to the content, of known or of unknown length."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0

    def enter(self, tag: int) -> int | None:
        """Past the head of an element; its length, None if it ends with a mark."""
        if self.position + 2 > len(self.data) or self.data[self.position] != tag:
            raise _NotThere
        length = self.data[self.position + 1]
        self.position += 2
        if length < 0x80:
            return length
        if length == 0x80:
            return None
        count = length & 0x7F
        if count > 6:
            raise _NotThere
        self.position += count
        return int.from_bytes(self.data[self.position - count : self.position], "big")

    def value(self, tag: int) -> bytes:
        length = self.enter(tag)
        if length is None:
            raise _NotThere
        self.position += length
        return self.data[self.position - length : self.position]

    def octets(self) -> Iterator[bytes]:
        """The pieces of a string; cut off at the end of the data, what came is better than nothing."""
        if self.position < len(self.data) and self.data[self.position] == _OCTETS:
            yield self.value(_OCTETS)
            return
        length = self.enter(_MANY_OCTETS)
        end = len(self.data) if length is None else self.position + length
        for _ in range(MAX_PIECES):
            if self.position >= min(end, len(self.data)) or self.data[self.position] not in {_OCTETS, _MANY_OCTETS}:
                return
            if self.data[self.position] == _MANY_OCTETS:
                self.enter(_MANY_OCTETS)
            else:
                yield self.value(_OCTETS)

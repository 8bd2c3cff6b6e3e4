"""What a file of a message is called: as its part says, else after its kind; always cleaned for display."""

import re

from core.text import clean_filename, clean_line
from mail.parsing.headers import first, read_headers
from mail.parsing.model import TooComplex
from mail.parsing.tree import Part
from mail.parsing.words import decode_words

EMBEDDED = frozenset({"message/rfc822", "message/global"})

_NAMES = {
    "text/plain": "text.txt",
    "text/html": "page.html",
    "text/calendar": "invitation.ics",
    "text/vcard": "contact.vcf",
    "text/x-vcard": "contact.vcf",
    "text/csv": "table.csv",
    "text/rfc822-headers": "headers.txt",
    "message/rfc822": "message.eml",
    "message/global": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/global-delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "application/ms-tnef": "winmail.dat",
    "application/vnd.ms-tnef": "winmail.dat",
    "application/pdf": "document.pdf",
    "application/pgp-signature": "signature.asc",
    "application/pgp-encrypted": "version.txt",
    "application/pgp-keys": "key.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/pkcs7-mime": "smime.p7m",
    "application/x-pkcs7-mime": "smime.p7m",
    "application/zip": "archive.zip",
    "image/jpeg": "image.jpg",
    "image/png": "image.png",
    "image/gif": "image.gif",
    "image/webp": "image.webp",
    "image/svg+xml": "image.svg",
    "image/bmp": "image.bmp",
    "image/tiff": "image.tiff",
}
_LOCATION = re.compile(r"[^/\\:]{1,100}\.[A-Za-z0-9]{1,8}")


def name_of(part: Part, content: bytes, notes: list[str]) -> str:
    fallback = _NAMES.get(part.content_type) or ("text.txt" if part.content_type.startswith("text/") else "file")
    given = part.filename or part.parameters.get("name", "")
    if part.content_type in EMBEDDED:
        if not given and (subject := _subject(content)):
            given = subject + ".eml"
        elif given and "." not in given:
            given += ".eml"
    if not given:
        given = next((said for said in _said_elsewhere(part, notes) if _LOCATION.fullmatch(said)), "")
    return clean_filename(given, fallback=fallback)


def _said_elsewhere(part: Part, notes: list[str]) -> list[str]:
    return [decode_words(first(part.headers, name), notes) for name in ("content-location", "content-description")]


def _subject(content: bytes) -> str:
    try:
        headers, _ = read_headers(content.lstrip(b"\r\n")[: 256 * 1024], 0, [])
    except TooComplex:
        return ""
    return clean_line(decode_words(first(headers, "subject"), []), 120).replace("/", "-").replace("\\", "-")

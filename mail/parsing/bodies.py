"""Which parts of a message are what people wrote, and which are files."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote

from core.html import from_text, to_text
from core.text import clean_filename, clean_line
from mail.parsing.content import content_of, text_of
from mail.parsing.headers import first, read_headers
from mail.parsing.model import MAX_BODY, Attachment, TooComplex
from mail.parsing.pictures import take_out_pictures
from mail.parsing.tree import Part
from mail.parsing.words import decode_words

MAX_HTML = 4 * MAX_BODY

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
_EMBEDDED = frozenset({"message/rfc822", "message/global"})
# Alternatives for programs, made from the same content that is also there for people.
_MACHINE_ALTERNATIVES = frozenset({"text/x-amp-html", "text/watch-html"})
_CONTENT_IDS = re.compile(r"""(?i)\bcid:([^\s"'<>)]{1,500})""")


@dataclass
class Written:
    """What people wrote, in order, and the files."""

    segments: list["_Segment"] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n\n".join(text for segment in self.segments if (text := segment.as_text().strip("\n")))

    @property
    def html(self) -> str:
        if not any(segment.html for segment in self.segments):
            return ""
        return "\n".join(html for segment in self.segments if (html := segment.as_html().strip("\n")))


@dataclass(frozen=True)
class _Segment:
    """One piece of the body in the forms in which the sender gave it; at least one is not empty."""

    text: str = ""
    html: str = ""

    def as_text(self) -> str:
        return self.text if self.text.strip() or not self.html else to_text(self.html)

    def as_html(self) -> str:
        return self.html or from_text(self.text)


def read_bodies(raw: bytes, root: Part, notes: list[str]) -> Written:
    """Text, HTML and attachments of the whole tree; depth is bounded by the reader of the tree."""
    reader = _BodyReader(raw, notes)
    written = Written(notes=notes)
    written.segments = reader.segments(root, in_alternative=False)
    shown = {unquote(found.replace("&amp;", "&")).strip("<>") for found in _CONTENT_IDS.findall(written.html)}
    written.attachments = [reader.attachment(part, shown) for part in reader.files] + reader.made
    return written


class _BodyReader:
    def __init__(self, raw: bytes, notes: list[str]) -> None:
        self.raw = raw
        self.notes = notes
        self.files: list[Part] = []
        self.made: list[Attachment] = []
        self.has_text = False
        self.characters = 0

    def segments(self, part: Part, *, in_alternative: bool) -> list[_Segment]:
        if not part.is_multipart:
            return self.leaf(part, in_alternative=in_alternative)
        if part.content_type == "multipart/alternative":
            return self.alternative(part)
        if part.content_type == "multipart/related":
            return self.related(part)
        found = []
        for child in part.children:
            found += self.segments(child, in_alternative=in_alternative)
        return found

    def alternative(self, part: Part) -> list[_Segment]:
        """The plain form and the last HTML form of the same content; anything else in there is a file."""
        text, html = "", ""
        for child in part.children:
            if child.content_type in _MACHINE_ALTERNATIVES:
                self.notes.append(f"{child.content_type} alternative left out")
                continue
            found = Written(self.segments(child, in_alternative=True))
            if found.html:
                html = found.html
                text = text or "\n\n".join(segment.text for segment in found.segments if segment.text)
            elif not text:
                text = found.text
        return [_Segment(text, html)] if text or html else []

    def related(self, part: Part) -> list[_Segment]:
        """The root, which comes first unless "start" says otherwise, and the files it shows."""
        start = part.parameters.get("start", "").strip("<> ")
        root = next((child for child in part.children if start and child.content_id == start), part.children[0])
        found = []
        for child in part.children:
            if child is root:
                found = self.segments(child, in_alternative=True)
            elif child.is_multipart:
                found += self.segments(child, in_alternative=True)
            elif not found and child.content_type == "text/html":
                found = self.leaf(child, in_alternative=True)
            else:
                self.files.append(child)
        return found

    def leaf(self, part: Part, *, in_alternative: bool) -> list[_Segment]:
        if not self.is_body(part, in_alternative=in_alternative):
            self.files.append(part)
            return []
        if self.characters > MAX_BODY:
            self.notes.append("many long texts: the rest is attached")
            self.files.append(part)
            return []
        self.has_text = True
        text = text_of(self.raw, part, self.notes)
        if part.content_type == "text/html":
            text, pictures = take_out_pictures(text)
            self.made += pictures
        limit = MAX_BODY if part.content_type == "text/plain" else MAX_HTML
        if len(text) > limit:
            self.notes.append("very long text: the whole is attached")
            self.made.append(self.attachment(part, set()))
            text = text[:limit] + "\n[…]"
        self.characters += len(text)
        if not text.strip():
            return []
        return [_Segment(text=text)] if part.content_type == "text/plain" else [_Segment(html=text)]

    def is_body(self, part: Part, *, in_alternative: bool) -> bool:
        if part.content_type not in {"text/plain", "text/html"} or part.disposition == "attachment":
            return False
        if part.filename:
            return False
        # Some programs name their only text; later named texts are files.
        return not part.parameters.get("name") or in_alternative or not self.has_text

    def attachment(self, part: Part, shown: set[str]) -> Attachment:
        content = content_of(self.raw, part, self.notes)
        return Attachment(
            name=self.name(part, content),
            content_type=part.content_type,
            content=content,
            inline=bool(part.content_id) and part.content_id in shown,
            content_id=part.content_id,
        )

    def name(self, part: Part, content: bytes) -> str:
        fallback = _NAMES.get(part.content_type) or ("text.txt" if part.content_type.startswith("text/") else "file")
        given = part.filename or part.parameters.get("name", "")
        if part.content_type in _EMBEDDED:
            if not given and (subject := self.subject(content)):
                given = subject + ".eml"
            elif given and "." not in given:
                given += ".eml"
        if not given:
            location = decode_words(first(part.headers, "content-location"), self.notes)
            given = location if re.fullmatch(r"[^/\\:]{1,100}\.[A-Za-z0-9]{1,8}", location) else ""
        return clean_filename(given, fallback=fallback)

    def subject(self, content: bytes) -> str:
        try:
            headers, _ = read_headers(content.lstrip(b"\r\n")[: 256 * 1024], 0, [])
        except TooComplex:
            return ""
        return clean_line(decode_words(first(headers, "subject"), []), 120).replace("/", "-").replace("\\", "-")

"""Which parts of a message are what people wrote, and which are files."""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from urllib.parse import unquote

from core.html import from_text, to_text
from core.text import clean_line
from mail.parsing import calendars
from mail.parsing.content import content_of, text_of
from mail.parsing.headers import first, read_headers
from mail.parsing.model import MAX_BODY, Attachment, Invitation, TooComplex
from mail.parsing.names import EMBEDDED, name_of
from mail.parsing.pictures import name_by_content_id, take_out_pictures
from mail.parsing.protection import SMIME_TYPES, signed_content
from mail.parsing.tnef import TYPES as TNEF_TYPES
from mail.parsing.tnef import is_tnef, unpack_tnef
from mail.parsing.tree import Part, read_tree
from mail.parsing.uuencoded import take_out_files
from mail.parsing.words import decode_words

MAX_HTML = 4 * MAX_BODY

MAX_WITHIN = 3  # messages within signatures within ...

# All that is shown as text. What is in none of them is a file.
_PLAIN = frozenset({"text/plain", "text/enriched", "text/richtext", "text/markdown", "text/x-markdown"})
_TEXTS = _PLAIN | {"text/html"}
# Shown if there is nothing else to read, besides other kinds of text that are no data.
_READABLE = frozenset({"message/delivery-status", "message/global-delivery-status"})
_DATA = frozenset({"text/calendar", "text/x-vcalendar", "text/vcard", "text/x-vcard", "text/directory", "text/css"})
# Alternatives for programs, made from the same content that is also there for people.
_MACHINE_ALTERNATIVES = frozenset({"text/x-amp-html", "text/watch-html"})
_LETTER_HEAD = ("From", "Date", "To", "Subject")
_PAGE = re.compile(
    r"(?is)\s{0,50}(?:<\?xml[^<>]{0,200}>\s{0,50})?(?:<!doctype html[^<>]{0,300}>"
    r"|<html(?:\s[^<>]{0,500})?>\s{0,50}<(?:head|body|meta|title|style|!--))"
)
_WORDS = re.compile(r"\w+")
_CONTENT_IDS = re.compile(r"""(?i)\bcid:([^\s"'<>)]{1,500})""")


@dataclass
class Written:
    """What people wrote, in order, and the files."""

    segments: list["_Segment"] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    invitation: Invitation | None = None

    @property
    def text(self) -> str:
        return "\n\n".join(text for segment in self.segments if (text := segment.shown.strip("\n")))

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

    @cached_property
    def shown(self) -> str:
        return self.text if self.text.strip() or not self.html else to_text(self.html)

    def as_html(self) -> str:
        return self.html or from_text(self.text)


def read_bodies(raw: bytes, root: Part, notes: list[str], *, hint: str = "", depth: int = 0) -> Written:
    """Text, HTML and attachments of the whole tree; depth is bounded by the reader of the tree."""
    reader = _BodyReader(raw, notes, hint, depth)
    written = Written(reader.segments(root, in_alternative=False))
    if ids := reader.content_ids():
        written.segments = [replace(one, html=name_by_content_id(one.html, ids)) for one in written.segments]
    shown = {unquote(found.replace("&amp;", "&")).strip("<>") for found in _CONTENT_IDS.findall(written.html)}
    for part in reader.files:
        reader.add_file(part, shown, written)
    written.attachments += reader.made
    if not written.segments:
        written.segments += reader.next_best(root)
    return written


def _says_more(text: str, *, than: str) -> bool:
    """Whether an alternative is none: many of its words are nowhere in the other."""
    said = set(_WORDS.findall(text))
    return len(said - set(_WORDS.findall(than))) > 0.3 * len(said)


class _BodyReader:
    def __init__(self, raw: bytes, notes: list[str], hint: str, depth: int) -> None:
        self.raw = raw
        self.notes = notes
        self.hint = hint
        self.depth = depth
        self.files: list[Part] = []
        self.made: list[Attachment] = []
        self.has_text = False
        self.characters = 0

    def content_ids(self) -> dict[str, str]:
        """Those of pictures with a Content-Location; a picture that has none gets one."""
        found: dict[str, str] = {}
        for number, part in enumerate(self.files):
            location = first(part.headers, "content-location").strip()
            if location and part.content_type.startswith("image/"):
                part.content_id = part.content_id or f"location-{number}"
                found.setdefault(location, part.content_id)
        return found

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
        plain: list[str] = []
        pages: list[Written] = []
        for child in part.children:
            if child.content_type in _MACHINE_ALTERNATIVES:
                self.notes.append(f"{child.content_type} alternative left out")
                continue
            found = Written(self.segments(child, in_alternative=True))
            if found.html:
                pages = [page for page in pages if _says_more(page.text, than=found.text)] + [found]
            elif not plain or any(_says_more(found.text, than=text) for text in plain):
                plain.append(found.text)
        with_words = (page.text for page in pages if any(segment.text for segment in page.segments))
        text = "\n\n".join(filter(None, plain)) or next(with_words, "")
        html = "\n".join(page.html for page in pages)
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
            elif not found and child.content_type in _TEXTS:
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
        text = text_of(self.raw, part, self.notes, hint=self.hint)
        is_page = part.content_type == "text/html"
        if not is_page and _PAGE.match(text):
            self.notes.append("text called plain was a page")
            is_page = True
        text, files = (take_out_pictures if is_page else take_out_files)(text)
        self.made += files
        limit = MAX_HTML if is_page else MAX_BODY
        if len(text) > limit:
            self.notes.append("very long text: the whole is attached")
            self.made.append(self.attachment(part, set()))
            text = text[:limit] + "\n[…]"
        self.characters += len(text)
        if not text.strip():
            return []
        return [_Segment(html=text)] if is_page else [_Segment(text=text)]

    def is_body(self, part: Part, *, in_alternative: bool) -> bool:
        if part.content_type not in _TEXTS or part.disposition == "attachment":
            return False
        if part.filename:
            return False
        # Some programs name their only text; later named texts are files.
        return not part.parameters.get("name") or in_alternative or not self.has_text

    def attachment(self, part: Part, shown: set[str]) -> Attachment:
        content = content_of(self.raw, part, self.notes)
        return Attachment(
            name=name_of(part, content, self.notes),
            content_type=part.content_type,
            content=content,
            inline=bool(part.content_id) and part.content_id in shown,
            content_id=part.content_id,
        )

    def add_file(self, part: Part, shown: set[str], written: Written) -> None:
        """The file, or what is wrapped in it; a wrapping that cannot be read as a whole is kept as well."""
        file = self.attachment(part, shown)
        if part.content_type in calendars.TYPES and written.invitation is None:
            text = text_of(self.raw, part, [], hint=self.hint)
            written.invitation = calendars.read_invitation(text, method=part.parameters.get("method", ""))
        if part.content_type in TNEF_TYPES or is_tnef(file.content):
            unpacked = unpack_tnef(file.content)
            if (unpacked.text or unpacked.html) and not self.has_text:
                written.segments.append(_Segment(unpacked.text[:MAX_BODY], unpacked.html[:MAX_HTML]))
            elif not unpacked.files:
                unpacked.whole = False
            written.attachments += unpacked.files
            if unpacked.whole:
                return
        written.attachments.append(file)
        if part.content_type in SMIME_TYPES and self.depth < MAX_WITHIN and (inner := signed_content(file.content)):
            signed = self.message_within(inner)
            written.segments += signed.segments
            written.attachments += signed.attachments
            written.invitation = written.invitation or signed.invitation

    def message_within(self, raw: bytes) -> Written:
        raw = raw.lstrip(b"\r\n")
        try:
            headers, body = read_headers(raw, 0, self.notes, hint=self.hint)
            root = read_tree(raw, body, headers, self.notes, hint=self.hint)
            return read_bodies(raw, root, self.notes, hint=self.hint, depth=self.depth + 1)
        except TooComplex:
            self.notes.append("a message within is too complex")
            return Written()

    def next_best(self, root: Part) -> list[_Segment]:
        """Something to read where nobody wrote anything beside the files: a text shown as a file, a message within."""
        for part in self.files:
            is_shown = part is root or part.disposition != "attachment"
            is_text = part.content_type.startswith("text/") and part.content_type not in _DATA
            if (is_text or part.content_type in _READABLE) and is_shown and part.end - part.start <= MAX_BODY:
                text = text_of(self.raw, part, [], hint=self.hint)
                return [_Segment(html=text)] if part.content_type == "text/html" else [_Segment(text=text)]
        within = next((part for part in self.files if part.content_type in EMBEDDED), None)
        if within is None or self.depth >= MAX_WITHIN:
            return []
        return self.letter_head(content := content_of(self.raw, within, [])) + self.message_within(content).segments

    def letter_head(self, raw: bytes) -> list[_Segment]:
        """Who wrote a message within, when and about what, in the words of its own header."""
        try:
            headers, _ = read_headers(raw.lstrip(b"\r\n"), 0, [], hint=self.hint)
        except TooComplex:
            return []
        said = ((name, clean_line(decode_words(first(headers, name), []), 300)) for name in _LETTER_HEAD)
        lines = [f"{name}: {value}" for name, value in said if value]
        return [_Segment(text="\n".join(lines))] if lines else []

"""Untrusted HTML: `clean` before storing or showing, and the ways between HTML and plain text.

The only place that calls nh3. What is allowed is the list in core/html_tidy.py: no style, class or id, no forms,
no data-* or hx-* attributes; links to http, https, mailto and tel; pictures only from our own attachments.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import nh3

from core.html_text import CUT, excerpt, from_text, to_text
from core.html_tidy import BLOCK_ELEMENTS, KEPT_ELEMENTS, tidy
from core.html_tokens import unescape
from core.text import strip_nul

__all__ = ["blocked_images", "clean", "excerpt", "from_text", "to_text"]

SOURCE_LIMIT = 4 * 1024 * 1024  # characters looked at
SHOWN_LIMIT = 512 * 1024  # characters shown; beyond it the text is shown without its form
LINK_REL = "noopener noreferrer nofollow ugc"

_ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt", "width", "height"},
    "ol": {"start", "dir"},
    "td": {"colspan", "rowspan", "dir"},
    "th": {"colspan", "rowspan", "dir"},
} | {name: {"dir"} for name in BLOCK_ELEMENTS - {"ol", "td", "th", "hr", "tbody", "thead", "tfoot"}}
_REMOTE = re.compile(r"(?i)(?:https?:)?//")
_DEAD_LINK = f'<a rel="{LINK_REL}">'
_BLOCKED_IMAGE = re.compile(r'<img(?! src=)[^<>"]*+(?:"[^"]*+"[^<>"]*+)*+>')


def clean(
    html: str, *, images: Mapping[str, str] | None = None, remote: Callable[[str], str | None] | None = None
) -> str:
    """Safe HTML with the words of the original; clean(clean(x)) == clean(x) (T11).

    `images` maps content ids (without angle brackets) to the addresses of attachments; only these addresses are kept
    as picture sources. Any other picture loses its source and keeps its description, so nothing is fetched (T08).
    `remote` is asked for the address of our proxy when an agent wants to see remote pictures.
    """
    if len(html) > SOURCE_LIMIT:
        html = f"{html[:SOURCE_LIMIT]}<p>{CUT}</p>"
    html = strip_nul(html)
    pictures = _Pictures(images or {}, remote)
    simple = tidy(html, picture=pictures.address)
    if simple is None or len(simple) > SHOWN_LIMIT:
        simple = from_text(to_text(html, limit=SHOWN_LIMIT))
    cleaner = _cleaner(pictures.shown) if pictures.shown else _WITHOUT_PICTURES
    cleaned = cleaner.clean(simple)
    if _DEAD_LINK in cleaned:  # nh3 took an address that is none; what the empty link held is put in order again
        cleaned = cleaner.clean(tidy(cleaned, picture=pictures.address) or "")
    return cleaned.replace("\r", " ") if "\r" in cleaned else cleaned


def blocked_images(cleaned: str) -> int:
    """How many pictures of cleaned HTML are not shown because they would be fetched from elsewhere."""
    return len(_BLOCKED_IMAGE.findall(cleaned))


class _Pictures:
    """Decides the source of each picture and remembers what it let through, which is all that nh3 then allows."""

    def __init__(self, images: Mapping[str, str], remote: Callable[[str], str | None] | None) -> None:
        self.images = images
        self.own = frozenset(images.values())
        self.remote = remote
        self.shown: set[str] = set()

    def address(self, written: str) -> str | None:
        source = unescape(written[:10_000]).strip()
        address = self._address(source) if self.images or self.remote else None
        if address:
            self.shown.add(address)
        return address

    def _address(self, source: str) -> str | None:
        if source in self.own:
            return source
        if source[:4].lower() == "cid:":
            content_id = source[4:].strip("<> ")
            return self.images.get(content_id) or self.images.get(unquote(content_id).strip("<> "))
        return self.remote(source) if self.remote and _REMOTE.match(source) else None


def _cleaner(pictures: set[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(KEPT_ELEMENTS),
        clean_content_tags={"script", "style"},
        attributes=_ATTRIBUTES,
        tag_attribute_values={"img": {"src": pictures}},
        strip_comments=True,
        link_rel=LINK_REL,
        # html_tidy lets no link through with "cid", and a picture only as `images` says
        url_schemes={"http", "https", "mailto", "tel", "cid"},
        url_relative=lambda url: url if url in pictures else None,
    )


_WITHOUT_PICTURES = _cleaner(set())

"""Untrusted HTML: `clean` before storing or showing, and the ways between HTML and plain text.

The only place that calls nh3. What is allowed is the list in core/html_tidy.py: no style, class or id, no forms,
no data-* or hx-* attributes; links to http, https, mailto and tel; pictures only from our own attachments.
"""

import html as html_entities
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import nh3

from core.html_text import CUT, excerpt, from_text, to_text
from core.html_tidy import KEPT_ELEMENTS, tidy
from core.text import strip_nul

__all__ = ["blocked_images", "clean", "excerpt", "from_text", "to_text"]

SOURCE_LIMIT = 2 * 1024 * 1024  # characters looked at
SHOWN_LIMIT = 512 * 1024  # characters shown; beyond it the text is shown without its form
LINK_REL = "noopener noreferrer nofollow ugc"

_ATTRIBUTES = {
    "a": {"href"},
    "img": {"alt", "width", "height"},
    "ol": {"start", "dir"},
    "td": {"colspan", "rowspan", "dir"},
    "th": {"colspan", "rowspan", "dir"},
} | {name: {"dir"} for name in "p div blockquote ul li dl dd dt h1 h2 h3 h4 h5 h6 pre table tr".split()}
_REMOTE = re.compile(r"(?i)(?:https?:)?//")
_DEAD_LINK = re.compile(rf'<a rel="{LINK_REL}">(.*?)</a>', re.DOTALL)
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
        simple = from_text(to_text(html), limit=SHOWN_LIMIT)
    cleaned = (_cleaner(pictures.shown) if pictures.shown else _WITHOUT_PICTURES).clean(simple)
    if "\r" in cleaned:
        cleaned = cleaned.replace("\r", " ")
    return _DEAD_LINK.sub(r"\1", cleaned)


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
        source = html_entities.unescape(written[:10_000]).strip()
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
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative=lambda url: url if url in pictures else None,
    )


_WITHOUT_PICTURES = _cleaner(set())

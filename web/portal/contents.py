"""The body of an article as it is read: pictures by their addresses, headings that can be linked to, how long it takes.

Pure: values in, values out. What comes in is cleaned HTML (core/html.py), so its tags have the form that nh3 writes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from math import ceil

from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

# So many words a minute; a picture or a table takes as long as so many words.
PACE, LOOKED_AT = 200, 30
# Ids of headings begin so, that none can be that of a part of the page.
PREFIX = "at-"
MAX_SLUG = 60

_HEADING = re.compile(r"<h([23])((?: dir=\"[a-z]+\")?)>(.*?)</h\1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PICTURE = re.compile(r'<img src="cid:([^"]*)"')
# What is too wide is moved by keys, too.
_CODE = re.compile(r"<pre(?= dir=|>)")
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)


@dataclass(frozen=True)
class Heading:
    id: str
    text: str
    level: int


@dataclass(frozen=True)
class Contents:
    html: SafeString
    headings: list[Heading]
    minutes: int


def contents_of(body: str, *, words: int, pictures: Mapping[str, str]) -> Contents:
    """`words` is how many there are, `pictures` the addresses of pictures by content id; others are not shown."""
    headings: list[Heading] = []
    html = _PICTURE.sub(lambda found: _picture(unescape(found[1]), pictures), body)
    html = _HEADING.sub(lambda found: _heading(found, headings), html)
    html = _CODE.sub('<pre tabindex="0"', html)
    html = _TABLE.sub(lambda found: f'<div class="ptable" tabindex="0">{found[0]}</div>', html)
    looked_at = len(_PICTURE.findall(body)) + len(_TABLE.findall(body))
    minutes = max(1, ceil((words + looked_at * LOOKED_AT) / PACE))
    return Contents(mark_safe(html), headings, minutes)  # noqa: S308 - it was cleaned when it was stored


def _picture(content_id: str, pictures: Mapping[str, str]) -> str:
    address = pictures.get(content_id, "")
    return f'<img loading="lazy" src="{escape(address)}"' if address else "<img"


def _heading(found: re.Match[str], headings: list[Heading]) -> str:
    level, direction, inner = found.groups()
    text = " ".join(unescape(_TAG.sub("", inner)).split())
    if not text:
        return found[0]
    name = PREFIX + (slugify(text, allow_unicode=True)[:MAX_SLUG].strip("-") or str(len(headings) + 1))
    taken = {heading.id for heading in headings}
    id = next(id for id in (name, *(f"{name}-{n}" for n in range(2, len(taken) + 3))) if id not in taken)
    headings.append(Heading(id, text, int(level)))
    return f'<h{level} id="{escape(id)}"{direction}>{inner}</h{level}>'

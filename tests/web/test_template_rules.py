"""Rules every template keeps: the content security policy, known icons, no text outside the catalogues."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "templates").rglob("*.html"))
ICONS = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static" / "icons" / "sprite.svg").read_text()))

COMMENT = re.compile(r"\{% comment %\}.*?\{% endcomment %\}|\{#.*?#\}|<!--.*?-->", re.DOTALL)
FORBIDDEN = {
    "an inline style": r"\sstyle\s*=",
    "a style element": r"<style\b",
    "an inline handler": r"\son[a-z]+\s*=",
    "hx-on": r"\bhx-on\b",
    "an inline script": r"<script(?![^>]*\ssrc=)|<script[^>]*>(?!</script>)",
    "evaluated values": r"""\bhx-[a-z:-]+\s*=\s*["'](?:js|javascript):""",
    "an evaluated filter": r"""\bhx-trigger\s*=\s*("[^"]*\[|'[^']*\[)""",
    "a script address": r"javascript:",
    "a file from elsewhere": r"""\b(?:src|poster)\s*=\s*["'](?:https?:)?//|<link[^>]*href=["'](?:https?:)?//""",
}
# words between tags, and in the attributes people see or hear
WORDS = re.compile(r"[^\W\d_]{2,}")
SEEN = re.compile(r"""\s(?:aria-label|title|placeholder|alt|aria-description)=("[^"]*"|'[^']*')""")
# mail to people has its own rules: inline styles, but no scripts
MAIL = ROOT / "templates" / "mail"


def source(page: Path) -> str:
    return COMMENT.sub("", page.read_text())


def name(page: Path) -> str:
    return str(page.relative_to(ROOT / "templates"))


@pytest.mark.parametrize("page", [page for page in PAGES if MAIL not in page.parents], ids=name)
def test_a_template_keeps_the_policy(page):
    text = source(page)
    assert [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_template_uses_icons_that_exist(page):
    text = source(page)
    wanted = set(re.findall(r"""\{% (?:icon|icon_button) ["']([^"']+)["']""", text))
    wanted |= set(re.findall(r"""\bicon(?:=|\|default:)["']([^"']+)["']""", text))
    assert wanted - ICONS == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_template_has_no_text_outside_the_catalogues(page):
    assert untranslated(source(page)) == []


def untranslated(text: str) -> list[str]:
    text = re.sub(r"\{% blocktrans(?:late)?\b.*?\{% endblocktrans(?:late)? %\}", "", text, flags=re.DOTALL)
    text = re.sub(r"\{% block \w*class %\}[^{]*", "", text)  # class names, not words
    text = re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", text, flags=re.DOTALL)
    seen = " ".join(SEEN.findall(text))
    text = re.sub(r"<(kbd|code|title data)\b.*?</\1>|<!doctype[^>]*>", "", text, flags=re.DOTALL | re.IGNORECASE)
    between = re.sub(r"<[^>]*>", " ", text)
    return WORDS.findall(re.sub(r"&\w+;", "", f"{between} {seen}"))


def test_the_rule_against_bare_text_sees_it():
    assert untranslated('<p title="Hello">{{ name }} waits {% translate "here" %}</p>') == ["waits", "Hello"]

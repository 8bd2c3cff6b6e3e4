"""Tags that draw the small parts of the interface. Pure rendering: no queries. How to use them: docs/frontend.md.

A list draws the same few signs on each of its rows, so what has been drawn is remembered, by all that it depends on.
"""

from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.conf import settings
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from core import moments
from web.common.templatetags.bound import control, described, kind_of
from web.common.toasts import undo_of

register = template.Library()

# These point somewhere and are mirrored in right-to-left languages.
DIRECTED = {
    *("reply", "reply-all", "forward", "undo", "redo", "send", "enter", "logout", "external", "skip"),
    *("chev-l", "chev-r", "arrow-l", "arrow-r"),
}
GLYPHS = {
    "new": "new",
    "open": "open",
    "pending_reminder": "waiting",
    "pending_auto": "third",
    "closed": "solved",
    "merged": "closed",
    "removed": "closed",
}
# Who reads the page, found out once for all moments on it.
_READER = "ui.reader"
LEVELS = {1: "low", 2: "low", 3: "medium", 4: "high", 5: "urgent"}


# ---- signs ------------------------------------------------------------------------------------


@register.simple_tag
@lru_cache(maxsize=1_000)
def icon(name: str, cls: str = "") -> SafeString:
    """`{% icon "reply" %}`: decorative; the words stand beside it or in the label of its button."""
    classes = " ".join(filter(None, ["icon", "icon--dir" if name in DIRECTED else "", cls]))
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, static("icons/sprite.svg"), name
    )


# Templates draw it once and for all where its name is a fixed one (core/drawing.py).
icon.is_drawn_alone = True  # type: ignore[attr-defined]


@register.simple_tag
def avatar(person: Any, size: str = "", *, label: bool = False, dot: str = "") -> SafeString:
    """Initials on one of eight hues. `size` xs, md, lg; `label` names it where no name is beside; `dot` on, away."""
    if not person:
        return _avatar(gettext("Unassigned"), None, size, "", is_named=bool(label))
    return _avatar(str(person), (person.pk or 0) % 8, size, dot, is_named=bool(label))


@lru_cache(maxsize=5_000)
def _avatar(name: str, hue: int | None, size: str, dot: str, *, is_named: bool) -> SafeString:
    classes = "avatar" + (f" avatar--{size}" if size else "")
    named = format_html(' role="img" aria-label="{0}" title="{0}"', name) if is_named else ' aria-hidden="true"'
    if hue is None:
        return format_html('<span class="{} avatar--none"{}>{}</span>', classes, SafeString(named), icon("user"))
    mark = ""
    if dot:
        mark = format_html('<span class="avatar__dot{}"></span>', " avatar__dot--away" if dot == "away" else "")
    return format_html('<span class="{} av-{}"{}>{}{}</span>', classes, hue, SafeString(named), initials(name), mark)


@register.filter
def initials(name: str) -> str:
    """ "Hannah Whitfield" -> "HW", "support@demo.example" -> "SU"."""
    words = [word for word in name.split("@")[0].replace(".", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][:2] if len(words) == 1 else words[0][0] + words[-1][0]).upper()


@register.simple_tag
def status(state: Any, *, text: bool = True) -> SafeString:
    """The glyph of a state and its word; with `text=False` the word is for screen readers only."""
    glyph = GLYPHS.get(state.type, "open")
    # closed without a solution is grey: the stock row says so by its name
    if state.type == "closed" and "unsuccessful" in state.name:
        glyph = "closed"
    return _drawn("status", get_language(), glyph=glyph, name=word(state.name), text=bool(text))


@register.simple_tag
def priority(of: Any, *, text: bool = False) -> SafeString:
    """Bars from low to urgent; `text=True` writes the word beside them."""
    level = LEVELS.get(of.level, "medium")
    return _drawn("priority", get_language(), level=level, name=word(of.name), text=bool(text))


@lru_cache(maxsize=1_000)
def _drawn(component: str, _language: str | None, **facts: Any) -> SafeString:
    return render_to_string(f"components/{component}.html", facts)


@register.filter
def word(name: str) -> str:
    """The shown word of a stock row (state, priority, type), which the catalogues may know by a friendlier name."""
    return gettext(name) if name else ""


register.filter("undo", undo_of)


# ---- time and size ----------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def reltime(context: template.Context, at: datetime | None, *, short: bool = False, cls: str = "") -> SafeString:
    """ "12 min ago" by <rel-time>, the moment without script, the full date with zone in the title."""
    if not at:
        return SafeString("")
    page = context.render_context.dicts[0]
    if _READER not in page:
        # with day and time, the year is told when it is another one
        page[_READER] = (get_language(), timezone.get_current_timezone_name(), timezone.localtime().year)
    return _reltime(at, cls, page[_READER], is_short=bool(short))


@lru_cache(maxsize=5_000)
def _reltime(at: datetime, cls: str, _reader: tuple[str | None, str, int], *, is_short: bool) -> SafeString:
    css = f' class="{escape(cls)}"' if cls else ""
    words = escape(moments.day(at) if is_short else moments.moment(at))
    return SafeString(
        f'<rel-time{" short" if is_short else ""}><time{css} datetime="{at.isoformat(timespec="seconds")}" '
        f'title="{escape(moments.full_moment(at))}">{words}</time></rel-time>'
    )


@register.filter
def moment(at: datetime | None) -> str:
    """The moment as words that do not change: for history, print and mail."""
    return moments.moment(at) if at else ""


@register.filter
def filesize_human(size: int | None) -> str:
    return moments.file_size(size or 0)


@register.simple_tag
def page_attributes() -> SafeString:
    """`data-locale` and `data-zone` of <html>: the scripts write times as the server does."""
    locale = str(moments.current_locale()).replace("_", "-")
    return format_html(' data-locale="{}" data-zone="{}"', locale, timezone.get_current_timezone_name())


@register.simple_tag
def csrf_cookie_name() -> str:
    """Where the scripts find the token after somebody signed in again in another tab."""
    return settings.CSRF_COOKIE_NAME


# ---- controls ---------------------------------------------------------------------------------


@register.inclusion_tag("components/button.html")
def button(label: str, *, kind: str = "", icon: str = "", href: str = "", key: str = "", **attrs: Any) -> dict:
    """`{% button _("Save") kind="primary" type="submit" hx_post=url %}`; other names become attributes."""
    size, cls = attrs.pop("size", ""), attrs.pop("cls", "")
    classes = ["btn", *(f"btn--{part}" for part in [*kind.split(), size] if part), cls]
    attrs.setdefault("data_key", key.lower() if key else None)
    if not href:
        attrs.setdefault("type", "button")
    cls = " ".join(filter(None, classes))
    return {"label": label, "icon": icon, "href": href, "key": key, "cls": cls, "attrs": attrs}


@register.inclusion_tag("components/icon_button.html")
def icon_button(icon: str, label: str, *, href: str = "", key: str = "", size: str = "", **attrs: Any) -> dict:
    """`{% icon_button "more" _("More actions") %}`: the label is the name and the tooltip, with the key in brackets."""
    classes = ["icon-btn", f"icon-btn--{size}" if size else "", attrs.pop("cls", "")]
    attrs.setdefault("data_key", key.lower() if key else None)
    if not href:
        attrs.setdefault("type", "button")
    title = f"{label} ({key})" if key else label
    return {"icon": icon, "label": title, "href": href, "cls": " ".join(filter(None, classes)), "attrs": attrs}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, **options: Any) -> dict[str, Any]:
    """A form's field with label, mark, hint and error. Options: label, hint, size, full, switch, reveal, tokens, drop,
    hide_label, optional (False: not marked as such), and with underscores any attribute of the control (`rows=5`,
    `hx_get=url`, `placeholder=...`)."""
    label = options.pop("label", bound.label)
    hint = options.pop("hint", bound.help_text)
    named = {name: options.pop(name, None) for name in ("full", "switch", "reveal", "tokens", "drop", "hide_label")}
    optional = options.pop("optional", not bound.field.required)
    kind, size, id = kind_of(bound), options.pop("size", ""), options.pop("id", bound.auto_id)
    attrs = {name.replace("_", "-"): value for name, value in options.items() if value not in (None, False)}
    if named["tokens"]:
        attrs.setdefault("autocomplete", "off")
    return {
        **named,
        "bound": bound,
        "id": id,
        "kind": kind,
        "label": label,
        "hint": hint,
        "about": described(bound, id=id, hint=hint),
        "optional": optional and kind not in ("check", "hidden"),
        "control": control(bound, id=id, kind=kind, size=size, hint=hint, attrs=attrs),
    }


@register.simple_tag
def attributes(pairs: dict[str, Any] | None) -> SafeString:
    """The further attributes of a component: `hx_post` -> `hx-post`; None and False are left out, True stands bare."""
    kept = {name.replace("_", "-"): value for name, value in (pairs or {}).items() if value not in (None, False, "")}
    return format_html_join("", "{}", ((_attribute(name, value),) for name, value in kept.items()))


def _attribute(name: str, value: Any) -> SafeString:
    return format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value)

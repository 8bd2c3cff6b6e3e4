"""Tags for reports. Pure rendering: no queries."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel.dates import format_interval
from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from core.moments import current_locale
from reports.questions import Question
from reports.tables import Table
from web.common.charts.beside import Warmth
from web.common.templatetags.ui import icon
from web.desk.reports.addresses import pairs_of
from web.desk.reports.shown import Change, Number

register = template.Library()


@dataclass(frozen=True)
class Times:
    """The days an answer is of, and those it is compared with."""

    of: str
    before: str


@register.simple_tag
def report_time(table: Table) -> Times:
    before = _days(table.before_starts, table.before_ends) if table.before_starts and table.before_ends else ""
    return Times(_days(table.starts, table.ends), before)


def _days(starts: datetime, ends: datetime) -> str:
    """ "20 Oct – 18 Nov 2026": the first and the last day, one alone where they are the same."""
    last = ends - timedelta(microseconds=1)
    return format_interval(starts, last, "yMMMd", locale=current_locale())


@register.simple_tag
def question_pairs(question: Question) -> list[tuple[str, str]]:
    """The question as fields of a form (web/desk/reports/addresses.py)."""
    return pairs_of(question)


@register.simple_tag
def measured(number: Number, *, plain: object = None) -> SafeString:
    """A number of a table, leading to its tickets (not a `plain` one), and how it has changed: by hand, as a page has
    hundreds."""
    leads = number.url and not plain
    shown = format_html('<a class="cellnum" href="{}">{}</a>', number.url, number.text) if leads else number.text
    return format_html("{}<br>{}", shown, changed(number.change)) if number.change else conditional_escape(shown)


@register.simple_tag
def warm(cell: Warmth, *, plain: object = None) -> SafeString:
    """A cell of a heat map, leading to its tickets (not a `plain` one): by hand, as a map has hundreds."""
    words = format_html('<span class="sr-only">{}</span>', cell.text)
    if cell.url and not plain:
        words = format_html('<a class="heat__link" href="{}">{}</a>', cell.url, words)
    return format_html('<td class="h-{}" title="{}">{}</td>', cell.level, cell.title, words)


@register.simple_tag
def changed(change: Change | None) -> SafeString:
    """Against the time compared with; nothing where there is none."""
    if change is None:
        return SafeString("")
    sign = icon(change.icon) if change.icon else ""
    return format_html('<span class="delta delta--{}">{}{}</span>', change.hue, sign, change.text)

"""What an agent must know before believing a message, in plain words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.text import clean_line
from tickets.models import Article
from tickets.models.article import Sender
from web.desk.bodies import Body


@dataclass(frozen=True)
class Warn:
    """`kind` is that of a banner. `number` with `url` is another ticket."""

    kind: str
    icon: str
    text: str
    number: str = ""
    url: str = ""


def warnings_of(article: Article, body: Body) -> Sequence[Warn]:
    found = []
    if article.sender == Sender.CUSTOMER and not article.visible_to_customer:
        text = _("It could not be proven who sent this, so it is kept as an internal note. Check it before you use it.")
        found.append(Warn("warn", "warn", text))
    found += [_MARKS[mark["code"]](mark) for mark in article.marks if mark.get("code") in _MARKS]
    if body.blocked:
        text = ngettext(
            "%(number)s picture from elsewhere is not shown, so that nobody learns when you read this.",
            "%(number)s pictures from elsewhere are not shown, so that nobody learns when you read this.",
            body.blocked,
        )
        found.append(Warn("info", "image", text % {"number": body.blocked}))
    return found


def _unverified(_mark: Mapping[str, Any]) -> Warn:
    text = _("It joined this ticket by its subject and its sender address alone, and a sender address can be forged.")
    return Warn("warn", "shield", text)


def _names_ticket(mark: Mapping[str, Any]) -> Warn:
    number = clean_line(str(mark.get("number", "")), 40)
    text = _("The sender names another ticket but takes no part in it, so this became a ticket of its own.")
    return Warn("info", "link", text, number, reverse("desk:ticket", args=[number]) if number else "")


def _repaired(mark: Mapping[str, Any]) -> Warn:
    note = clean_line(str(mark.get("note", "")), 200)
    return Warn("info", "wrench", _("This email was damaged and has been repaired: %(note)s") % {"note": note})


_MARKS: Mapping[str, Callable[[Mapping[str, Any]], Warn]] = {
    "unverified": _unverified,
    "names_ticket": _names_ticket,
    "repaired": _repaired,
}

"""What an agent must know before believing a message, in plain words."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.text import clean_line
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from web.common.bodies import Body


@dataclass(frozen=True)
class Warn:
    """`kind` is that of a banner. `number` with `url` is another ticket."""

    kind: str
    icon: str
    text: str
    number: str = ""
    url: str = ""


def known_to(reader: User, articles: Iterable[Article]) -> Container[str]:
    """Numbers of tickets that marks of these articles name, as far as `reader` may see them.

    That another ticket is there at all is not told to those who may not see it (T48).
    """
    named = {str(mark.get("number")) for article in articles for mark in article.marks if mark.get("number")}
    seen = Ticket.objects.allowing(reader, "read").filter(number__in=named)
    return set(seen.values_list("number", flat=True)) if named else ()


def warnings_of(article: Article, body: Body, *, known: Container[str]) -> Sequence[Warn]:
    found = []
    if article.sender == Sender.CUSTOMER and not article.visible_to_customer:
        text = _("It could not be proven who sent this, so it is kept as an internal note. Check it before you use it.")
        found.append(Warn("warn", "warn", text))
    marks = [mark for mark in article.marks if not mark.get("number") or str(mark["number"]) in known]
    found += [_MARKS[mark["code"]](mark) for mark in marks if mark.get("code") in _MARKS]
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


def _automatic(_mark: Mapping[str, Any]) -> Warn:
    return Warn("info", "info", _("A program sent this, not a person. So the status of the ticket stays as it was."))


_MARKS: Mapping[str, Callable[[Mapping[str, Any]], Warn]] = {
    "unverified": _unverified,
    "names_ticket": _names_ticket,
    "repaired": _repaired,
    "automatic": _automatic,
}

"""What an agent must know before believing a message, in plain words."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core.text import clean_line
from mail.note_words import in_words
from tickets.models import Article, Ticket
from tickets.models.article import Sender
from web.common.bodies import Body
from web.common.held_words import WHY_HELD
from web.common.unsent_words import WHY_NOT_SENT, WHY_REFUSED


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
    if not named:
        return ()
    return set(Ticket.objects.allowing(reader, "read").filter(number__in=named).values_list("number", flat=True))


def warnings_of(article: Article, body: Body, *, known: Container[str]) -> Sequence[Warn]:
    found = []
    # What is forged or may disclose something is said below, and more plainly.
    said_below = any(mark.get("code") in ("disproven", "may_disclose") for mark in article.marks)
    if article.sender == Sender.CUSTOMER and not article.visible_to_customer and not said_below:
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


def proof_of(marks: Sequence[Mapping[str, Any]]) -> str:
    """Whether the sender is proven, as a few words; empty where nobody was asked."""
    for mark in marks:
        if mark.get("code") == "proven":
            return _("Sender confirmed by %(by)s") % {"by": clean_line(str(mark.get("by", "")), 20)}
        if mark.get("code") == "unproven":
            return _("Sender not confirmed")
        if mark.get("code") == "disproven":
            return _("Sender check fails")
    return ""


def _unverified(_mark: Mapping[str, Any]) -> Warn:
    text = _("It joined this ticket by its subject and its sender address alone, and a sender address can be forged.")
    return Warn("warn", "shield", text)


def _names_ticket(mark: Mapping[str, Any]) -> Warn:
    number = clean_line(str(mark.get("number", "")), 40)
    text = _("The sender names another ticket but takes no part in it, so this became a ticket of its own.")
    return Warn("info", "link", text, number, reverse("desk:ticket", args=[number]) if number else "")


def _repaired(mark: Mapping[str, Any]) -> Warn:
    noted = in_words(clean_line(str(mark.get("note", "")), 200))
    if not noted.is_damage:
        return Warn("info", "info", noted.text)
    return Warn("info", "wrench", _("This email was damaged and has been repaired. %(note)s") % {"note": noted.text})


def _automatic(_mark: Mapping[str, Any]) -> Warn:
    return Warn("info", "info", _("A program sent this, not a person. So the status of the ticket stays as it was."))


def _protected(mark: Mapping[str, Any]) -> Warn:
    if str(mark.get("how", "")).endswith("-encrypted"):
        return Warn("warn", "lock", _("This email is encrypted. It is kept as it came and cannot be read here yet."))
    return Warn("info", "lock", _("This email is signed. The signature is kept as it came and has not been checked."))


def _loop(_mark: Mapping[str, Any]) -> Warn:
    text = _("Automatic replies were stopped here: several in a row look like two programs that answer each other.")
    return Warn("warn", "warn", text)


def _disproven(mark: Mapping[str, Any]) -> Warn:
    words = {"by": clean_line(str(mark.get("by", "")), 20)}
    return Warn("warn", "shield", _("The sender is forged: the check by %(by)s fails. Do not believe it.") % words)


def _forwarded(mark: Mapping[str, Any]) -> Warn:
    words = {"name": clean_line(str(mark.get("by", "")), 150)}
    return Warn("info", "forward", _("%(name)s forwarded this. The sender is as the forwarded message says.") % words)


def _web_form(mark: Mapping[str, Any]) -> Warn:
    text = _("This came through the web form “%(name)s”. Nobody has checked that the address is the sender's own.")
    return Warn("info", "globe", text % {"name": clean_line(str(mark.get("form", "")), 100)})


def _held(mark: Mapping[str, Any]) -> Warn:
    why = " ".join(str(WHY_HELD[code]) for code in mark.get("why", []) if code in WHY_HELD)
    return Warn("warn", "warn", _("This looked like spam, so nobody got a receipt. %(why)s") % {"why": why})


def _may_disclose(_mark: Mapping[str, Any]) -> Warn:
    text = _("It may quote what only agents may read, so it is kept as an internal note. The customer did not get it.")
    return Warn("warn", "shield", text)


def _not_sent(mark: Mapping[str, Any]) -> Warn:
    why = str(WHY_NOT_SENT.get(str(mark.get("why")), ""))
    text = _("This was to be an answer to the customer, but it was not sent and is an internal note. %(why)s")
    return Warn("warn", "warn", text % {"why": why})


def _left_out(mark: Mapping[str, Any]) -> Warn:
    number = int(mark.get("files", 0))
    text = ngettext(
        "%(number)s picture inside the email was not sent along, because it may belong to what was quoted.",
        "%(number)s pictures inside the email were not sent along, because they may belong to what was quoted.",
        number,
    )
    return Warn("info", "image", text % {"number": number})


def _commands_refused(mark: Mapping[str, Any]) -> Warn:
    refused = [
        f"{clean_line(str(one.get('command', '')), 100)} ({WHY_REFUSED.get(str(one.get('why')), '')})"
        for one in mark.get("commands", [])
    ]
    text = ngettext(
        "A command in this email was not obeyed: %(commands)s",
        "Some commands in this email were not obeyed: %(commands)s",
        len(refused),
    )
    return Warn("warn", "warn", text % {"commands": ", ".join(refused)})


_MARKS: Mapping[str, Callable[[Mapping[str, Any]], Warn]] = {
    "web_form": _web_form,
    "held": _held,
    "unverified": _unverified,
    "names_ticket": _names_ticket,
    "repaired": _repaired,
    "automatic": _automatic,
    "protected": _protected,
    "loop": _loop,
    "disproven": _disproven,
    "forwarded": _forwarded,
    "may_disclose": _may_disclose,
    "not_sent": _not_sent,
    "left_out": _left_out,
    "commands_refused": _commands_refused,
}

"""An invitation in words: what, when and where, in the language that is active."""

from collections.abc import Iterator
from datetime import datetime

from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from mail.parsing.model import Invitation, Message


def words_of(mail: Message) -> str:
    """The lines to add to the text of a mail with an invitation; empty if there is none, or if the text says when."""
    invitation = mail.invitation
    if invitation is None or (mail.text and _says_when(mail.text, invitation)):
        return ""
    return "\n".join(_lines(invitation, with_description=not mail.text.strip()))


def _says_when(text: str, invitation: Invitation) -> bool:
    starts = invitation.starts
    day = str(starts.day) in text and str(starts.year) in text
    if invitation.whole_day:
        return day
    clocks = (f"{starts:%H:%M}", f"{starts:%H.%M}", f"{starts.hour % 12 or 12}:{starts:%M}", f"{starts:%H}h{starts:%M}")
    return day and any(clock in text for clock in clocks)


def _lines(invitation: Invitation, *, with_description: bool) -> Iterator[str]:
    if heading := _heading(invitation):
        yield heading
    if invitation.summary:
        yield _("What: %(summary)s") % {"summary": invitation.summary}
    yield _("When: %(time)s") % {"time": _when(invitation)}
    if invitation.repeats:
        yield _("This event repeats; the time is that of the first one.")
    if invitation.location:
        yield _("Where: %(place)s") % {"place": invitation.location}
    if invitation.organiser or invitation.organiser_name:
        yield _("Organised by: %(person)s") % {"person": invitation.organiser_name or invitation.organiser}
    if with_description and invitation.description:
        yield ""
        yield invitation.description


def _heading(invitation: Invitation) -> str:
    if invitation.cancelled or invitation.method == "CANCEL":
        return _("This event has been cancelled.")
    if invitation.method == "REPLY":
        return {
            "ACCEPTED": _("The invitation has been accepted."),
            "DECLINED": _("The invitation has been declined."),
            "TENTATIVE": _("The invitation has been accepted tentatively."),
        }.get(invitation.answer, "")
    return _("Invitation to an event") if invitation.method == "REQUEST" else ""


def _when(invitation: Invitation) -> str:
    starts, ends = invitation.starts, invitation.ends
    if invitation.whole_day:
        return _day(starts) if ends is None or ends.date() <= starts.date() else f"{_day(starts)} – {_day(ends)}"
    said = f"{_day(starts)}, {_clock(starts)}"
    if ends is not None:
        said += f" – {_clock(ends)}" if ends.date() == starts.date() else f" – {_day(ends)}, {_clock(ends)}"
    return f"{said} ({invitation.zone})" if invitation.zone else said


def _day(moment: datetime) -> str:
    return f"{date_format(moment, 'l')}, {date_format(moment)}"


def _clock(moment: datetime) -> str:
    return time_format(moment)

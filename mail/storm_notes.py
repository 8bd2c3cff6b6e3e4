"""The internal ticket that tells of a storm (mail/storms.py): what happens, what was kept, what was decided."""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import User
from accounts.people import system_actor
from mail.models import Storm
from mail.rules import rules
from tickets.actions.opening import Opening, open_ticket
from tickets.actions.replying import add_note
from tickets.events import Cause
from tickets.messages import Message
from tickets.models import Queue, Ticket
from tickets.models.article import Sender
from tickets.models.ticket import Channel


def tell(storm: Storm, queue: Queue) -> Ticket:
    """The internal ticket; nobody outside sees it or is written to."""
    actor = system_actor("mail")
    with override(queue.language or "en"):
        words = {"about": storm.about, "minutes": rules().storm_minutes}
        if storm.kind == Storm.Kind.SENDER:
            title = _("Too much mail from %(about)s") % words
            text = _(
                "%(about)s sends more messages within %(minutes)s minutes than become tickets. From now on they are "
                "kept in the ledger of incoming mail and no tickets are made of them, until it is quiet again. An "
                "administrator decides under Email, Storms, whether they become tickets or are dropped."
            )
        else:
            title = _("Too much mail to ticket %(about)s") % words
            text = _(
                "More messages to ticket %(about)s arrive within %(minutes)s minutes than are added to it. From now "
                "on they are kept in the ledger of incoming mail, until it is quiet again. An administrator decides "
                "under Email, Storms, whether they are added or dropped."
            )
        opening = Opening(title=title, queue=queue, customer=actor, channel=Channel.NOTE)
        message = Message(text=text % words, subject=title)
        return open_ticket(opening, message, sender=Sender.SYSTEM, by=actor, cause=Cause("storm", str(storm.pk))).ticket


def write_digest(storm: Storm) -> None:
    """One note that stands for all that was kept, while nobody has decided about it."""
    if storm.digest_at or storm.ticket is None:
        return
    with override(storm.ticket.queue.language or "en"):
        first = ngettext(
            "It is quiet again. %(number)s message was kept and waits for a decision.",
            "It is quiet again. %(number)s messages were kept and wait for a decision.",
            storm.held,
        )
        _note(storm, "\n\n".join([first % {"number": storm.held}, *_subjects(storm)]))
    storm.digest_at = timezone.now()
    storm.save(update_fields=["digest_at"])


def write_decision(storm: Storm, number: int, *, by: User) -> None:
    """What somebody has decided about the `number` messages that were still kept. The subjects are told once."""
    if storm.ticket is None:
        return
    with override(storm.ticket.queue.language or "en"):
        text = _decided(storm, number) % {"person": by.name, "number": number}
        _note(storm, "\n\n".join([text, *([] if storm.digest_at else _subjects(storm))]))
    storm.digest_at = storm.digest_at or timezone.now()
    storm.save(update_fields=["digest_at"])


def _decided(storm: Storm, number: int) -> str:
    if storm.state == Storm.State.DROPPED:
        return ngettext(
            "%(person)s dropped %(number)s message that was kept: it becomes no ticket and stays in the ledger.",
            "%(person)s dropped %(number)s messages that were kept: they become no tickets and stay in the ledger.",
            number,
        )
    if storm.kind == Storm.Kind.TICKET:
        return ngettext(
            "%(person)s released %(number)s message that was kept: it is added to its ticket now.",
            "%(person)s released %(number)s messages that were kept: they are added to their ticket now.",
            number,
        )
    return ngettext(
        "%(person)s released %(number)s message that was kept: it becomes a ticket or joins its ticket.",
        "%(person)s released %(number)s messages that were kept: each becomes a ticket or joins its ticket.",
        number,
    )


def _subjects(storm: Storm) -> list[str]:
    return [_("The first of them:"), "\n".join(f"- {subject or '–'}" for subject in storm.subjects)]


def _note(storm: Storm, text: str) -> None:
    assert storm.ticket is not None
    add_note(storm.ticket, Message(text=text), by=system_actor("mail"), cause=Cause("storm", str(storm.pk)))

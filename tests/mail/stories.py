"""How a ticket of Dana's goes, for tests of what mail does to it."""

from mail.models import Outgoing
from tests.mail.mails import raw_mail
from tickets.actions.progress import set_state
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import State, Ticket

DANA, ERIK, EVE = "dana@acme.example", "erik@globex.example", "Eve <eve@stranger.example>"


def close(ticket: Ticket, by) -> None:
    set_state(ticket, State.objects.get(name="closed successful"), by=by)


def answered(take_in, world, **headers: str) -> Ticket:
    """A ticket of Dana's that Bea has answered."""
    ticket = take_in(raw_mail(**headers)).article.ticket
    reply(ticket, Message(text="Please turn it off and on.", to=[{"name": "", "address": DANA}]), by=world.bea)
    return Ticket.objects.get(pk=ticket.pk)


def our_message_id(ticket: Ticket) -> str:
    return Outgoing.objects.filter(ticket=ticket, article__sender="agent").latest("pk").message_id

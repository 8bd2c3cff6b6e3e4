"""What events mean for clocks, inside their transaction (settings.WITHIN)."""

from sla.cases import load_clocks, look
from sla.keeping import move_on, promised
from sla.models import TicketTargets
from sla.past import OWN, happening_of
from sla.telling import fire_before, tell_of_policy
from sla.terms import digest_of
from sla.undoing import UNDOES, undo
from sla.writing import write
from tickets.changes import locked
from tickets.events import Cause
from tickets.models import Event, Ticket
from tickets.models.ticket import Channel


def keep_clocks(event: Event) -> None:
    """Clocks start, pause, go on, end or get another target; the cost is one query where there is nothing to do."""
    if event.kind.startswith(OWN):
        return
    happening = happening_of(event)
    undoes = event.kind in UNDOES
    if happening.means_nothing and not event.data and not undoes:
        return
    setup, case = look(event.ticket)
    if case.targets is None and (setup.promises_nothing or _is_our_own(event.ticket)):
        return
    was = case.choice
    choice, terms = promised(setup, case)
    if case.targets is None and not terms.promises:
        return
    same_terms = case.targets is not None and case.targets.terms == digest_of(terms) and choice == was
    if happening.means_nothing and same_terms and not undoes:
        return
    load_clocks([case])
    is_new = case.targets is None
    fire_before(case, event)
    if undoes:
        undo(case, event, terms)
    move_on(case, happening, choice, terms)
    write([case])
    if choice.policy != was.policy and not (is_new and happening.opens):
        with locked(event.ticket) as ticket:
            case.ticket = ticket
            tell_of_policy(case, was.policy, cause=Cause("sla", event=event))
        event.ticket.version, event.ticket.chain = ticket.version, ticket.chain


def _is_our_own(ticket: Ticket) -> bool:
    """Whether the system tells its agents something by this ticket: nobody is promised anything."""
    return ticket.channel == Channel.NOTE and ticket.customer.is_system


def keep_known_clocks(event: Event) -> None:
    """For what an import tells (settings.RETOLD): it begins no promise, but ends those that there are."""
    if TicketTargets.objects.filter(ticket=event.ticket_id).exists():
        keep_clocks(event)

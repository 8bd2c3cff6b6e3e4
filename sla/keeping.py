"""Keeping the clocks of a ticket: what is promised for it, and what that means when something happens to it."""

from collections.abc import Callable

from sla.cases import Case
from sla.facts import Happening, Terms
from sla.models import TicketTargets
from sla.past import history_of
from sla.story import Situation, begin_late, fold, go_on, step
from sla.terms import Choice, Setup, choose, digest_of, hours_of, line_of, terms_for
from tickets.models import Ticket


def promised(setup: Setup, case: Case) -> tuple[Choice, Terms]:
    """What is to be promised for the ticket as it is now."""
    line = line_of(setup, case.ticket.queue_id)
    choice = choose(setup, case.ticket, case.choice, line)
    return choice, terms_for(setup, case.ticket, choice.policy, line)


def move_on(case: Case, happening: Happening, choice: Choice, terms: Terms) -> None:
    """Let something happen to the ticket's clocks, or only look whether they are those that `terms` want."""
    past = past_of(case.ticket, terms)
    if case.targets is not None:
        terms_are_new = case.targets.terms != digest_of(terms)
        go_on(case.situation, happening, terms, hours_of, past=past, terms_are_new=terms_are_new)
    else:
        case.targets = TicketTargets(ticket=case.ticket)
        if happening.opens:
            step(case.situation, happening, terms, hours_of)
        else:
            begin_late(case.situation, past(), happening, hours_of)
    case.targets.policy_id, case.targets.is_chosen = choice.policy, choice.is_chosen
    case.targets.terms = digest_of(terms)


def past_of(ticket: Ticket, terms: Terms) -> Callable[[], Situation]:
    """The whole history of the ticket, had its terms always been these."""
    return lambda: fold(history_of(ticket.pk), terms, hours_of)

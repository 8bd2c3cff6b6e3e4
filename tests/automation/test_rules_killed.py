"""Workers that are killed (-9) while they run rules: every effect happens once, and every rule is run."""

import pytest

from automation import rule_handlers, running
from automation.models import RuleRun
from tests.automation.ruling import active, draft
from tests.factories import TicketFactory
from tests.sla.test_killed import killed_at
from tickets.actions.fields import set_title
from tickets.events import broken_links
from tickets.models import Delivery, Ticket
from tickets.tasks import deliver

pytestmark = pytest.mark.django_db(transaction=True)


def deliver_all() -> None:
    """As the sweep would have it after the lease of whoever died has run out."""
    Delivery.objects.update(leased_until=None)
    for _round in range(20):
        due = list(Delivery.objects.due().values_list("pk", flat=True))
        if not due:
            return
        for pk in due:
            deliver(pk)


def test_F03_rules_are_run_once_wherever_their_worker_dies(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana)
    deliver_all()
    for name in ("A", "B"):
        notes = [{"do": "note", "text": f"{name}{number}"} for number in (1, 2)]
        active(draft(name, ["title"], notes), by=world.alex)
    set_title(ticket, "It is down", by=world.bea)
    points = [
        (running, "do_effect", 2),
        (running, "outcome_of", 1),
        (running, "root_of", 2),
        (rule_handlers, "moment_after", 1),
    ]
    for module, name, call in points:
        killed_at(module, name, call, deliver_all)
    deliver_all()
    deliver_all()
    assert [note.body for note in ticket.articles.filter(channel="note")] == ["A1", "A2", "B1", "B2"]
    assert list(RuleRun.objects.order_by("pk").values_list("rule_name", "outcome")) == [("A", "done"), ("B", "done")]
    assert broken_links(Ticket.objects.get(pk=ticket.pk)) == []
    assert not Delivery.objects.unfinished().exists()

"""A ticket that moves while it is told: its rows never stay in the queue that it has left."""

import threading

import pytest
from django.db import connection

from reports import histories, keeping
from reports.keeping import keep
from reports.models import Fact, Span, Story
from tests.factories import TicketFactory
from tickets.actions.routing import move
from tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)
# Long enough for a move that nobody holds up; one that is held up goes on after that.
PATIENCE = 2.0


@pytest.mark.parametrize(("module", "name"), [(histories, "_events"), (keeping, "retell"), (keeping, "_replace")])
def test_a_move_meanwhile_takes_all_rows_along(world, monkeypatch, module, name):
    ticket = TicketFactory(queue=world.support)
    real, movers = getattr(module, name), []

    def move_it() -> None:
        try:
            move(Ticket.objects.get(pk=ticket.pk), world.billing, by=world.bea)
        finally:
            connection.close()

    def meanwhile(*arguments):
        if not movers:
            movers.append(threading.Thread(target=move_it))
            movers[0].start()
            movers[0].join(PATIENCE)
        return real(*arguments)

    monkeypatch.setattr(module, name, meanwhile)
    keep([ticket.pk])
    movers[0].join()
    homes = {home for model in (Fact, Span, Story) for home in model.objects.values_list("home_id", flat=True)}
    assert homes == {world.billing.pk}

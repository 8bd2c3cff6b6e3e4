"""Duplicates of people."""

from datetime import date

import pytest

from accounts.duplicates import NotMergeable
from accounts.people import person_with_address
from tests.factories import CustomerFactory, TicketFactory
from tickets.actions.people import merge_people
from tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_a_duplicates_addresses_and_requests_become_the_other_ones(world):
    double = CustomerFactory(email="dana@home.example", name="Dana M.", organisation=world.acme)
    request = TicketFactory(queue=world.support, customer=double)
    assert merge_people(double, world.dana, by=world.alex) == 1
    double.refresh_from_db()
    assert Ticket.objects.get(pk=request.pk).customer == world.dana
    assert person_with_address("dana@home.example") == world.dana
    assert (double.is_active, double.merged_into) == (False, world.dana)
    assert world.dana.memberships.count() == 1
    assert request.events.latest("id").kind == "customer.changed"


@pytest.mark.parametrize("code", ["itself", "agent"])
def test_who_cannot_be_a_duplicate_is_refused_and_nothing_changes(world, code):
    duplicate = world.dana if code == "itself" else world.bea
    with pytest.raises(NotMergeable) as refused:
        merge_people(duplicate, world.dana, by=world.alex)
    assert refused.value.code == code
    duplicate.refresh_from_db()
    assert duplicate.is_active
    assert duplicate.merged_into is None


def test_an_absence_is_over_when_its_last_day_is(world):
    world.bea.away_from, world.bea.away_until = date(2026, 12, 20), date(2026, 12, 24)
    assert [world.bea.is_away(date(2026, 12, day)) for day in (19, 20, 24, 25)] == [False, True, True, False]
    world.bea.away_until = None
    assert world.bea.is_away(date(2027, 12, 1))

"""How agents want the desk: saved on their profile, and seen where it counts."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.desk.conftest import part, text_of
from tests.factories import CustomerFactory

PROFILE = "/profile/"
BASE = {"name": "Bea Costa", "language": "", "time_zone": "UTC", "theme": "auto"}
DESK = {
    "density": "compact",
    "single_keys": "on",
    "signature": "Bea\nSupport",
    "undo_seconds": "20",
    "away_from": "",
    "away_until": "",
    "substitute": "",
}


def test_what_is_saved_stays_and_shows(bea, world):
    form = {**BASE, **DESK, "away_from": "2026-12-20", "away_until": "2026-12-24", "substitute": world.carlos.pk}
    assert bea.post(PROFILE, form)["Location"] == PROFILE
    world.bea.refresh_from_db()
    me = world.bea
    assert (me.density, me.signature, me.undo_seconds, me.single_keys) == ("compact", "Bea\nSupport", 20, True)
    assert (me.away_from, me.away_until, me.substitute) == (date(2026, 12, 20), date(2026, 12, 24), world.carlos)
    shown = text_of(bea.get(PROFILE))
    assert 'data-density="compact"' in shown
    assert 'value="2026-12-20"' in shown


def test_single_keys_can_be_turned_off(bea, world):
    form = {**BASE, **DESK}
    del form["single_keys"]
    bea.post(PROFILE, form)
    assert 'data-keys="off"' in text_of(bea.get("/desk/"))
    bea.post(PROFILE, {**BASE, **DESK})
    assert "data-keys" not in text_of(bea.get("/desk/"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("density", "tiny"),
        ("undo_seconds", "61"),
        ("undo_seconds", "-1"),
        ("undo_seconds", ""),
        ("signature", "x" * 1001),
        ("away_from", "soon"),
        ("substitute", "self"),
        ("substitute", "customer"),
    ],
)
def test_what_cannot_be_is_refused(bea, world, field, value):
    people = {"self": world.bea.pk, "customer": world.dana.pk}
    answer = bea.post(PROFILE, {**BASE, **DESK, field: people.get(value, value)})
    assert answer.status_code == 422
    world.bea.refresh_from_db()
    assert world.bea.density == "comfortable"


@pytest.mark.parametrize(
    ("begin", "end", "error"),
    [("", "2026-12-24", "Say from which day on"), ("2026-12-24", "2026-12-20", "cannot be before the first")],
)
def test_an_absence_has_a_beginning_and_then_an_end(bea, world, begin, end, error):
    answer = bea.post(PROFILE, {**BASE, **DESK, "away_from": begin, "away_until": end})
    assert answer.status_code == 422
    assert error in text_of(answer)


def test_customers_see_none_of_it(world, signed_in):
    dana = signed_in(world.dana)
    shown = text_of(dana.get(PROFILE))
    assert 'name="undo_seconds"' not in shown
    dana.post(PROFILE, {**BASE, **DESK})
    world.dana.refresh_from_db()
    assert (world.dana.density, world.dana.signature) == ("comfortable", "")


def test_whoever_gives_work_to_somebody_sees_that_they_are_away(bea, world, ticket, queries):
    today = timezone.localdate()
    for person in (world.carlos, world.alex):
        person.away_from, person.away_until, person.substitute = today, today + timedelta(days=3), world.bea
        person.save()
    owner = f"/desk/tickets/{ticket.number}/owner/"
    with queries() as counted:
        shown = text_of(part(bea, owner))
    assert shown.count("Bea Costa stands in") == 2
    assert len([row for row in counted if '"accounts_user"."id" IN' in row["sql"]]) <= 1


def test_the_page_of_a_colleague_says_so_too(bea, world):
    world.carlos.away_from = timezone.localdate()
    world.carlos.save()
    assert "Out of office." in text_of(bea.get(f"/desk/people/{world.carlos.pk}/"))
    assert "Out of office" not in text_of(bea.get(f"/desk/people/{CustomerFactory().pk}/"))


def test_a_page_of_yesterday_is_refused_with_its_errors_and_not_by_breaking(world, signed_in):
    answer = signed_in(world.bea).post(reverse("profile"), {"name": ""})
    assert answer.status_code == 422

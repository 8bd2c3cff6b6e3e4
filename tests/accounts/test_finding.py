"""People and organisations found by the beginnings of words: few or many, the same ones in the same order."""

import pytest

from accounts import finding
from accounts.finding import BY_NAME, by_name, organisations_with, people_with
from accounts.models import Organisation, User
from tests.factories import CustomerFactory, organisation

NAMES = ("Ana Müller", "Bruno Muller", "Carla Mulder", "Dora Muelle")


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["mul", "ana mul", "mulder", "nobody", "", "ana@"])
def test_what_is_found_does_not_depend_on_how_much_it_is(monkeypatch, text):
    for name in NAMES:
        organisation(f"{name} Ltd", CustomerFactory(name=name, email=f"{name.split()[0].lower()}@names.example"))

    def found() -> list[str]:
        people = by_name(people_with(User.objects.filter(is_active=True), text)).order_by(*BY_NAME)
        firms = by_name(organisations_with(Organisation.objects.all(), text)).order_by(*BY_NAME)
        return [*map(str, people), *map(str, firms)]

    by_number = found()
    monkeypatch.setattr(finding, "FEW", 0)
    assert found() == by_number
    assert ("Carla Mulder Ltd" in by_number) == (text in ("mul", "mulder", ""))

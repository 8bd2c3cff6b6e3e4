"""The profile: name, language, zone and theme, each person's own, reached from every door."""

import pytest
from django.urls import reverse
from django.utils import translation

from core.text import fold
from tests.factories import PersonFactory
from web.common.locales import zone_choices

PROFILE = "/profile/"
FORM = {"name": "Dana M.", "language": "de", "time_zone": "America/Sao_Paulo", "theme": "dark"}


@pytest.fixture
def dana(world, signed_in):
    return signed_in(world.dana)


@pytest.fixture
def keeper(world):
    """Somebody who only sets things up."""
    return PersonFactory(name="Kim Keeper", email="kim@demo.example", is_administrator=True)


@pytest.mark.parametrize("who", ["bea", "dana"])
def test_what_is_saved_shows_at_once(world, signed_in, who):
    person, browser = getattr(world, who), signed_in(getattr(world, who))
    assert browser.post(PROFILE, FORM)["Location"] == PROFILE
    person.refresh_from_db()
    assert {name: getattr(person, name) for name in FORM} == FORM
    page = browser.get(PROFILE).content.decode()
    assert '<html lang="de"' in page
    assert 'data-theme="dark"' in page
    assert 'data-zone="America/Sao_Paulo"' in page


def test_nothing_else_can_be_set(world, dana):
    marks = {"is_agent": "on", "is_administrator": "on", "is_superuser": "on"}
    dana.post(PROFILE, {**FORM, **marks, "email": "x@y.example", "password": "x"})
    world.dana.refresh_from_db()
    assert (world.dana.is_agent, world.dana.is_administrator, world.dana.is_superuser) == (False, False, False)
    assert (world.dana.email, world.dana.check_password("demo")) == ("dana@acme.example", True)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", "  "), ("name", "x" * 151), ("language", "xx"), ("time_zone", "Mars/Base"), ("theme", "pink")],
)
def test_what_cannot_be_is_refused(world, dana, field, value):
    answer = dana.post(PROFILE, {**FORM, field: value})
    assert answer.status_code == 422
    world.dana.refresh_from_db()
    assert world.dana.name == "Dana Miller"


def test_a_refused_name_does_not_stand_in_the_header(dana):
    page = dana.post(PROFILE, {**FORM, "name": "", "theme": "pink"}).content.decode()
    assert "Dana Miller" in page


def test_the_language_can_be_left_to_the_browser(world, dana):
    dana.post(PROFILE, FORM)
    dana.post(PROFILE, {**FORM, "language": ""})
    world.dana.refresh_from_db()
    assert world.dana.language == ""
    assert 'lang="es"' in dana.get(PROFILE, headers={"accept-language": "es"}).content.decode()


def test_the_zone_can_be_left_to_the_installation(world, dana, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    dana.post(PROFILE, FORM)
    assert dana.post(PROFILE, {**FORM, "language": "en", "time_zone": ""}).status_code == 302
    world.dana.refresh_from_db()
    assert world.dana.time_zone == ""
    page = dana.get(PROFILE).content.decode()
    assert 'data-zone="Europe/Berlin"' in page
    assert "Zone of the installation (Europe/Berlin)" in page


def test_an_old_zone_can_stay(world, dana):
    world.dana.time_zone = "US/Eastern"
    world.dana.save()
    assert dana.post(PROFILE, {**FORM, "time_zone": "US/Eastern"}).status_code == 302


def test_nobody_signs_in_first(client, db):
    assert client.get(PROFILE)["Location"] == "/login/?next=%2Fprofile%2F"


@pytest.mark.parametrize(
    ("who", "door"), [("bea", "desk:home"), ("alex", "setup:home"), ("keeper", "setup:home"), ("dana", "portal:home")]
)
def test_every_door_leads_to_the_profile_and_it_looks_like_that_door(world, keeper, signed_in, who, door):
    browser = signed_in(keeper if who == "keeper" else getattr(world, who))
    assert f'href="{PROFILE}"' in browser.get(reverse(door), follow=True).content.decode()
    page = browser.get(PROFILE).content.decode()
    assert ('class="rail"' in page, 'class="phead"' in page) == (who != "dana", who == "dana")


@pytest.mark.parametrize("who", ["bea", "dana"])
def test_the_profile_leads_to_the_password_and_out(world, signed_in, who):
    page = signed_in(getattr(world, who)).get(PROFILE).content.decode()
    assert 'href="/password/change/"' in page
    assert 'action="/logout/"' in page


def test_zones_are_places_by_region_in_the_readers_language(world):
    with translation.override("de"):
        offered = dict(zone_choices("US/Eastern"))
        europe = dict(offered["Europa"])
    assert europe["Europe/Athens"] == "Athen"
    assert list(europe.values()) == sorted(europe.values(), key=fold)
    assert "US/Eastern" in offered
    # one name for each place, that of today
    assert {"Europe/Kyiv", "Europe/Kiev"} & europe.keys() == {"Europe/Kyiv"}

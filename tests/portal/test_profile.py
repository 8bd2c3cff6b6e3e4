"""The profile: name, language, zone and theme, each person's own."""

import pytest

pytestmark = pytest.mark.django_db
PROFILE = "/portal/profile/"
FORM = {"name": "Dana M.", "language": "de", "time_zone": "America/Sao_Paulo", "theme": "dark"}


def test_what_is_saved_shows_at_once(world, dana):
    assert dana.post(PROFILE, FORM)["Location"] == PROFILE
    world.dana.refresh_from_db()
    assert {name: getattr(world.dana, name) for name in FORM} == FORM
    page = dana.get(PROFILE).content.decode()
    assert 'lang="de"' in page
    assert 'data-theme="dark"' in page
    assert 'data-zone="America/Sao_Paulo"' in page


def test_nothing_else_can_be_set(world, dana):
    dana.post(PROFILE, {**FORM, "is_agent": "on", "is_administrator": "on", "email": "x@y.example", "password": "x"})
    world.dana.refresh_from_db()
    assert (world.dana.is_agent, world.dana.is_administrator) == (False, False)
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


def test_a_refused_name_does_not_stand_in_the_header(world, dana):
    page = dana.post(PROFILE, {**FORM, "name": "", "theme": "pink"}).content.decode()
    assert "Dana Miller" in page


def test_the_language_can_be_left_to_the_browser(world, dana):
    dana.post(PROFILE, FORM)
    dana.post(PROFILE, {**FORM, "language": "browser"})
    world.dana.refresh_from_db()
    assert world.dana.language == ""
    assert 'lang="es"' in dana.get(PROFILE, headers={"accept-language": "es"}).content.decode()


def test_an_old_zone_can_stay(world, dana):
    world.dana.time_zone = "US/Eastern"
    world.dana.save()
    assert dana.post(PROFILE, {**FORM, "time_zone": "US/Eastern"}).status_code == 302


def test_the_profile_leads_to_the_password(dana):
    assert 'href="/password/change/"' in dana.get(PROFILE).content.decode()

"""Signing in and out: who may, what a refusal says, where it leads, what happens to guesses and to old keys."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts.models import EmailAddress
from accounts.people import system_actor
from mail.models import Letter

pytestmark = pytest.mark.django_db
LOGIN = "/login/"


def sign_in(client: Client, email: str, password: str = "demo", **more):  # noqa: S107
    return client.post(LOGIN, {"login": email, "password": password, **more})


def is_signed_in(client: Client) -> bool:
    return client.get("/portal/").status_code == 200


def test_a_customer_signs_in_and_comes_to_the_portal(world, client):
    answer = sign_in(client, "dana@acme.example")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.get("/")["Location"] == "/portal/"
    assert is_signed_in(client)


def test_an_address_is_compared_in_its_normal_form(world, client):
    sign_in(client, " Dana@ACME.example ")
    assert is_signed_in(client)


def test_any_address_of_a_person_signs_in_and_a_removed_one_does_not(world, client):
    second = EmailAddress.objects.create(user=world.dana, address="dana@home.example")
    sign_in(client, "dana@home.example")
    assert is_signed_in(client)
    second.delete()
    other = Client()
    sign_in(other, "dana@home.example")
    assert not is_signed_in(other)


def test_T78_a_wrong_password_and_an_unknown_address_get_the_same_answer(world, client):
    wrong = sign_in(client, "dana@acme.example", "wrong").content.decode()
    unknown = sign_in(client, "nobody@acme.example", "wrong").content.decode()
    token = client.cookies["csrf"].value
    assert "do not belong together" in wrong

    def without_what_was_typed(page: str) -> str:
        tokens = [part.split('"')[0] for part in page.split('name="csrfmiddlewaretoken" value="')[1:]]
        for secret in [*tokens, token, page.split('"X-CSRFToken":"')[1].split('"')[0]]:
            page = page.replace(secret, "")
        return page.replace("dana@acme.example", "").replace("nobody@acme.example", "")

    assert without_what_was_typed(wrong) == without_what_was_typed(unknown)


def test_somebody_without_a_password_cannot_sign_in(world, client):
    world.dana.set_unusable_password()
    world.dana.save()
    for password in ("", "!", world.dana.password):
        sign_in(client, "dana@acme.example", password)
    assert not is_signed_in(client)


def test_a_deactivated_person_is_told_so_only_with_the_right_password(world, client):
    world.dana.is_active = False
    world.dana.save()
    assert "do not belong together" in sign_in(client, "dana@acme.example", "wrong").content.decode()
    answer = sign_in(client, "dana@acme.example")
    assert answer["Location"] == reverse("account_inactive")
    assert "not active" in client.get(answer["Location"]).content.decode()
    assert not is_signed_in(client)


def test_T76_deactivation_ends_what_is_open(world, signed_in):
    client = signed_in(world.dana)
    world.dana.is_active = False
    world.dana.save()
    assert not is_signed_in(client)


def test_the_system_never_signs_in(world, client):
    actor = system_actor("mail")
    sign_in(client, actor.email, "!")
    sign_in(client, actor.email, "")
    assert not is_signed_in(client)


def test_staying_signed_in_is_a_choice(world):
    short, long = Client(), Client()
    sign_in(short, "dana@acme.example")
    sign_in(long, "dana@acme.example", remember="on")
    assert short.cookies["session"]["max-age"] == ""
    assert long.cookies["session"]["max-age"] == 30 * 24 * 3600


def test_T75_the_key_changes_at_sign_in_and_the_old_one_is_dead(world, client):
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    sign_in(client, "dana@acme.example")
    assert client.session.session_key != planted
    assert not Session.objects.filter(session_key=planted).exists()


def test_T79_guessing_slows_down_and_choosing_a_new_password_ends_the_pause(world, client):
    for _guess in range(5):
        sign_in(client, "dana@acme.example", "wrong")
    assert "too many attempts" in sign_in(client, "dana@acme.example").content.decode()
    # another host name does not start a new count
    more = client.post(LOGIN, {"login": "dana@acme.example", "password": "demo"}, headers={"host": "localhost"})
    assert "too many attempts" in more.content.decode()
    assert not is_signed_in(client)
    sign_in(client, "erik@globex.example")
    assert is_signed_in(client)


def test_T79_a_forged_forwarded_address_does_not_help(world, client):
    for guess in range(10):
        forged = {"x-forwarded-for": f"10.0.0.{guess}"}
        client.post(LOGIN, {"login": f"person{guess}@acme.example", "password": "x"}, headers=forged)
    forged = {"x-forwarded-for": "10.0.0.99"}
    answer = client.post(LOGIN, {"login": "dana@acme.example", "password": "demo"}, headers=forged)
    assert "too many attempts" in answer.content.decode()


def test_T70_a_hostile_name_writes_one_log_line(world, client, caplog):
    caplog.set_level("INFO", logger="web.common")
    sign_in(client, 'x@y.example\n{"level": "error"}\x1b[31m', "wrong")
    sign_in(client, "dana@acme.example", "wrong")
    lines = [record.getMessage() for record in caplog.records if "wrong password" in record.getMessage()]
    assert lines == ["wrong password or address 'dana@acme.example', from 127.0.0.1"]


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "http:///evil.example",
        "http://localhost.evil.example/",
        "http://localhost/",
        "javascript:alert(1)",
        " //evil.example",
        "/\t/evil.example",
    ],
)
def test_T67_signing_in_and_out_leads_to_our_own_host_only(world, client, target):
    assert sign_in(client, "dana@acme.example", next=target)["Location"] == "/"
    assert client.post("/logout/", {"next": target})["Location"] == LOGIN
    client.force_login(world.dana)
    assert client.post("/language/", {"language": "de", "next": target})["Location"] == "/"
    assert client.get(LOGIN, {"next": target})["Location"] == "/"


def test_signing_in_leads_back_to_the_page_that_was_asked_for(world, client):
    answer = client.get("/portal/new/?x=1")
    assert answer["Location"] == "/login/?next=%2Fportal%2Fnew%2F%3Fx%3D1"
    page = client.get(answer["Location"]).content.decode()
    assert 'name="next" value="/portal/new/?x=1"' in page
    assert sign_in(client, "dana@acme.example", next="/portal/new/?x=1")["Location"] == "/portal/new/?x=1"


def test_a_part_of_a_page_is_answered_with_401_when_nobody_is_signed_in(world, client):
    assert client.get("/portal/", headers={"hx-request": "true"}).status_code == 401


def test_signing_out_is_a_post_and_kills_the_key(world, signed_in):
    client = signed_in(world.dana)
    key = client.session.session_key
    assert "Sign out?" in client.get("/logout/").content.decode()
    assert is_signed_in(client)
    assert client.post("/logout/")["Location"] == LOGIN
    assert not Session.objects.filter(session_key=key).exists()
    assert not is_signed_in(client)


def test_nobody_signs_up(client, db):
    assert client.get("/signup/").status_code == 404
    assert "signup" not in client.get(LOGIN).content.decode()


def test_the_language_can_be_chosen_before_anybody_is_known(db, client):
    answer = client.post("/language/", {"language": "de", "next": LOGIN})
    assert answer["Location"] == LOGIN
    cookie = client.cookies["language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("de", True, "Lax")
    assert 'lang="de"' in client.get(LOGIN).content.decode()
    assert client.post("/language/", {"language": "xx"}).status_code == 400


def test_pages_of_a_person_are_kept_by_no_proxy(world, signed_in):
    assert signed_in(world.dana).get("/portal/")["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("name", ["login/", "password/reset/", "password/reset/done/", "password/reset/key/done/"])
def test_pages_before_signing_in_work_without_scripts_of_their_own(client, db, name):
    answer = client.get(f"/{name}")
    assert answer.status_code == 200
    assert "csrfmiddlewaretoken" in answer.content.decode()


STATE_CHANGING = [
    ("/login/", {"login": "erik@globex.example", "password": "demo"}),
    ("/logout/", {}),
    ("/language/", {"language": "de"}),
    ("/theme/", {"theme": "dark"}),
    ("/password/reset/", {"email": "dana@acme.example"}),
    ("/password/change/", {"oldpassword": "demo", "password1": "a sentence to remember"}),
]


@pytest.mark.parametrize(("path", "form"), STATE_CHANGING)
def test_T74_nothing_changes_without_a_token_from_a_foreign_origin_or_by_get(world, path, form):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.dana)
    client.get("/profile/")
    token = {"csrfmiddlewaretoken": client.cookies["csrf"].value}
    before = (client.session.session_key, world.dana.password, world.dana.language, world.dana.theme)
    assert client.post(path, form).status_code == 403
    assert client.post(path, form | token, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.get(path, form).status_code in (200, 302, 405)
    world.dana.refresh_from_db()
    assert before == (client.session.session_key, world.dana.password, world.dana.language, world.dana.theme)
    assert not Letter.objects.exists()
    assert is_signed_in(client)


def test_T77_cookies_are_for_this_host_and_not_for_scripts(world, client, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client.post("/language/", {"language": "de"}, secure=True)
    client.post("/theme/", {"theme": "dark"}, secure=True)
    client.get(LOGIN, secure=True)
    client.post(LOGIN, {"login": "dana@acme.example", "password": "demo"}, secure=True)
    cookies = client.cookies
    assert set(cookies) == {"language", "theme", "csrf", "session"}
    assert {(c["secure"], c["samesite"], c["path"], c["domain"]) for c in cookies.values()} == {(True, "Lax", "/", "")}
    # the token of forms is read by the pages' own script, so that a form survives a new sign-in in another tab
    assert {name for name in cookies if not cookies[name]["httponly"]} == {"csrf"}

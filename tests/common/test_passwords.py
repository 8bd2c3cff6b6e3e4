"""First, forgotten and changed passwords: links that work once, for a while, for the right person, on our address."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core import signing
from django.test import Client
from django.utils import timezone, translation

from accounts.invitations import accept_invitation, invitation_link
from accounts.passwords import reset_link
from core import work
from mail import letters
from mail.models import Letter
from mail.tasks import send_letter, sweep_outgoing
from tests.factories import PersonFactory, TicketFactory

pytestmark = pytest.mark.django_db
NEW = "a sentence to remember"
BASE = "http://127.0.0.1:8000"


@pytest.fixture
def outbox(settings, tmp_path) -> Path:
    settings.MAIL_OUTBOX = tmp_path / "outbox"
    return settings.MAIL_OUTBOX


def send_all() -> None:
    for pk in list(Letter.objects.due().values_list("pk", flat=True)):
        send_letter(pk)


def ask(client: Client, address: str, **headers):
    return client.post("/password/reset/", {"email": address}, headers=headers)


def link_in(outbox: Path) -> str:
    (letter,) = outbox.iterdir()
    text = letter.read_text().replace("=\n", "").replace("=3D", "=")
    return re.search(r"https?://\S+", text)[0]


def path_of(link: str) -> str:
    assert link.startswith(BASE + "/")
    return link.removeprefix(BASE)


def choose(client: Client, link: str, password: str = NEW):
    form = client.get(path_of(link))
    return client.post(form["Location"], {"password1": password}) if form.status_code == 302 else form


def can_sign_in(email: str, password: str) -> bool:
    return Client().post("/login/", {"login": email, "password": password}).status_code == 302


# ---- forgotten


def test_no_link_goes_to_an_address_of_the_house_where_it_would_become_a_ticket(world, outbox):
    world.dana.addresses.update(address="support@demo.example")
    ask(Client(), "support@demo.example")
    send_all()
    assert not Letter.objects.exists()
    assert not outbox.exists()


def test_a_forgotten_password_is_replaced_by_a_link_in_a_letter(world, client, outbox):
    assert ask(client, "Dana@Acme.example")["Location"] == "/password/reset/done/"
    send_all()
    assert Letter.objects.count() == 0
    answer = choose(client, link_in(outbox))
    assert answer["Location"] == "/password/reset/key/done/"
    assert can_sign_in("dana@acme.example", NEW)
    assert not can_sign_in("dana@acme.example", "demo")


def test_without_a_mail_server_only_the_operator_can_read_the_letter(world, client, outbox):
    ask(client, "dana@acme.example")
    send_all()
    (letter,) = outbox.iterdir()
    assert (outbox.stat().st_mode & 0o777, letter.stat().st_mode & 0o777) == (0o700, 0o600)
    text = letter.read_text()
    assert "To: dana@acme.example" in text
    assert "From: Demo Support <support@demo.example>" in text
    assert "Auto-Submitted: auto-generated" in text


def test_the_letter_is_in_the_language_of_the_person_else_of_the_page(world, client, outbox):
    world.dana.language = "de"
    world.dana.save()
    for address, language in (("dana@acme.example", "es"), ("erik@globex.example", "es")):
        ask(client, address, **{"accept-language": language})
    assert set(Letter.objects.values_list("language", flat=True)) == {"es"}
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(letters, "fill", lambda text, language, **values: asked.append(language) or ("s", "b"))
        send_all()
    assert sorted(asked) == ["de", "es"]


def test_T78_an_unknown_address_gets_the_same_page_and_no_letter(world, client, outbox, queries):
    with queries() as known:
        answer = ask(client, "dana@acme.example")
    with queries() as unknown:
        other = ask(client, "nobody@acme.example")
    assert (answer.status_code, answer["Location"]) == (other.status_code, other["Location"])
    assert len(known) == len(unknown)
    send_all()
    assert [path.read_text().count("dana@acme.example") for path in outbox.iterdir()] == [1]
    assert Letter.objects.count() == 0


def test_a_deactivated_person_gets_no_letter_and_an_old_link_is_dead(world, client, outbox):
    link = reset_link(world.dana)
    world.dana.is_active = False
    world.dana.save()
    ask(client, "dana@acme.example")
    send_all()
    assert not outbox.exists()
    assert "does not work any more" in choose(client, link).content.decode()


def test_somebody_without_a_password_can_get_one_this_way(world, client, outbox):
    PersonFactory(email="new@acme.example", is_customer=True)
    ask(client, "new@acme.example")
    send_all()
    choose(client, link_in(outbox))
    assert can_sign_in("new@acme.example", NEW)


def test_T80_a_link_works_once(world, client):
    link = reset_link(world.dana)
    choose(client, link)
    again = Client()
    assert "does not work any more" in choose(again, link, "another sentence").content.decode()
    assert can_sign_in("dana@acme.example", NEW)


def test_T80_a_link_dies_after_an_hour_and_when_the_address_changes(world, client, monkeypatch):
    link = reset_link(world.dana)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "django.contrib.auth.tokens.PasswordResetTokenGenerator._now",
            lambda self: (timezone.now() + timedelta(seconds=3602)).replace(tzinfo=None),
        )
        assert "does not work any more" in choose(client, link).content.decode()
    world.dana.email = "dana@elsewhere.example"
    world.dana.save()
    assert "does not work any more" in choose(client, link).content.decode()


@pytest.mark.parametrize("key", ["", "-", "set-password", "1-", "0-x", "zzzzzzzzzzzzzzzz-c0ffee-1", "1-%00"])
def test_T80_no_empty_or_made_up_key_ever_fits(world, client, key):
    answer = client.get(f"/password/reset/key/{key}/")
    assert answer.status_code in (200, 404)
    assert b"password1" not in answer.content


def test_T80_the_form_lies_at_an_address_without_the_key(world, client):
    link = reset_link(world.dana)
    form = client.get(path_of(link))
    token = link.rstrip("/").rpartition("-")[2]
    assert token not in form["Location"]
    page = client.get(form["Location"])
    assert token not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"


def test_T68_the_link_ignores_the_host_of_the_request(world, client, outbox):
    ask(client, "dana@acme.example", **{"host": "localhost:8000", "x-forwarded-host": "evil.example"})
    assert ask(client, "dana@acme.example", host="evil.example").status_code == 400
    send_all()
    assert link_in(outbox).startswith(f"{BASE}/password/reset/key/")


def test_a_weak_password_is_refused_in_words(world, client):
    answer = choose(client, reset_link(world.dana), "12345678")
    assert answer.status_code == 200
    assert "too common" in answer.content.decode()
    assert can_sign_in("dana@acme.example", "demo")


def test_T75_a_new_password_ends_all_sessions(world, signed_in, client):
    elsewhere = signed_in(world.dana)
    choose(client, reset_link(world.dana))
    assert elsewhere.get("/portal/").status_code == 302


def test_a_pause_after_wrong_guesses_ends_with_a_new_password(world, client):
    for _guess in range(6):
        can_sign_in("dana@acme.example", "wrong")
    assert not can_sign_in("dana@acme.example", "demo")
    choose(client, reset_link(world.dana))
    assert can_sign_in("dana@acme.example", NEW)


def test_asking_over_and_over_is_slowed(world, client):
    codes = [ask(client, "dana@acme.example").status_code for _again in range(7)]
    assert codes == [302] * 5 + [429] * 2
    assert Letter.objects.count() == 5


def test_a_letter_waits_when_the_mail_server_is_away(world, client, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:9"
    ask(client, "dana@acme.example")
    send_all()
    letter = Letter.objects.get()
    assert letter.attempts == 1
    assert letter.due_at > timezone.now()


def test_the_sweep_finds_letters(world, client, monkeypatch):
    ask(client, "dana@acme.example")
    woken = []
    monkeypatch.setattr(work, "nudge", lambda task, pk: woken.append(task))
    sweep_outgoing()
    assert woken == ["mail.tasks.send_letter"]


# ---- changed


def test_T75_changing_the_password_keeps_this_sign_in_under_a_new_key_and_ends_the_others(world, signed_in):
    here, elsewhere = signed_in(world.dana), signed_in(world.dana)
    key = here.session.session_key
    answer = here.post("/password/change/", {"oldpassword": "demo", "password1": NEW})
    assert answer["Location"] == "/password/change/done/"
    assert here.get(answer["Location"]).status_code == 200
    assert here.session.session_key != key
    assert elsewhere.get("/portal/").status_code == 302
    assert can_sign_in("dana@acme.example", NEW)


def test_changing_needs_the_present_password(world, signed_in):
    client = signed_in(world.dana)
    answer = client.post("/password/change/", {"oldpassword": "wrong", "password1": NEW})
    assert "not your current password" in answer.content.decode()
    assert can_sign_in("dana@acme.example", "demo")


# ---- first


@pytest.fixture
def newcomer(world):
    return PersonFactory(email="new@acme.example", name="New Person", is_customer=True)


def test_an_invitation_leads_to_a_first_password_and_in(newcomer, client):
    path = path_of(invitation_link(newcomer))
    assert "Welcome, New Person" in client.get(path).content.decode()
    assert client.post(path, {"password": NEW})["Location"] == "/portal/"
    assert client.get("/portal/").status_code == 200
    assert can_sign_in("new@acme.example", NEW)


def test_who_comes_from_the_receipt_of_a_request_finds_it_in_the_list(world, newcomer, client):
    ticket = TicketFactory(queue=world.support, customer=newcomer)
    answer = client.post(path_of(invitation_link(newcomer)), {"password": NEW})
    assert answer["Location"] == "/portal/requests/"
    assert ticket.title in client.get(answer["Location"]).content.decode()


def test_T75_the_key_changes_with_a_first_password(newcomer, client):
    session = client.session
    session["planted"] = 1
    session.save()
    planted = session.session_key
    client.post(path_of(invitation_link(newcomer)), {"password": NEW})
    assert client.session.session_key != planted


def test_T80_an_invitation_works_once(newcomer, client):
    link = invitation_link(newcomer)
    client.post(path_of(link), {"password": NEW})
    for answer in (Client().get(path_of(link)), Client().post(path_of(link), {"password": "another sentence"})):
        assert answer.status_code == 410
        assert "does not work any more" in answer.content.decode()
    assert accept_invitation(link.rstrip("/").rpartition("/")[2], password="another sentence") is None
    assert can_sign_in("new@acme.example", NEW)


def test_T80_an_invitation_dies_after_a_week_with_the_address_and_with_the_account(newcomer, client, monkeypatch):
    path = path_of(invitation_link(newcomer))
    with pytest.MonkeyPatch.context() as patch:
        later = timezone.now().timestamp() + 7 * 86400 + 2
        patch.setattr(signing.time, "time", lambda: later)
        assert client.get(path).status_code == 410
    assert client.get(path).status_code == 200
    newcomer.email = "moved@acme.example"
    newcomer.save()
    assert client.get(path).status_code == 410
    newcomer.email = "new@acme.example"
    newcomer.is_active = False
    newcomer.save()
    assert client.get(path).status_code == 410


@pytest.mark.parametrize("token", ["x", "e30:1:x", "%00", "a" * 5000])
def test_a_forged_invitation_is_over(db, client, token):
    assert client.get(f"/welcome/{token}/").status_code == 410


def test_a_weak_first_password_is_refused(newcomer, client):
    path = path_of(invitation_link(newcomer))
    answer = client.post(path, {"password": "12345678"})
    assert answer.status_code == 422
    assert "too common" in answer.content.decode()
    assert client.get(path).status_code == 200


def test_looking_at_an_invitation_uses_nothing_up(newcomer):
    path = path_of(invitation_link(newcomer))
    assert [Client().get(path).status_code for _look in range(3)] == [200, 200, 200]


def test_texts_of_letters_carry_their_placeholders(db):
    with translation.override("en"):
        subject, body = letters.fill(letters.PASSWORD_RESET, "en", site="Helpdesk", link=f"{BASE}/x/", minutes=60)
    assert subject == "Choose a new password"
    assert f"once and for 60 minutes:\n{BASE}/x/\n" in body

"""Connecting a mailbox with its provider: there and back, with a state nobody else knows."""

from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from mail.models import Account, Consent
from tests.mail.tokens import provider


@pytest.fixture
def tokens():
    with provider() as tokens:
        yield tokens


@pytest.fixture
def account(world) -> Account:
    return Account.objects.create(
        name="Office", host="outlook.office365.com", username="support@demo.example", sign_in="oauth"
    )


def sent(tokens, **fields) -> dict[str, str]:
    facts = {"provider": "other", "flow": "code", "client_id": "app", "client_secret": "s3cret", "tenant": ""}
    facts |= {"authorize_url": "https://login.example/authorize", "token_url": tokens.token_url, "scope": "mail"}
    return facts | {"ends_on": ""} | fields


def go_there(door, account) -> dict[str, str]:
    """What the browser takes along to the provider."""
    answer = door.get(reverse("setup:account_connect", args=[account.pk]))
    assert answer.status_code == 302
    parts = urlsplit(answer["Location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == "https://login.example/authorize"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def come_back(door, **fields):
    return door.get(reverse("setup:account_connected"), fields, follow=True)


@pytest.fixture
def consent(door, account, tokens) -> Consent:
    door.post(reverse("setup:account_consent", args=[account.pk]), sent(tokens))
    return Consent.objects.get()


def test_the_secret_is_sealed_and_never_shown(door, account, consent, last_change):
    page = door.get(reverse("setup:account_consent", args=[account.pk])).content.decode()
    assert consent.client_secret == "s3cret"
    assert "s3cret" not in page
    assert consent.sealed_client_secret not in page
    assert last_change().after["sealed_client_secret"] is True
    assert f"http://127.0.0.1:8000{reverse('setup:account_connected')}" in page


def test_there_and_back_again(door, account, consent, tokens, text_of):
    away = go_there(door, account)
    assert (away["response_type"], away["client_id"], away["login_hint"]) == ("code", "app", "support@demo.example")
    assert away["redirect_uri"] == f"http://127.0.0.1:8000{reverse('setup:account_connected')}"
    assert (away["code_challenge_method"], len(away["code_challenge"])) == ("S256", 43)
    page = text_of(come_back(door, state=away["state"], code="the-code"))
    assert "Connected. Mail is fetched with the next visit." in page
    asked = tokens.asked[0]
    assert (asked["grant_type"], asked["code"], asked["client_secret"]) == ("authorization_code", "the-code", "s3cret")
    assert len(asked["code_verifier"]) >= 43
    consent.refresh_from_db()
    assert consent.is_granted
    assert "refresh-1" not in consent.sealed_refresh_token
    assert "Connected since" in page


@pytest.mark.parametrize("state", ["", "made-up"])
def test_an_answer_nobody_asked_for_changes_nothing(door, account, consent, tokens, state, text_of):
    go_there(door, account)
    page = text_of(come_back(door, state=state, code="the-code"))
    assert "belongs to nothing you began here" in page
    assert not tokens.asked


def test_a_state_is_good_once_and_for_whom_it_was_made(door, account, consent, tokens, signed_in, world):
    state = go_there(door, account)["state"]
    other = signed_in(world.alex)  # the same person in another browser
    come_back(other, state=state, code="x")
    assert not tokens.asked
    come_back(door, state=state, code="x")
    come_back(door, state=state, code="x")
    assert len(tokens.asked) == 1


def test_a_state_that_is_too_old_is_none(door, account, consent, tokens, monkeypatch):
    state = go_there(door, account)["state"]
    monkeypatch.setattr("web.setup.views.consents.LONGEST_AWAY", -1)
    come_back(door, state=state, code="x")
    assert not tokens.asked


def test_a_refusal_is_said_and_what_the_provider_wrote_is_not_shown(door, account, consent, tokens, text_of):
    state = go_there(door, account)["state"]
    page = text_of(come_back(door, state=state, error="access_denied", error_description="<b>Call 0900</b>"))
    assert "The provider did not give its leave." in page
    assert "0900" not in page
    state = go_there(door, account)["state"]
    said = {"error": "invalid_client", "error_description": "AADSTS7000215: internal words"}
    tokens.answer = 401, said
    page = text_of(come_back(door, state=state, code="x"))
    assert "invalid_client AADSTS7000215" in page
    assert "internal words" not in page


def test_another_application_needs_a_new_leave(door, account, consent, tokens):
    come_back(door, state=go_there(door, account)["state"], code="x")
    door.post(reverse("setup:account_consent", args=[account.pk]), sent(tokens, client_secret="", ends_on="2028-01-01"))
    consent.refresh_from_db()
    assert consent.is_granted
    door.post(reverse("setup:account_consent", args=[account.pk]), sent(tokens, client_id="another"))
    consent.refresh_from_db()
    assert not consent.is_granted
    assert consent.client_secret == "s3cret"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"tenant": "../../evil"}, "tenant"),
        ({"token_url": "ftp://login.example"}, "token_url"),
        ({"token_url": ""}, "token_url"),
        ({"authorize_url": "javascript:alert(1)"}, "authorize_url"),
        ({"provider": "google", "flow": "client"}, "flow"),
        ({"provider": "microsoft", "flow": "client"}, "tenant"),
        ({"flow": "client", "client_secret": ""}, "client_secret"),
        ({"client_id": ""}, "client_id"),
    ],
)
def test_wrong_facts_are_refused(door, account, tokens, fields, field):
    answer = door.post(reverse("setup:account_consent", args=[account.pk]), sent(tokens, **fields))
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in answer.content.decode()
    assert not Consent.objects.exists()


def test_without_networks_of_ones_own_tokens_come_by_https_alone(door, account, tokens, settings):
    settings.MAIL_NETWORKS = ()
    answer = door.post(reverse("setup:account_consent", args=[account.pk]), sent(tokens))
    assert answer.status_code == 422


def test_t62_a_token_server_inside_is_not_asked(door, account, consent, tokens, settings, text_of):
    settings.MAIL_NETWORKS = ()
    page = text_of(come_back(door, state=go_there(door, account)["state"], code="x"))
    assert "The provider gave no token that lasts: Forbidden." in page
    assert not tokens.asked


def test_the_wizard_leads_from_an_address_to_a_filled_in_form(door, world):
    answer = door.get(reverse("setup:account_choose"), {"address": "support@gmx.de", "provider": ""})
    assert answer["Location"] == f"{reverse('setup:account_new')}?provider=gmx&address=support%40gmx.de"
    page = door.get(answer["Location"]).content.decode()
    assert 'value="imap.gmx.net"' in page
    assert 'value="support@gmx.de"' in page
    assert "Switch on access by IMAP" in page
    assert door.get(reverse("setup:account_choose"), {"address": "nonsense"}).status_code == 422


def test_a_mailbox_with_tokens_needs_no_password_and_is_connected_next(door, world):
    facts = {"name": "O", "protocol": "imap", "sign_in": "oauth", "host": "outlook.office365.com", "port": "993"}
    facts |= {"security": "tls", "username": "support@demo.example", "folder": "INBOX", "after": "keep"}
    answer = door.post(reverse("setup:account_new"), facts)
    account = Account.objects.get()
    assert answer["Location"] == reverse("setup:account_consent", args=[account.pk])


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"protocol": "pop3", "after": "move", "move_to": "Done"}, 422),
        ({"protocol": "pop3", "after": "delete", "keep_days": "14"}, 302),
        ({"more_folders": "Sales\nBüro/Köln\nSales\n", "start_on": "2026-11-01"}, 302),
    ],
)
def test_folders_days_and_protocols(door, world, fields, status):
    facts = {"name": "O", "host": "mail.demo.example", "port": "993", "security": "tls", "username": "support"}
    facts |= {"password": "x", "folder": "INBOX", "after": "keep", "move_to": "", "queue": "", "is_active": "on"}
    assert door.post(reverse("setup:account_new"), facts | fields).status_code == status
    if "more_folders" in fields:
        account = Account.objects.get()
        assert account.folders == ["INBOX", "Sales", "Büro/Köln"]
        assert str(account.start_on) == "2026-11-01"


def test_tokens_go_to_no_other_server(door, account, consent, tokens, text_of):
    come_back(door, state=go_there(door, account)["state"], code="x")
    moved = {"name": "Office", "host": "evil.example", "port": "993", "security": "tls", "sign_in": "oauth"}
    moved |= {"username": "support@demo.example", "folder": "INBOX", "after": "keep", "is_active": "on"}
    page = text_of(door.post(reverse("setup:account_test", args=[account.pk]), moved))
    assert "Save first, then connect the mailbox anew" in page
    answer = door.post(reverse("setup:account", args=[account.pk]), moved)
    assert answer["Location"] == reverse("setup:account_consent", args=[account.pk])
    consent.refresh_from_db()
    assert (consent.is_granted, consent.sealed_access_token, consent.sealed_refresh_token) == (False, "", "")


@pytest.mark.parametrize("other", [{"token_url": "https://evil.example/token"}, {"client_id": "another"}])
def test_the_secret_of_an_application_goes_to_nobody_else(door, account, consent, tokens, other):
    answer = door.post(reverse("setup:account_consent", args=[account.pk]), sent(tokens, client_secret="", **other))
    assert answer.status_code == 422
    assert "Please write the secret again" in answer.content.decode()

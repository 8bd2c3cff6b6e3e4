"""Signing up and joining: nothing before the address is confirmed, and nobody learns who is known."""

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.brands import default_brand
from accounts.domains import allows, save_domains
from accounts.managing import Guest, invite, renew_link, revoke
from accounts.models import (
    Brand,
    DomainRule,
    EmailAddress,
    MemberInvitation,
    Membership,
    OrganisationDomain,
    Registration,
    User,
)
from accounts.people import create_person
from accounts.registration import Applicant, registration_link
from accounts.roles import let_edit_people
from mail.account_letters import ask_to_join
from mail.models import Letter
from tests.common.test_passwords import can_sign_in, link_in, outbox, path_of, send_all  # noqa: F401 - a fixture
from tests.factories import TicketFactory

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence to remember"  # noqa: S105
KNOWN, UNKNOWN = "dana@acme.example", "nina@new.example"


@pytest.fixture
def brand(world) -> Brand:
    brand = default_brand()
    brand.registration = Registration.OPEN
    brand.save()
    return brand


@pytest.fixture
def calden(world) -> Brand:
    return Brand.objects.create(
        name="Calden", key="calden", host="help.calden.example", registration=Registration.OPEN, sender_name="Calden"
    )


def sign_up(client: Client, email: str, name: str = "Nina Novak", **headers):
    return client.post("/register/", {"name": name, "email": email}, headers=headers)


def follow(client: Client, link: str, name: str = "Nina Novak"):
    return client.post(path_of(link), {"name": name, "password": PASSWORD})


@pytest.mark.parametrize(
    ("registration", "domain", "rules", "may"),
    [
        ("closed", "a.example", [("a.example", "allow")], False),
        ("open", "a.example", [], True),
        ("open", "a.example", [("a.example", "refuse")], False),
        ("open", "x.a.example", [("a.example", "refuse")], False),
        ("open", "a.example", [("a.example", "allow"), ("a.example", "refuse")], False),
        ("domains", "a.example", [], False),
        ("domains", "a.example", [("a.example", "allow")], True),
        ("domains", "x.a.example", [("a.example", "allow")], False),
        ("domains", "x.a.example", [("x.a.example", "allow"), ("a.example", "refuse")], False),
    ],
)
def test_who_may_sign_up(registration, domain, rules, may):
    assert allows(Registration(registration), domain, rules) is may


def test_where_nobody_may_sign_up_there_is_no_page(world, client):
    assert client.get("/register/").status_code == sign_up(client, UNKNOWN).status_code == 404
    assert "/register/" not in client.get("/login/").content.decode()


def test_an_account_is_there_only_after_the_link_was_followed(brand, client, outbox):  # noqa: F811
    assert "/register/" in client.get("/login/").content.decode()
    before = User.objects.count()
    assert sign_up(client, "Nina@New.example")["Location"] == "/register/sent/"
    send_all()
    link = link_in(outbox)
    assert client.get(path_of(link)).status_code == 200
    assert User.objects.count() == before
    assert follow(client, link)["Location"] == "/portal/"
    nina = User.objects.get(email=UNKNOWN)
    assert (nina.name, nina.is_customer, nina.is_agent, nina.is_administrator) == ("Nina Novak", True, False, False)
    assert nina.addresses.get().verified_at is not None
    assert can_sign_in(UNKNOWN, PASSWORD)


def test_T80_the_link_works_once_for_an_hour_and_not_when_signing_up_has_ended(brand, client):
    link = path_of(registration_link(Applicant(UNKNOWN, "Nina"), brand))
    assert client.get("/register/x/").status_code == 410
    assert client.get(f"{link[:-2]}x/").status_code == 410
    DomainRule.objects.create(domain="new.example", verdict="refuse")
    assert client.get(link).status_code == 410
    DomainRule.objects.all().delete()
    assert follow(Client(), f"http://127.0.0.1:8000{link}").status_code == 302
    assert client.get(link).status_code == 410
    # the account gives the address away within the hour
    EmailAddress.objects.filter(address=UNKNOWN).delete()
    assert follow(client, f"http://127.0.0.1:8000{link}").status_code == 410


def test_T80_the_link_is_too_old_after_an_hour(brand, client, settings):
    link = registration_link(Applicant(UNKNOWN, "Nina"), brand)
    settings.REGISTRATION_SECONDS = -1
    assert client.get(path_of(link)).status_code == 410


def test_T78_the_page_says_the_same_of_every_address(brand, client):
    """The row is left in either case; a worker finds out who it is."""
    create_person(email="mail-only@acme.example", is_customer=True)
    User.objects.filter(email="erik@globex.example").update(is_active=False)
    answers = {}
    for email in (KNOWN, UNKNOWN, "mail-only@acme.example", "erik@globex.example", "bea@demo.example"):
        browser = Client()
        answer = sign_up(browser, email)
        page = browser.get(answer["Location"]).content
        answers[
            answer.status_code, answer["Location"], re.sub(rb'value="[^"]{60,}"|"X-CSRFToken":"[^"]+"', b"", page)
        ] = 1
    assert len(answers) == 1
    assert Letter.objects.count() == 5


@pytest.mark.parametrize(
    ("email", "subject", "path"),
    [
        (UNKNOWN, "Confirm your email address", "/register/"),
        (KNOWN, "You have an account already", "/password/reset/"),
        ("mail-only@acme.example", "Choose a password", "/welcome/"),
    ],
)
def test_the_letter_says_what_is_the_next_step(brand, client, outbox, email, subject, path):  # noqa: F811
    create_person(email="mail-only@acme.example", is_customer=True)
    sign_up(client, email, name="Buy pills at https://evil.example")
    send_all()
    (letter,) = outbox.iterdir()
    text = letter.read_text()
    assert f"Subject: {subject}" in text
    assert path in link_in(outbox)
    assert "evil.example" not in text
    assert "From: Demo" in text or "From: Helpdesk" in text


def test_somebody_deactivated_gets_no_letter(brand, client, outbox):  # noqa: F811
    User.objects.filter(email=KNOWN).update(is_active=False)
    sign_up(client, KNOWN)
    send_all()
    assert Letter.objects.count() == 0
    assert not outbox.exists()


def test_a_refused_domain_is_said_and_leaves_nothing(brand, client):
    DomainRule.objects.create(brand=brand, domain="throwaway.example", verdict="refuse")
    answer = sign_up(client, "x@in.throwaway.example")
    assert answer.status_code == 422
    assert "People with an address at in.throwaway.example cannot sign up here." in answer.content.decode()
    assert Letter.objects.count() == 0


def test_rules_of_another_brand_do_not_count(brand, calden, client):
    DomainRule.objects.create(brand=calden, domain="new.example", verdict="refuse")
    assert sign_up(client, UNKNOWN).status_code == 302
    assert sign_up(client, UNKNOWN, host="help.calden.example").status_code == 422


def test_T68_links_lead_to_the_host_of_the_brand_and_never_to_a_forged_one(calden, client, outbox):  # noqa: F811
    assert sign_up(client, UNKNOWN, host="evil.example").status_code == 400
    forwarded = {"X-Forwarded-Host": "evil.example"}
    assert sign_up(client, UNKNOWN, host="help.calden.example", **forwarded).status_code == 302
    send_all()
    assert link_in(outbox).startswith("http://help.calden.example:8000/register/")
    (letter,) = outbox.iterdir()
    assert "From: Calden <" in letter.read_text()


def test_T68_a_forgotten_password_leads_to_the_brand_where_it_was_asked_for(calden, client, outbox):  # noqa: F811
    assert client.post("/password/reset/", {"email": KNOWN}, headers={"host": "evil.example"}).status_code == 400
    client.post("/password/reset/", {"email": KNOWN}, headers={"host": "help.calden.example"})
    send_all()
    assert link_in(outbox).startswith("http://help.calden.example:8000/password/reset/key/")


def test_one_place_may_ask_twenty_times_and_one_address_gets_three_letters(brand, client):
    cache.clear()
    assert [sign_up(client, UNKNOWN).status_code for _again in range(21)] == [302] * 20 + [429]
    assert Letter.objects.count() == 3


# ---- domains of organisations


def test_a_confirmed_address_of_a_domain_brings_the_membership(brand, world, client):
    save_domains(world.acme, {"acme.example": True}, by=world.alex)
    follow(client, registration_link(Applicant("new@acme.example", "New"), brand))
    mine = Membership.objects.get(user__email="new@acme.example")
    assert (mine.organisation, mine.sees_all, mine.is_primary, mine.is_manager) == (world.acme, True, True, False)


def test_an_unconfirmed_address_brings_nothing(world):
    save_domains(world.acme, {"acme.example": True}, by=world.alex)
    assert not create_person(email="new@acme.example", is_customer=True).memberships.exists()


def test_whoever_has_confirmed_an_address_joins_when_its_domain_is_named(world):
    one, other = (create_person(email=f"{name}@globex.example", is_customer=True) for name in ("one", "other"))
    EmailAddress.objects.filter(user=one).update(verified_at=timezone.now())
    save_domains(world.acme, {"globex.example": False}, by=world.alex)
    assert one.memberships.get().organisation == world.acme
    assert not other.memberships.exists()


def test_a_domain_belongs_to_one_organisation(world):
    OrganisationDomain.objects.create(organisation=world.erik.organisations.get(), domain="acme.example")
    with pytest.raises(Exception, match="already belongs to Globex"):
        save_domains(world.acme, {"acme.example": True}, by=world.alex)


# ---- invitations into an organisation


def invitation(world, address: str, **facts) -> tuple[MemberInvitation, str]:
    made = invite(Guest(address, **facts), world.acme, brand=default_brand(), by=world.dana)
    return made, renew_link(made)


def test_somebody_new_joins_with_a_password(world, client, outbox):  # noqa: F811
    made = invite(Guest(UNKNOWN, "Nina", sees_all=True), world.acme, brand=default_brand(), by=world.dana)
    ask_to_join(made, language="en")
    send_all()
    (letter,) = outbox.iterdir()
    assert "dana@acme.example invites you to Acme" in " ".join(letter.read_text().split())
    assert follow(client, link_in(outbox))["Location"] == "/portal/"
    member = Membership.objects.get(user__email=UNKNOWN)
    assert (member.organisation, member.sees_all) == (world.acme, True)
    assert client.get(path_of(link_in(outbox))).status_code == 410


def test_somebody_known_joins_only_when_signed_in_as_the_one_who_was_invited(world, client, signed_in):
    _made, link = invitation(world, "erik@globex.example")
    for browser in (client, signed_in(world.bea)):
        assert "Sign in with it" in browser.get(path_of(link)).content.decode()
        assert browser.post(path_of(link), {"password": PASSWORD, "name": "x"}).status_code == 200
    assert not Membership.objects.filter(organisation=world.acme, user=world.erik).exists()
    erik = signed_in(world.erik)
    assert erik.post(path_of(link))["Location"] == "/portal/"
    assert set(world.erik.organisations.values_list("name", flat=True)) == {"Acme", "Globex"}
    assert world.erik.memberships.get(is_primary=True).organisation.name == "Globex"
    assert erik.post(path_of(link)).status_code == 410


def test_T80_an_invitation_dies_when_it_is_revoked_renewed_or_a_week_old(world, client):
    made, first = invitation(world, UNKNOWN)
    again, second = invitation(world, UNKNOWN)
    assert made == again
    assert [client.get(path_of(link)).status_code for link in (first, second)] == [410, 200]
    MemberInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert client.get(path_of(second)).status_code == 410
    _made, third = invitation(world, UNKNOWN)
    revoke(again, by=world.dana)
    assert follow(client, third).status_code == 410
    assert not User.objects.filter(email=UNKNOWN).exists()


def test_T80_the_link_is_kept_as_a_digest(world):
    _made, link = invitation(world, UNKNOWN)
    token = link.rstrip("/").rpartition("/")[2]
    assert token not in str(MemberInvitation.objects.values().get())


# ---- invitations by agents


def test_an_agent_sends_a_link_that_only_the_letter_has(world, signed_in, outbox):  # noqa: F811
    let_edit_people(world.support_role, allowed=True)
    TicketFactory(queue=world.support, customer=create_person(email="mail-only@acme.example", is_customer=True))
    someone = User.objects.get(email="mail-only@acme.example")
    agent = signed_in(world.bea)
    path = f"/desk/people/{someone.pk}/"
    assert f"{path}invite/" in agent.get(path).content.decode()
    page = agent.post(f"{path}invite/", follow=True).content.decode()
    assert "A link to choose a password is on its way to mail-only@acme.example." in page
    assert "/welcome/" not in page
    send_all()
    assert Client().post(path_of(link_in(outbox)), {"password": PASSWORD}).status_code == 302
    assert can_sign_in("mail-only@acme.example", PASSWORD)
    agent.post(f"{path}invite/")
    assert not Letter.objects.exists()


def test_an_agent_without_the_right_invites_nobody(world, signed_in):
    someone = create_person(email="mail-only@acme.example", is_customer=True)
    assert signed_in(world.bea).post(f"/desk/people/{someone.pk}/invite/").status_code == 404
    assert signed_in(world.alex).post(f"/desk/people/{world.carlos.pk}/invite/").status_code == 404
    assert not Letter.objects.exists()

"""The page of somebody who manages the people of an organisation."""

import pytest
from django.test import Client

from accounts.domains import save_rules
from accounts.managing import MOST_OPEN
from accounts.models import ConfigChange, DomainRule, MemberInvitation, Membership, User
from mail.models import Letter
from tests.factories import PersonFactory, TicketFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(world) -> User:
    """Dana manages Acme, and sees only her own requests."""
    Membership.objects.filter(user=world.dana).update(is_manager=True, sees_all=False)
    return world.dana


@pytest.fixture
def acme(world) -> str:
    return f"/portal/organisations/{world.acme.pk}/"


@pytest.fixture
def mia(world) -> User:
    return PersonFactory(email="mia@acme.example", name="Mia Moss", is_customer=True, organisation=world.acme)


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_only_its_manager_finds_the_page(world, signed_in, manager, mia, acme):
    assert "People of Acme" in page(signed_in(manager), acme)
    assert acme in page(signed_in(manager), "/portal/")
    for other in (mia, world.erik, world.bea, world.alex):
        browser = signed_in(other)
        assert browser.get(acme).status_code == 404
        assert browser.post(f"{acme}invite/", {"address": "x@new.example"}).status_code == 404
        assert browser.post(f"{acme}people/{mia.pk}/remove/").status_code == 404
    assert not MemberInvitation.objects.exists()


def test_managing_people_opens_no_request(world, signed_in, manager, mia):
    theirs = TicketFactory(queue=world.support, customer=mia, title="Mia's own")
    assert signed_in(manager).get(f"/portal/requests/{theirs.number}/").status_code == 404


def test_an_invitation_is_sent_listed_and_withdrawn(signed_in, manager, acme):
    browser = signed_in(manager)
    assert browser.post(f"{acme}invite/", {"address": "New@Acme.example", "name": "New"})["Location"] == acme
    (letter,) = Letter.objects.all()
    assert (letter.kind, letter.address) == ("membership", "new@acme.example")
    assert "new@acme.example" in page(browser, acme)
    waiting = MemberInvitation.objects.get()
    browser.post(f"{acme}invitations/{waiting.pk}/revoke/")
    waiting.refresh_from_db()
    assert waiting.revoked_at is not None
    assert ConfigChange.objects.filter(kind="accounts.organisation", actor=manager).count() == 2


def test_T78_a_manager_does_not_learn_who_is_known(world, signed_in, manager, acme):
    pages = set()
    for address in ("erik@globex.example", "nobody@globex.example"):
        MemberInvitation.objects.all().delete()
        browser = signed_in(manager)
        answer = browser.post(f"{acme}invite/", {"address": address})
        assert (answer.status_code, answer["Location"]) == (302, acme)
        text = page(browser, acme).split('<ul class="pmembers">')[2].split("</ul>")[0]
        number = str(MemberInvitation.objects.get().pk)
        token = text.split('csrfmiddlewaretoken" value="')[1].split('"')[0]
        pages.add(text.replace(token, "").replace(address, "X").replace(f"/invitations/{number}/", ""))
    assert len(pages) == 1
    assert not Membership.objects.filter(organisation=world.acme, user=world.erik).exists()


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("no address", "This is not an email address."),
        ("dana@acme.example", "Somebody with this address belongs to the organisation already."),
        ("x@throwaway.example", "Addresses of this domain cannot be invited."),
        ("support@demo.example", "This is an address of ours."),
    ],
)
def test_what_cannot_be_is_said(world, signed_in, manager, acme, address, words):
    save_rules(None, {DomainRule.Verdict.REFUSE: ["throwaway.example"]}, by=world.alex)
    answer = signed_in(manager).post(f"{acme}invite/", {"address": address})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not MemberInvitation.objects.exists()
    assert not Letter.objects.exists()


def test_invitations_are_limited(world, signed_in, manager, acme, monkeypatch):
    monkeypatch.setattr("accounts.managing.MOST_OPEN", 1)
    assert MOST_OPEN == 100
    browser = signed_in(manager)
    browser.post(f"{acme}invite/", {"address": "one@new.example"})
    answer = browser.post(f"{acme}invite/", {"address": "two@new.example"})
    assert "Too many invitations are open." in answer.content.decode()
    again = [browser.post(f"{acme}invite/", {"address": "one@new.example"}).status_code for _time in range(29)]
    assert again == [302] * 28 + [429]


def test_what_a_member_sees_is_up_to_the_manager(world, signed_in, manager, mia, acme):
    theirs = TicketFactory(queue=world.support, customer=manager, title="Dana's")
    seeing, browser = signed_in(mia), signed_in(manager)
    browser.post(f"{acme}people/{mia.pk}/", {"sees_all": "on"})
    assert seeing.get(f"/portal/requests/{theirs.number}/").status_code == 200
    browser.post(f"{acme}people/{mia.pk}/", {"sees_all": "off"})
    assert seeing.get(f"/portal/requests/{theirs.number}/").status_code == 404


def test_a_member_is_let_go_and_keeps_the_account(world, signed_in, manager, mia, acme):
    browser = signed_in(manager)
    assert browser.post(f"{acme}people/{mia.pk}/remove/")["Location"] == acme
    assert not mia.memberships.exists()
    mia.refresh_from_db()
    assert mia.is_active
    browser.post(f"{acme}people/{manager.pk}/remove/")
    assert manager.memberships.exists()
    assert browser.post(f"{acme}people/{world.erik.pk}/remove/").status_code == 404


def test_questions_do_not_grow_with_the_members(world, signed_in, manager, acme, queries):
    browser, counted = signed_in(manager), []
    for number in range(3):
        PersonFactory(email=f"p{number}@acme.example", is_customer=True, organisation=world.acme)
        page(browser, acme)
        with queries() as asked:
            page(browser, acme)
        counted.append(len(asked))
    assert counted[0] == counted[-1] <= 14

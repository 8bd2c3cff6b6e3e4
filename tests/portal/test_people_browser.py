"""What customers do about people and about themselves, in a browser: an organisation's manager, somebody in copy, a form
whose questions follow from answers, the profile."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from accounts.managing import renew_link
from accounts.models import MemberInvitation, Membership, User
from tests.desk.browsing import answering_browser
from tests.factories import PersonFactory
from tests.portal.browsing import IN_OTHER_TWO, IN_TWO, LANGUAGES, PLACE, site
from tests.portal.test_services import ask, made
from tickets.models import Service, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with answering_browser() as running:
        yield running


def says(page: Page, words: str) -> None:
    expect(page.locator(".toast").filter(has_text=words).last).to_be_visible()


# ---- an organisation


@pytest.fixture
def mia(world) -> User:
    return PersonFactory(email="mia@acme.example", name="Mia Moss", is_customer=True, organisation=world.acme)


@IN_TWO
def test_a_manager_invites_says_what_a_member_sees_and_lets_one_go(browser, world, mia, language, width):
    Membership.objects.filter(user=world.dana).update(is_manager=True)
    Membership.objects.filter(user=mia).update(sees_all=False)
    with site(browser, world.dana, language=language, width=width, thorough=True) as window:
        manages(window, world, mia)
    invitation = MemberInvitation.objects.get()
    assert (invitation.address, invitation.sees_all) == ("ida@new.example", True)
    # what the letter says is a link
    with site(browser, language=language, width=width, thorough=True) as window:
        page = window.open(urlsplit(renew_link(invitation)).path)
        window.looks_right("invitation")
        page.locator("[name=password]").fill("a long enough sentence")
        page.locator("main .btn--primary[type=submit]").click()
        page.wait_for_url("**/portal/**")
    assert Membership.objects.get(user__email="ida@new.example").organisation == world.acme


def manages(window, world, mia: User) -> None:
    page = window.open(f"/portal/organisations/{world.acme.pk}/")
    window.looks_right("people")
    invite = page.locator("aside form")
    invite.locator("[name=address]").fill("nobody")
    invite.locator("[type=submit]").click()
    expect(page.locator("aside [aria-invalid=true]")).to_have_count(1)
    window.looks_right("refused invitation")
    invite.locator("[name=address]").fill("ida@new.example")
    invite.locator("[name=name]").fill("Ida New")
    invite.locator("[name=sees_all]").check()
    invite.locator("[type=submit]").click()
    says(page, "ida@new.example")
    expect(page.locator(".pmembers").last).to_contain_text("ida@new.example")
    window.settle()
    window.looks_right("invited")
    member = page.locator(".pmember").filter(has_text="mia@acme.example")
    member.locator("[name=sees_all][value=on]").click()
    expect(member.locator("[name=sees_all][value=off]")).to_be_visible()
    assert mia.memberships.get().sees_all
    window.settle()
    member.locator(".icon-btn").click()
    question = page.locator("#confirm")
    expect(question).to_contain_text("Mia Moss")
    window.looks_right("question")
    question.locator("[value=yes]").click()
    expect(member).to_have_count(0)
    says(page, "Mia Moss")
    assert not mia.memberships.exists()


# ---- somebody in copy


@IN_OTHER_TWO
def test_somebody_is_kept_in_copy_answers_and_is_let_go(browser, world, ticket, language, width):
    path, size = f"/portal/requests/{ticket.number}/", {"language": language, "width": width, "thorough": True}
    with site(browser, world.dana, **size) as asking, site(browser, world.erik, **size) as copied:
        page = asking.open(path)
        page.locator("#in-copy summary").click()
        asking.looks_right("request, adding somebody")
        page.locator("#in-copy [name=address]").fill("nobody")
        page.locator("#in-copy .btn--brand").click()
        expect(page.locator("#in-copy [aria-invalid=true]")).to_be_visible()
        page.locator("#in-copy [name=address]").fill(world.erik.email)
        page.locator("#in-copy .btn--brand").click()
        expect(page.locator(".pcopy__one")).to_contain_text(world.erik.email)
        asking.settle()
        asking.looks_right("request with somebody in copy")
        theirs = copied.open("/portal/requests/?whose=copy&show=all")
        copied.looks_right("requests in copy")
        theirs.locator(f"main a[href*='{ticket.number}']").first.click()
        theirs.wait_for_url(f"**{path}")
        theirs.locator("#answer textarea").fill("I saw it too.")
        theirs.locator("#answer .btn--brand").click()
        expect(theirs.locator("#thread")).to_contain_text("I saw it too.")
        copied.looks_right("request as seen by who is in copy")
        asking.open(path)
        expect(page.locator("#thread")).to_contain_text("I saw it too.")
        page.locator(".pcopy__one .icon-btn").click()
        says(page, world.erik.email)
        expect(page.locator(".pcopy__one")).to_have_count(0)
        copied.open(path)
        expect(theirs.locator("#thread")).to_have_count(0)
        copied.looks_right("not there any more")
    assert ticket.articles.get(author=world.erik).body == "I saw it too."


# ---- a form whose questions follow from answers


@pytest.fixture
def laptop(world) -> Service:
    """Asks for the size, and for the reason of a large one."""
    made(world, "Repair")
    service = made(world, description="For your work", subject="{{ field.size }} laptop")
    ask(world, service, "size", required=True, hint="Look at the lid.")
    large = {"field": "field.size", "is": "Large"}
    ask(world, service, "reason", large, required=True, field={"kind": "text", "options": []})
    return service


@IN_TWO
def test_a_question_comes_and_goes_with_the_answer_before_it(browser, world, laptop, language, width):
    cache.clear()
    with site(browser, world.dana, language=language, width=width, thorough=True) as window:
        page = window.open("/portal/services/")
        page.locator(f"main a[href$='/services/{laptop.pk}/']").first.click()
        expect(page.locator("[name=field_size]")).to_be_visible()
        reason = page.locator("[name=field_reason]")
        for size, asked in (("Large", 1), ("Small", 0), ("Large", 1)):
            page.locator("[name=field_size]").select_option(size)
            expect(page.locator("#questions [role=status]")).to_contain_text(f"{size} laptop")
            expect(reason).to_have_count(asked)
        window.looks_right("form with the further question")
        reason.fill("Pictures")
        page.locator("#new-request .btn--brand").click()
        page.wait_for_url("**/portal/requests/*/")
        window.settle()
        window.looks_right("request from the catalogue")
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.custom_fields) == ("Large laptop", {"size": "Large", "reason": "Pictures"})


@IN_OTHER_TWO
def test_a_question_comes_without_scripts_too(browser, world, laptop, language, width):
    with site(browser, world.dana, language=language, width=width, java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{PLACE}/portal/services/{laptop.pk}/")
        page.locator("[name=field_size]").select_option("Large")
        expect(page.locator("[name=field_reason]")).to_have_count(0)
        page.locator("#new-request .btn--brand").click()
        page.locator("[name=field_reason]").fill("Pictures")
        window.looks_right("form with the further question")
        page.locator("#new-request .btn--brand").click()
        page.wait_for_url("**/portal/requests/*/")
    assert Ticket.objects.get().custom_fields == {"size": "Large", "reason": "Pictures"}


# ---- oneself


@IN_TWO
def test_somebody_changes_language_zone_and_password(browser, world, language, width):
    other = LANGUAGES[LANGUAGES.index(language) - 1]
    with site(browser, world.dana, language=language, width=width, thorough=True) as window:
        page = window.open("/profile/")
        expect(page.locator("html")).to_have_attribute("lang", language)
        page.locator("select[name=language]").select_option(other)
        page.locator("select[name=time_zone]").select_option("America/Lima")
        page.locator("main .btn--brand").click()
        expect(page.locator("html")).to_have_attribute("lang", other)
        expect(page.locator(".toast")).to_be_visible()
        window.settle()
        window.looks_right("profile")
        page.locator("main a[href*='/password/change/']").click()
        changes_password(window)
        window.open("/portal/")
        expect(page.locator("html")).to_have_attribute("lang", other)
    world.dana.refresh_from_db()
    assert (world.dana.language, world.dana.time_zone) == (other, "America/Lima")
    assert world.dana.check_password("a long enough sentence")


def changes_password(window) -> None:
    page = window.page
    page.locator("[name=password1]").fill("a long enough sentence")
    page.locator("[name=oldpassword]").fill("wrong")
    page.locator(".btn--primary").click()
    expect(page.locator("[name=oldpassword][aria-invalid=true]")).to_be_visible()
    window.looks_right("password refused")
    page.locator("[name=oldpassword]").fill("demo")
    page.locator("[name=password1]").fill("a long enough sentence")
    page.locator(".btn--primary").click()
    page.wait_for_url("**/password/change/done/")
    window.looks_right("password changed")

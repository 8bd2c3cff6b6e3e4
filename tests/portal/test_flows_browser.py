"""What readers and customers do, from the first page to the last, as they see it: four languages, desk and phone, right
to left, and the main ways without scripts."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, Page, expect

from accounts.models import Brand, Registration, User
from accounts.registration import Applicant, registration_link
from core.clock import now
from knowledge.models import Announcement, Article, Feedback, SearchLog, Use
from tests.desk.browsing import answering_browser
from tests.knowledge.library import article, category, translated
from tests.portal.browsing import IN_OTHER_TWO, IN_TWO, LANGUAGES, PLACE, site
from tickets.actions.replying import reply
from tickets.messages import Message
from tickets.models import Service, State, StateType, Ticket, WebForm, WebFormPost
from tickets.secret_links import make
from tickets.webforms import save_form

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WIDTHS = (1440, 390)
TITLES = {
    "en": "Battery stops charging",
    "es": "La batería no carga",
    "pt": "A bateria não carrega",
    "de": "Akku lädt nicht",
}
SEARCHED = {"en": "charge", "es": "batería", "pt": "bateria", "de": "Akku"}
# A language that nobody has translated: what is written from right to left must still hold together.
PSEUDO = "ar"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with answering_browser() as running:
        yield running


@pytest.fixture
def library(world) -> Article:
    topic = category("Battery and charging", names={"de": "Akku und Laden"})
    made = article(
        TITLES["en"],
        "<h2>First</h2><p>Hold the button for ten seconds to charge it.</p><h2>Then</h2><p>Wait.</p>"
        "<table><tbody><tr><td>Red</td><td>charging</td></tr></tbody></table><pre><code>status=red</code></pre>",
        category=topic,
        summary="When the light stays off.",
    )
    for language in LANGUAGES[1:]:
        translated(made, language, TITLES[language], "<h2>1</h2><p>OK.</p>")
    article("How to store a bicycle", "<p>Dry.</p>", category=topic)
    titles = {language: f"{title} !" for language, title in TITLES.items()}
    Announcement.objects.create(titles=titles, level="maintenance", is_banner=True, ends_at=now() + timedelta(days=1))
    return made


@pytest.fixture
def kit(world) -> Service:
    """A catalogue of one service, so that everybody has to choose."""
    facts: dict[str, Any] = {"queue": world.support, "audience": "everybody"}
    return Service.objects.create(name="Broken thing", path="Broken thing", description="It does not work", **facts)


def sees(page: Page, words: str) -> None:
    expect(page.locator("main").get_by_text(words).first).to_be_visible()


def path_of(link: str) -> str:
    """An address of ours without its host."""
    return urlsplit(link).path


# ---- reading


@IN_TWO
def test_a_visitor_searches_reads_and_says_what_was_missing(browser, library, language, width):
    cache.clear()
    with site(browser, language=language, width=width, thorough=True) as window:
        reads(window, library, TITLES[language], SEARCHED[language], language)


def reads(window, library: Article, title: str, searched: str, language: str) -> None:
    page = window.open("/kb/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    window.looks_right("first page")
    page.locator("main [name=q]").first.fill(searched)
    page.keyboard.press("Enter")
    page.wait_for_url("**/kb/search/**")
    window.settle()
    window.looks_right("results")
    page.locator(f"main a[href*='/kb/{library.number}']").first.click()
    expect(page.locator("h1")).to_have_text(title)
    window.settle()
    window.looks_right("article")
    page.locator("#helpful [value=no]").click()
    page.locator("#helpful textarea").fill("A picture")
    page.locator("#helpful form [type=submit]").click()
    sees(page, "A picture")
    window.looks_right("after an opinion")
    said = Feedback.objects.get()
    assert (said.article, said.helpful, said.comment) == (library, False, "A picture")
    assert SearchLog.objects.get().clicked == library


def test_reading_needs_no_scripts(browser, library):
    with site(browser, java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{PLACE}/kb/")
        page.locator("main [name=q]").first.fill("charge")
        page.locator("main form[role=search] [type=submit]").first.click()
        page.locator(f"main a[href*='/kb/{library.number}']").first.click()
        expect(page.locator("h1")).to_have_text(TITLES["en"])
        page.locator("#helpful [value=no]").click()
        page.locator("#helpful textarea").fill("A picture")
        page.locator("#helpful form [type=submit]").click()
        sees(page, "A picture")
    assert Feedback.objects.get().comment == "A picture"


# ---- asking


@IN_OTHER_TWO
def test_a_customer_asks_is_answered_and_has_it_solved(browser, world, library, kit, language, width):
    cache.clear()
    thorough = True
    with site(browser, world.dana, language=language, width=width, thorough=thorough) as window:
        asks(window, world, kit, TITLES[language])


def asks(window, world, kit: Service, title: str) -> None:
    page = window.open("/portal/")
    window.looks_right("home")
    window.open("/portal/services/")
    window.looks_right("catalogue")
    window.open(f"/portal/services/{kit.pk}/")
    window.looks_right("form")
    page.locator("[name=subject]").press_sequentially(title)
    expect(page.locator("#suggestions a").first).to_be_visible()
    window.looks_right("form with suggestions")
    page.locator("[name=text]").fill("It hums.")
    page.locator("#new-request .btn--brand").click()
    page.wait_for_url("**/portal/requests/*/")
    window.settle()
    ticket = Ticket.objects.get()
    assert (ticket.title, ticket.service) == (title, kit)
    window.looks_right("request")
    waiting = State.objects.filter(type=StateType.PENDING_REMINDER).first()
    reply(ticket, Message(text="Hold the button."), by=world.bea, then=waiting, until=now() + timedelta(days=1))
    window.open(f"/portal/requests/{ticket.number}/")
    sees(page, "Hold the button.")
    page.locator("#answer textarea").fill("It helped.")
    page.locator("#answer [formaction]").click()
    sees(page, "It helped.")
    expect(page.locator("#answer [formaction]")).to_have_count(0)
    window.looks_right("solved request")
    ticket.refresh_from_db()
    assert ticket.closed_at is not None
    page.locator("#answer textarea").fill("It is back.")
    page.locator("#answer .btn--brand").click()
    expect(page.locator("#answer [formaction]")).to_have_count(1)
    ticket.refresh_from_db()
    assert ticket.closed_at is None
    window.open("/portal/requests/?show=all")
    window.looks_right("requests")
    window.open("/profile/")
    window.looks_right("profile")


def test_asking_needs_no_scripts(browser, world, kit):
    with site(browser, world.dana, java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{PLACE}/portal/services/{kit.pk}/")
        page.locator("[name=subject]").fill("It hums")
        page.locator("[name=text]").fill("Since noon.")
        page.locator("#new-request .btn--brand").click()
        page.wait_for_url("**/portal/requests/*/")
        page.locator("#answer textarea").fill("One more word.")
        page.locator("#answer .btn--brand").click()
        sees(page, "One more word.")
        page.locator("#answer [formaction]").click()
        expect(page.locator("#answer [formaction]")).to_have_count(0)
        page.locator("#answer textarea").fill("It is back.")
        page.locator("#answer .btn--brand").click()
        expect(page.locator("#answer [formaction]")).to_have_count(1)
    assert Ticket.objects.get().articles.filter(visible_to_customer=True, sender="customer").count() == 3


def test_who_finds_the_answer_while_writing_sends_nothing(browser, world, library, kit):
    with site(browser, world.dana) as window:
        page = window.open(f"/portal/services/{kit.pk}/")
        page.locator("[name=subject]").press_sequentially("Battery stops charging")
        page.locator("#suggestions a").first.click()
        expect(page.locator("h1")).to_have_text(TITLES["en"])
        page.locator("form[action$='/solved/'] [type=submit]").click()
        expect(page.locator(".toast")).to_contain_text("Your request was not sent.")
    assert Use.objects.get().how == Use.How.DEFLECTED
    assert not Ticket.objects.exists()


# ---- coming in


@pytest.mark.parametrize("width", WIDTHS)
def test_a_link_from_a_mail_opens_one_request(browser, world, ticket, width):
    link = make(ticket, world.dana, address=world.dana.email)
    with site(browser, width=width, thorough=width == 390) as window:
        page = window.open(path_of(link))
        expect(page.locator("h1")).to_have_text("Printer hums")
        window.looks_right("request by a link")
        page.locator("#answer textarea").fill("By the link.")
        page.locator("#answer .btn--brand").click()
        sees(page, "By the link.")
        page.goto(f"{PLACE}/portal/")
        page.wait_for_url("**/login/**")


@pytest.mark.parametrize(("language", "width"), [("de", 390), ("es", 1440)])
def test_somebody_signs_up(browser, world, language, width):
    Brand.objects.filter(is_default=True).update(registration=Registration.OPEN)
    with site(browser, language=language, width=width, thorough=True) as window:
        page = window.open("/register/")
        window.looks_right("signing up")
        page.locator("[name=name]").fill("Ida New")
        page.locator("[name=email]").fill("ida@new.example")
        page.locator("main .btn--primary[type=submit]").click()
        page.wait_for_url("**/register/sent/")
        window.looks_right("after signing up")
        brand = Brand.objects.get(is_default=True)
        link = registration_link(Applicant("ida@new.example", "Ida New", language), brand)
        page = window.open(path_of(link))
        window.looks_right("choosing a password")
        page.locator("[name=password]").fill("a long enough sentence")
        page.locator("main .btn--primary[type=submit]").click()
        page.wait_for_url("**/portal/**")
    person = User.objects.get(email="ida@new.example")
    assert (person.is_customer, person.language) == (True, language)


# ---- the form in another website


@pytest.fixture
def contact(world) -> WebForm:
    texts = {"en": {"title": "Contact us", "consent": "I agree."}, "de": {"title": "Kontakt"}}
    form = WebForm(name="Contact", queue=world.support, sites=["https://shop.example"], texts=texts)
    return save_form(form, [], by=world.alex)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_form_in_another_website_is_filled_in(browser, contact, width):
    line = f'<script async src="{PLACE}/form/{contact.key}/embed.js" data-title="Contact us"></script>'
    shop = {"https://shop.example/": f'<!doctype html><html lang="en"><title>Shop</title><h1>Shop</h1>{line}'}
    with site(browser, width=width, sites=shop) as window:
        page = window.page
        page.goto("https://shop.example/")
        frame = page.frame_locator("iframe[title='Contact us']")
        expect(frame.locator("h1")).to_have_text("Contact us")
        expect(frame.locator("[data-question]")).to_be_hidden()
        frame.locator("[name=email]").fill("ida@new.example")
        frame.locator("[name=subject]").fill("Lamp")
        frame.locator("[name=text]").fill("It flickers.")
        frame.locator("[name=consent]").check()
        high = page.locator("iframe").get_attribute("height")
        assert high != "640"
        assert window.page.evaluate(WITHIN)
        frame.locator("[type=submit]").click()
        expect(frame.locator("h1")).to_have_text("Thank you for your message")
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    post = WebFormPost.objects.get()
    assert (post.ticket.title, post.consent) == ("Lamp", "I agree.")


WITHIN = "document.querySelector('iframe').clientWidth <= document.documentElement.clientWidth"


def test_T87_a_form_is_not_shown_in_a_website_that_may_not(browser, contact):
    frame = f'<iframe src="{PLACE}/form/{contact.key}/" title="Contact"></iframe>'
    pages = {"https://evil.example/": f"<!doctype html><title>Evil</title>{frame}"}
    with site(browser, sites=pages) as window:
        window.page.goto("https://evil.example/")
        window.settle()
        expect(window.page.frame_locator("iframe").locator("[name=email]")).to_have_count(0)


@pytest.mark.parametrize(("language", "width"), [("en", 1440), ("de", 390)])
def test_the_form_alone_without_scripts(browser, contact, language, width):
    with site(browser, language=language, width=width, java_script_enabled=False) as window:
        page = window.page
        page.goto(f"{PLACE}/form/{contact.key}/?lang={language}")
        page.locator("[name=email]").fill("ida@new.example")
        page.locator("[name=subject]").fill("Lamp")
        page.locator("[name=text]").fill("It flickers.")
        page.locator("[name=consent]").check()
        question = page.locator("[data-question] label").inner_text()
        numbers = [int(word) for word in question.replace("?", " ").split() if word.isdecimal()]
        page.locator("[name=answer]").fill(str(sum(numbers)))
        page.locator("[type=submit]").click()
        page.wait_for_url("**/thanks/**")
    assert WebFormPost.objects.get().ticket.language == language


# ---- from right to left


@pytest.fixture
def pseudo(settings) -> str:
    settings.LANGUAGES = [*settings.LANGUAGES, (PSEUDO, "Pseudo")]
    return PSEUDO


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_turns_around_from_right_to_left(browser, world, library, kit, pseudo, width):
    with site(browser, language=pseudo, width=width, thorough=width == 390) as window:
        reads(window, library, TITLES["en"], "charge", pseudo)
        page = window.page
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        logo = page.locator(".plogo").bounding_box()
        assert logo["x"] + logo["width"] / 2 > width / 2
    cache.clear()
    with site(browser, world.dana, language=pseudo, width=width, thorough=width == 390) as window:
        asks(window, world, kit, TITLES["en"])

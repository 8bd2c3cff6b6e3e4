"""Articles at the desk, in a browser: written, reviewed, published and taken back; translated; put into replies; made of
tickets."""

from collections.abc import Iterator

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from knowledge.models import Article, State, Use
from tests.desk.browsing import answering_browser
from tests.factories import TicketFactory
from tests.knowledge.library import article, category, let_publish, let_write, translated
from tests.portal.browsing import AT_A_DESK, IN_TWO, ON_A_PHONE, Site, site
from tests.rights.world import PNG
from tickets.models import Ticket

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

EDITOR = "[contenteditable=true]"
TITLES = {
    "en": "Battery stops charging",
    "es": "La batería no carga",
    "pt": "A bateria não carrega",
    "de": "Akku lädt nicht",
}
TEXTS = {
    "en": "Hold the button.",
    "es": "Mantén el botón pulsado.",
    "pt": "Mantenha o botão premido.",
    "de": "Halten Sie den Knopf gedrückt.",
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with answering_browser() as running:
        yield running


@pytest.fixture
def writers(world) -> None:
    """Bea and Carlos write, Bea publishes."""
    let_write(world.bea, world.carlos)
    let_publish(world.bea)


def home_of(made: Article, rest: str = "") -> str:
    return f"/desk/knowledge/{made.number}/{rest}"


def editor(page: Page):
    """The editor comes when somebody begins to write, be it the title; the words are for it."""
    page.locator("#id_title").focus()
    box = page.locator(f".writing {EDITOR}")
    expect(box).to_be_visible()
    box.focus()
    return box


def act(window: Site, button: str) -> None:
    """Something that leads back to the article."""
    page = window.page
    page.evaluate("document.documentElement.dataset.before = ''")
    page.locator(button).last.click()
    expect(page.locator("html:not([data-before]) main")).to_be_visible()
    window.settle()


# ---- from the first word to readers


@AT_A_DESK
def test_an_article_is_written_reviewed_mended_published_withdrawn_and_planned(
    browser, world, writers, language, width
):
    category("Battery and charging", needs_review=True)
    size = {"language": language, "width": width, "thorough": True}
    with site(browser, world.carlos, **size) as writer, site(browser, world.bea, **size) as reviewer:
        begins(writer, TITLES[language], TEXTS[language])
        made = Article.objects.get()
        one = made.translations.get(language=language)
        assert one.state == State.IN_REVIEW
        for part in ("<h2>1</h2>", "<table>", '<img src="cid:', TEXTS[language]):
            assert part in one.latest.body
        wishes(reviewer, made, language)
        one.refresh_from_db()
        assert one.state == State.DRAFT
        mends(writer, made, language)
        decides(reviewer, made, language)


def begins(window: Site, title: str, text: str) -> None:
    page = window.open("/desk/knowledge/")
    window.looks_right("list")
    page.locator(".bar a.btn--primary").click()
    page.locator("[name=title]").fill(title)
    page.locator("[name=visibility]").select_option("public")
    window.looks_right("new article")
    page.locator("main .btn--primary[type=submit]").click()
    page.wait_for_url("**/write/")
    window.settle()
    box = editor(page)
    window.looks_right("empty article")
    page.locator("[data-rich=heading][data-level='2']").click()
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.locator("[data-picture]").set_input_files([{"name": "lights.png", "mimeType": "image/png", "buffer": PNG}])
    expect(box.locator("img[src^='/']")).to_have_count(1)
    page.keyboard.press("Enter")
    page.locator("[data-do=insertTable]").click()
    page.keyboard.type("OK")
    page.keyboard.press("Tab")
    page.keyboard.type("100 %")
    expect(box.locator("th").nth(0)).to_have_text("OK")
    expect(box.locator("td, th").nth(1)).to_have_text("100 %")
    window.looks_right("article with heading, table and picture")
    act(window, "[name=then][value=review]")
    expect(page.locator(".prose h2")).to_have_text("1")
    window.looks_right("article in review")


def wishes(window: Site, made: Article, language: str) -> None:
    """A comment about some words, and changes that are asked for."""
    page = window.open("/desk/knowledge/to-do/")
    window.looks_right("what there is to do")
    page.locator(f"main a[href*='/knowledge/{made.number}/']").first.click()
    page.wait_for_url("**/changes/")
    window.settle()
    window.looks_right("changes of a first version")
    window.open(home_of(made))
    page.locator("#comments > details summary").click()
    page.locator("#comment-quote").fill("1")
    page.locator("#comment-body").fill("A photo?")
    window.looks_right("article with a comment begun")
    act(window, "#comments > details [type=submit]")
    expect(page.locator("#comments .comment")).to_contain_text("A photo?")
    page.locator("#wish").fill("Shorter, please.")
    act(window, "#ask-changes [type=submit]")
    expect(page.locator("#comments")).to_contain_text("Shorter, please.")
    window.looks_right("article that goes back")


def mends(window: Site, made: Article, language: str) -> None:
    page = window.open(home_of(made))
    photo = page.locator("#comments .comment").filter(has_text="A photo?")
    photo.locator("details summary").click()
    photo.locator("textarea").fill("It is there.")
    act(window, f"#{photo.get_attribute('id')} details [type=submit]")
    expect(photo).to_contain_text("It is there.")
    act(window, f"#{photo.get_attribute('id')} form[action$='/done/'] [type=submit]")
    expect(photo).to_have_class("comment comment--done")
    window.looks_right("article with comments")
    window.open(home_of(made, f"{language}/write/"))
    box = editor(page)
    expect(box.locator("img[src^='/']")).to_have_count(1)
    box.locator("h2").click()
    page.keyboard.type("2")
    act(window, "[name=then][value=review]")


def decides(window: Site, made: Article, language: str) -> None:
    """Approve, take back, publish later."""
    one, address = made.translations.get(language=language), f"/kb/{made.number}/"
    page = window.open(home_of(made, f"{language}/changes/"))
    window.looks_right("changes")
    act(window, ".bar--article .btn--primary")
    window.looks_right("published article")
    assert Client().get(address, follow=True).status_code == 200
    window.open(home_of(made, f"{language}/history/"))
    window.looks_right("history")
    window.open(home_of(made))
    page.locator(".later:has(form[action$='/withdraw/']) summary").click()
    page.locator("form[action$='/withdraw/'] button").click()
    expect(page.locator("#confirm")).to_be_visible()
    window.looks_right("question before taking it back")
    act(window, "#confirm [value=yes]")
    assert "/login/" in Client().get(address)["Location"]
    page.locator(".later:has(#publish-at) summary").click()
    page.locator("#publish-at").fill("2090-01-01T08:00")
    act(window, "form:has(#publish-at) [type=submit]")
    window.looks_right("planned article")
    one.refresh_from_db()
    assert (one.state, one.published, one.publish_at.year) == (State.SCHEDULED, None, 2090)


# ---- another language


@IN_TWO
def test_a_translation_is_written_grows_old_and_still_fits(browser, world, writers, language, width):
    original, other = language, "de" if language == "en" else "en"
    made = article(TITLES[original], f"<p>{TEXTS[original]}</p>", language=original)
    with site(browser, world.bea, language=language, width=width, thorough=True) as window:
        page = window.open(home_of(made))
        page.locator(f".langrow a[lang={other}]").click()
        page.wait_for_url(f"**/{other}/write/")
        window.settle()
        page.locator(".original summary").click()
        expect(page.locator(".original")).to_contain_text(TEXTS[original])
        page.locator("[name=title]").fill(TITLES[other])
        editor(page)
        page.keyboard.type(TEXTS[other])
        window.looks_right("translation")
        act(window, "[name=then][value=publish]")
        mark = page.locator(f".langrow:has([lang={other}]) .tag")
        expect(mark).to_have_class("tag tag--ok")
        window.open(home_of(made, f"{original}/write/"))
        editor(page).press_sequentially("!")
        act(window, "[name=then][value=publish]")
        expect(mark).to_have_class("tag tag--danger")
        window.looks_right("article with an outdated translation")
        window.open("/desk/knowledge/")
        expect(page.locator(".langcode--danger")).to_have_count(1)
        window.open("/desk/knowledge/to-do/")
        window.looks_right("outdated translation to mend")
        window.open(home_of(made, f"?lang={other}"))
        act(window, "form[action$='/still-right/'] [type=submit]")
        expect(mark).to_have_class("tag tag--ok")
    assert made.translations.get(language=other).published.title == TITLES[other]


# ---- beside a ticket


@pytest.fixture
def library(world) -> Article:
    made = article(TITLES["en"], f"<p><strong>{TEXTS['en']}</strong></p>", category=category("Batteries"))
    for language in ("es", "pt", "de"):
        translated(made, language, TITLES[language], f"<p><strong>{TEXTS[language]}</strong></p>")
    return made


def details(page: Page) -> None:
    """What stands beside a ticket: on a phone it takes the place of the conversation."""
    toggle = page.locator("[data-toggle='pane:details']")
    if toggle.is_visible():
        toggle.click()


@ON_A_PHONE
def test_an_article_answers_a_ticket_in_the_customers_language_and_becomes_one(
    browser, world, writers, library, language, width
):
    ticket = TicketFactory(queue=world.support, customer=world.dana, title=TITLES[language], body="?")
    Ticket.objects.filter(pk=ticket.pk).update(language=language)
    with site(browser, world.bea, language=language, width=width, thorough=True) as window:
        answers(window, ticket, library, TITLES[language], TEXTS[language])
        assert set(library.uses.values_list("how", flat=True)) == {Use.How.INSERTED, Use.How.LINKED, Use.How.SOLVED}
        becomes_an_article(window, ticket)
    made = Article.objects.get(uses__how="source")
    one = made.translations.get()
    assert (made.visibility, made.is_published, one.language, one.latest.title) == ("internal", False, language, "New")


def answers(window: Site, ticket: Ticket, made: Article, title: str, text: str) -> None:
    page = window.open(f"/desk/tickets/{ticket.number}/")
    details(page)
    expect(page.locator("#ticket-articles .ofticket__name")).to_have_text(title)
    window.looks_right("ticket with a suggestion")
    box = page.locator(f"#reply-form {EDITOR}")
    page.locator(f"#text-{made.number}").click()
    expect(box.locator("strong")).to_have_text(text)
    expect(box).to_be_visible()
    window.settle()
    details(page)
    page.locator(f"#link-{made.number}").click()
    expect(box).to_contain_text(f"/kb/{made.number}/")
    expect(box).to_be_visible()
    window.looks_right("ticket with an article in the reply")
    window.settle()
    page.locator("#reply-form [data-send]").first.click()
    expect(page.locator("#thread article strong").filter(has_text=text)).to_be_visible()
    window.open(f"/desk/tickets/{ticket.number}/")
    details(page)
    page.locator("#ticket-articles [name=how][value=solved]").click()
    expect(page.locator("#ticket-articles .tag--ok")).to_be_visible()
    window.looks_right("ticket that an article solved")


def becomes_an_article(window: Site, ticket: Ticket) -> None:
    page = window.page
    page.locator(".ofticket__new").click()
    dialog = page.locator("#ask-dialog")
    dialog.locator("[name=title]").fill("New")
    window.looks_right("question for the new article")
    dialog.locator("[type=submit]").click()
    page.wait_for_url("**/write/")
    window.settle()
    expect(editor(page)).to_contain_text("?")
    window.looks_right("article made of a ticket")

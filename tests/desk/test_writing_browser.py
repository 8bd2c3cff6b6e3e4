"""Writing in a browser by keyboard alone, and two people at the same ticket."""

import re
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from playwright.sync_api import Browser, Page, expect

from mail.models import Outgoing
from tests.desk.conftest import customer_writes
from tests.factories import TicketFactory
from tests.journey.browser import chromium
from tickets.models import Draft, ReplyTemplate, Snippet

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EDITOR = "[contenteditable=true]"


@pytest.fixture(scope="module")
def browser(django_db_setup) -> Iterator[Browser]:
    """The driver runs a loop in this thread, and Django takes what it does for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch, chromium() as browser:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield browser


@pytest.fixture
def visit(browser, live_server, signed_in) -> Iterator[Callable[..., Page]]:
    """The page of a ticket as somebody's browser shows it; what a page complains of fails the test."""
    contexts, troubles = [], []

    def open_page(user, ticket) -> Page:
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1440, "height": 900})
        context.set_default_timeout(20_000)
        contexts.append(context)
        cookie = signed_in(user).cookies[settings.SESSION_COOKIE_NAME]
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda said: troubles.append(said.text) if "Content Security" in said.text else None)
        page.goto(f"/desk/tickets/{ticket.number}/")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture
def ticket(world):
    ticket = TicketFactory(queue=world.support, customer=world.dana, title="Printer hums", body="It hums and blinks.")
    ReplyTemplate.objects.create(
        name="Reset", body="Dear {{ customer.first_name }},\n\nplease reset {{ ticket.number }}."
    )
    Snippet.objects.create(name="Opening hours", keyword="hours", body="We are here from nine to five.")
    return ticket


def write(page: Page, key: str, form: str) -> None:
    """Into the editor of a form, by its key."""
    page.keyboard.press(key)
    expect(page.locator(f"#{form}-form {EDITOR}")).to_be_focused()


def test_template_preview_mention_send_and_undo_by_keyboard_alone(visit, world, ticket):
    page = visit(world.bea, ticket)
    inserter, box = page.locator("text-inserter"), page.locator(f"#reply-form {EDITOR}")
    write(page, "r", "reply")
    page.keyboard.type("/res")
    expect(inserter.get_by_role("option", name=re.compile("Reset"))).to_have_attribute("aria-selected", "true")
    expect(inserter.locator(".inserter__preview:visible")).to_contain_text(f"please reset {ticket.number}.")
    page.keyboard.press("Enter")
    expect(box).to_contain_text("Dear Dana,")
    expect(inserter).to_be_hidden()
    page.keyboard.type(" ")
    page.keyboard.press("Control+b")
    page.keyboard.type("Now")
    page.keyboard.press("Control+b")
    page.keyboard.type(" /hours")
    expect(inserter.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(box).to_contain_text("nine to five")
    page.keyboard.type(" @carl")
    expect(inserter).to_contain_text("The customer will see the name.")
    page.keyboard.press("Enter")
    expect(box).to_contain_text("@Carlos Díaz")
    expect(page.locator("#reply-form [data-draft-hint]")).to_contain_text("Saved")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_contain_text("Your answer is on its way.")
    expect(page.locator("#thread article .mention")).to_have_text("@Carlos Díaz")
    expect(page.locator("#thread article strong")).to_have_text("Now")
    assert not Draft.objects.exists()
    page.keyboard.press("z")
    expect(box).to_contain_text("nine to five")
    expect(box).to_be_focused()
    expect(page.locator("#thread")).to_contain_text("Taken back, it was never sent")
    assert ticket.articles.get(sender="agent").outgoing.state == Outgoing.State.WITHDRAWN
    page.keyboard.type(" Really.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread article", has_text="Really.")).to_be_visible()
    [again] = ticket.articles.filter(sender="agent", visible_to_customer=True)
    assert "<strong>Now</strong>" in again.html
    assert again.mentions.get().user == world.carlos


def test_what_a_program_writes_into_the_field_while_the_editor_comes_is_not_lost(visit, world, ticket):
    page = visit(world.bea, ticket)
    write(page, "r", "reply")
    page.locator("#reply-form textarea:not([data-html])").evaluate(
        "(field) => { field.value = 'It was dictated.'; field.dispatchEvent(new Event('input', {bubbles: true})) }"
    )
    expect(page.locator(f"#reply-form {EDITOR}")).to_have_text("It was dictated.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread article", has_text="It was dictated.")).to_be_visible()


def test_escape_leaves_the_words_as_they_are(visit, world, ticket):
    page = visit(world.bea, ticket)
    write(page, "n", "note")
    page.keyboard.type("Either /h")
    expect(page.locator("text-inserter")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("text-inserter")).to_be_hidden()
    page.keyboard.type("alf and and/or @nobody")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread article.msg--note")).to_contain_text("Either /half and and/or @nobody")


def test_a_chosen_file_is_not_left_behind_unasked(visit, world, ticket):
    page, asked = visit(world.bea, ticket), []

    def leave(dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    files = page.locator("#reply-form input[type=file]")
    write(page, "r", "reply")
    page.keyboard.type("See the picture.")
    files.set_input_files([{"name": "photo.png", "mimeType": "image/png", "buffer": b"1234"}])
    expect(page.locator("#reply-form [data-draft-hint]")).to_contain_text("Saved")
    page.reload()
    assert asked == ["beforeunload"]
    write(page, "r", "reply")
    files.set_input_files([{"name": "photo.png", "mimeType": "image/png", "buffer": b"1234"}])
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread article", has_text="See the picture.")).to_be_visible()
    page.reload()
    assert asked == ["beforeunload"]


def test_a_draft_is_there_in_another_browser(visit, world, ticket):
    page = visit(world.bea, ticket)
    write(page, "r", "reply")
    page.keyboard.type("- one")
    page.keyboard.press("Enter")
    page.keyboard.type("two")
    expect(page.locator("#reply-form [data-draft-hint]")).to_contain_text("Saved")
    other = visit(world.bea, ticket)
    expect(other.locator(f"#reply-form {EDITOR} li")).to_have_count(2)
    # and it goes there, too
    write(other, "r", "reply")
    other.keyboard.press("Control+Enter")
    expect(other.locator("#thread article li")).to_have_count(2)


def test_an_answer_is_passed_on_by_keyboard(visit, world, ticket):
    page = visit(world.bea, ticket)
    page.locator("#conversation").focus()
    page.keyboard.press("f")
    expect(page.locator(f"#forward-form {EDITOR}, #forward-text")).to_have_count(2)
    page.locator("#forward-form").get_by_label("To", exact=True).focus()
    page.keyboard.type("x@parts.example")
    page.keyboard.press("Enter")
    page.locator(f"#forward-form {EDITOR}").focus()
    page.keyboard.type("Please look.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread article", has_text="Forwarded, the customer does not see this")).to_be_visible()
    expect(page.locator("#reply-form")).to_be_visible()
    assert ticket.articles.get(sender="agent").to == [{"name": "", "address": "x@parts.example"}]


def test_two_at_one_ticket_see_each_other_and_no_answer_goes_over_a_head(visit, world, ticket):
    bea, carlos = visit(world.bea, ticket), visit(world.carlos, ticket)
    beat = "document.querySelector('who-is-here').beat()"
    bea.evaluate(beat)
    expect(bea.locator(".presence")).to_contain_text("Carlos Díaz is also looking at this ticket")
    write(carlos, "r", "reply")
    carlos.keyboard.type("I know this one.")
    bea.evaluate(beat)
    expect(bea.locator(".presence")).to_contain_text("Carlos Díaz is writing an answer")
    write(bea, "r", "reply")
    bea.keyboard.type("My answer.")
    carlos.keyboard.press("Control+Enter")
    expect(carlos.locator("#thread")).to_contain_text("I know this one.")
    bea.keyboard.press("Control+Enter")
    expect(bea.locator("#reply-conflict")).to_contain_text("Carlos Díaz wrote while you were writing")
    expect(bea.locator(f"#reply-form {EDITOR}")).to_have_text("My answer.")
    carlos.goto("/desk/tickets/")
    bea.evaluate(beat)
    expect(bea.locator(".presence")).to_have_count(0)


def test_where_the_editor_cannot_be_loaded_the_plain_field_does_it(visit, world, ticket):
    page = visit(world.bea, ticket)
    page.route("**/editor*.js", lambda route: route.abort())
    page.reload()
    page.keyboard.press("r")
    expect(page.locator("#reply-text")).to_be_focused()
    page.keyboard.type("Plain words, /hou")
    expect(page.locator("text-inserter")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#reply-text")).to_have_value("Plain words, We are here from nine to five.")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#thread")).to_contain_text("Plain words, We are here")
    assert ticket.articles.get(sender="agent").html == ""


def test_words_typed_while_a_message_comes_stay(visit, world, ticket):
    page = visit(world.bea, ticket)
    write(page, "r", "reply")
    page.keyboard.type("Half a sent")
    customer_writes(ticket, "By the way.")
    page.evaluate("document.body.dispatchEvent(new CustomEvent('tick'))")
    expect(page.locator("#thread")).to_contain_text("By the way.")
    page.keyboard.type("ence.")
    expect(page.locator(f"#reply-form {EDITOR}")).to_have_text("Half a sentence.")

"""The page that describes the interface, in a browser: it is folded, filtered by words, and links open what they name."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.desk.browsing import answering_browser
from tests.portal.browsing import site

pytestmark = [pytest.mark.browser, pytest.mark.django_db]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=20_000)
    with answering_browser() as running:
        yield running


@pytest.mark.parametrize("width", [1440, 390])
def test_operations_are_found_by_words_and_links_open_what_is_folded(browser, world, width):
    with site(browser, world.alex, language="en", width=width, thorough=True) as window:
        page = window.open("/api/v1/docs/")
        window.looks_right("all folded")
        change, opening = page.locator("#changeTicket"), page.locator("#openTicket")
        expect(change).not_to_be_visible()
        page.locator("doc-filter input").press_sequentially("patch ticket")
        expect(change).to_be_visible()
        expect(opening).not_to_be_visible()
        found = page.locator("[data-words]:visible").count()
        assert 1 < found < 10
        expect(page.locator("doc-filter [role=status]")).to_have_text(f"Found: {found}")
        window.looks_right("filtered")
        change.locator("a[href='#refusal-412']").press("Enter")
        expect(page.locator("#refusal-412")).to_be_in_viewport()
        page.locator("doc-filter input").fill("openTicket nothing")
        expect(page.locator("main details:visible")).to_have_count(0)
        page.goto(f"{page.url.partition('#')[0]}#openTicket")
        expect(opening).to_be_in_viewport()

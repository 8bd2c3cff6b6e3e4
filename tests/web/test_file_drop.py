"""Chosen files, in a browser: whoever leaves the page with some that were not sent is asked first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journey.browser import chromium

STATIC = Path(__file__).resolve().parents[2] / "static"
SCRIPTS = ("vendor/htmx.org-4.0.1/htmx.min.js", "js/file-drop.js")
PLACE = "http://desk.example/"
PAGE = f"""<!doctype html><html lang="en"><title>Files</title>{"".join(f'<script src="/{name}" defer></script>' for name in SCRIPTS)}
<main>{{form}}</main>"""
FORM = """<form id="letter" method="post" action="/send" enctype="multipart/form-data" {marks}>
<div hx-morph-skip><file-drop data-remove="Remove %s" data-too-large="%s is too large.">
<label>Files <input type="file" name="files" multiple></label><ul data-files></ul>
<p data-file-error hidden><span data-slot="text"></span></p>
<template><li><span data-slot="name"></span><span data-slot="size"></span><button type="button">x</button></li></template>
</file-drop></div><button>Send</button></form>"""
BY_HTMX = 'hx-post="/send" hx-target="this" hx-swap="outerMorph"'
FILE = {"name": "photo.png", "mimeType": "image/png", "buffer": b"1234"}


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        yield page
        page.close()


@pytest.fixture
def page(browser_page) -> Iterator[Page]:
    browser_page.unroute_all()
    yield browser_page
    # not asked when the next test opens its page
    browser_page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
    browser_page.goto("about:blank")


@pytest.fixture
def asked(page) -> Iterator[list[str]]:
    found: list[str] = []

    def answer(dialog) -> None:
        found.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    yield found
    page.remove_listener("dialog", answer)


def show(page: Page, *, marks: str = "", answer: dict | None = None) -> None:
    """The page with one chosen file; `answer` is what sending brings."""

    def serve(route: Route) -> None:
        file = STATIC / route.request.url.removeprefix(PLACE)
        if file.is_file():
            route.fulfill(path=file, content_type="text/javascript")
        elif route.request.url == f"{PLACE}send":
            route.fulfill(**{"content_type": "text/html", "body": "<p id='sent'>Sent</p>", **(answer or {})})
        else:
            route.fulfill(body=PAGE.format(form=FORM.format(marks=marks)), content_type="text/html")

    page.route("**/*", serve)
    page.goto(PLACE)
    page.get_by_label("Files").set_input_files([FILE])
    expect(page.locator("li")).to_contain_text("photo.png")
    # browsers ask only where somebody has done something
    page.mouse.click(5, 300)


def test_leaving_with_a_chosen_file_asks(page, asked):
    show(page)
    page.reload()
    assert asked == ["beforeunload"]


def test_a_file_that_was_taken_back_is_not_asked_for(page, asked):
    show(page)
    page.get_by_role("button", name="Remove photo.png").click()
    page.reload()
    assert asked == []


@pytest.mark.parametrize("marks", ["", BY_HTMX])
def test_sending_does_not_ask(page, asked, marks):
    show(page, marks=marks)
    page.get_by_role("button", name="Send").click()
    expect(page.locator("#sent")).to_have_text("Sent")
    page.reload()
    assert asked == []


def test_an_answer_that_leads_on_does_not_ask(page, asked):
    show(page, marks=BY_HTMX, answer={"headers": {"HX-Redirect": "/next"}, "body": ""})
    page.get_by_role("button", name="Send").click()
    page.wait_for_url("**/next")
    assert asked == []


def test_what_was_refused_is_still_asked_for(page, asked):
    again = FORM.format(marks=f"{BY_HTMX} data-again")
    show(page, marks=BY_HTMX, answer={"status": 422, "body": again})
    page.get_by_role("button", name="Send").click()
    expect(page.locator("form[data-again] li")).to_contain_text("photo.png")
    page.reload()
    assert asked == ["beforeunload"]

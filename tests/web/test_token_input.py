"""The field for several values, in a browser: chips over one plain field, also after the page was drawn anew."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journey.browser import chromium

STATIC = Path(__file__).resolve().parents[2] / "static"
SCRIPTS = ("vendor/htmx.org-4.0.1/htmx.min.js", "js/token-input.js")
PLACE = "http://desk.example/"
PAGE = f"""<!doctype html><title>Tokens</title>{"".join(f'<script src="/{name}" defer></script>' for name in SCRIPTS)}
<form id="letter" hx-post="/send" hx-target="this" hx-swap="{{swap}}">{{fields}}</form>"""
FIELDS = """<label for="cc">Cc</label>
<token-input class="tokens" data-remove="Remove %s"><input id="cc" name="cc" value="{value}" {marks}>
<template><span class="token"><bdi data-slot="label"></bdi><button type="button">x</button></span></template></token-input>
<button>Send</button>"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_page()
        yield page
        page.close()


def show(page: Page, *, value: str = "", marks: str = "", swap: str = "outerMorph") -> None:
    html = PAGE.format(swap=swap, fields=FIELDS.format(value=value, marks=marks))

    def serve(route: Route) -> None:
        file = STATIC / route.request.url.removeprefix(PLACE)
        if file.is_file():
            route.fulfill(path=file, content_type="text/javascript")
        else:
            route.fulfill(body=html, content_type="text/html")

    page.unroute_all()
    page.route("**/*", serve)
    page.goto(PLACE)


def draw_anew(page: Page, *, value: str, swap: str) -> None:
    """The form is sent, and comes back with `value` and marked as wrong."""
    fields = FIELDS.format(value=value, marks='aria-invalid="true"')
    answer = PAGE.format(swap=swap, fields=fields).partition("\n")[2]
    page.route("**/send", lambda route: route.fulfill(body=answer, content_type="text/html"))
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_label("Cc")).to_have_attribute("aria-invalid", "true")


def chips(page: Page) -> list[str]:
    return page.locator(".token bdi").all_text_contents()


def would_send(page: Page) -> list[str]:
    return page.evaluate("new FormData(document.getElementById('letter')).getAll('cc')")


def test_values_become_chips_and_travel_under_the_name_of_the_field(page):
    show(page, value="a@x.example, b@x.example")
    page.get_by_label("Cc").fill("c@x.example")
    page.get_by_label("Cc").press("Enter")
    assert chips(page) == ["a@x.example", "b@x.example", "c@x.example"]
    assert would_send(page) == ["a@x.example, b@x.example, c@x.example"]


def test_backspace_and_the_crosses_take_values_away(page):
    show(page, value="a@x.example, b@x.example, c@x.example")
    page.get_by_label("Cc").press("Backspace")
    page.get_by_role("button", name="Remove a@x.example").click()
    assert would_send(page) == ["b@x.example"]


def test_a_required_field_holds_nothing_back_when_it_has_values(page):
    show(page, value="a@x.example", marks="required")
    assert page.evaluate("document.getElementById('letter').checkValidity()")


@pytest.mark.parametrize("swap", ["outerMorph", "outerHTML"])
def test_the_field_works_on_after_the_page_was_drawn_anew_with_the_same_ids(page, swap):
    show(page, value="a@x.example", swap=swap)
    draw_anew(page, value="a@x.example, wrong", swap=swap)
    assert chips(page) == ["a@x.example", "wrong"]
    assert would_send(page) == ["a@x.example, wrong"]
    page.get_by_role("button", name="Remove wrong").click()
    page.get_by_label("Cc").fill("right@x.example")
    page.get_by_label("Cc").press(",")
    assert chips(page) == ["a@x.example", "right@x.example"]
    assert would_send(page) == ["a@x.example, right@x.example"]
    assert page.get_by_label("Cc").input_value() == ""

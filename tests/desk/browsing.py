"""A browser before the test client: no server runs, and what a test has made is there without a commit."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from tests.journey.browser import chromium

STATIC = Path(__file__).resolve().parents[2] / "static"
PLACE = "http://desk.example"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
# Headers that matter to the pages.
PASSED_ON = ("accept", "content-type", "referer", "x-csrftoken")
WAIT = 60_000
AT_WORK = ".htmx-request, .htmx-swapping, .htmx-settling"


class Window:
    """One person's window.

    `troubles` are errors of scripts and refusals of the policy; `fetched` are pages that were asked for already, by their
    path, of which the window does not ask again.
    """

    def __init__(self, page: Page, client: Client) -> None:
        self.page, self.client, self.troubles = page, client, []
        self.fetched: dict[str, HttpResponse] = {}
        # Playwright calls back in a context of its own, in which Django would open a second connection.
        self.context = copy_context()
        page.set_default_timeout(WAIT)
        page.route("**/*", self._answer)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def open(self, path: str) -> Page:
        self.page.goto(f"{PLACE}{path}")
        self.page.evaluate("customElements.whenDefined('key-map').then(() => true)")
        self.settle()
        return self.page

    def settle(self) -> None:
        """Until what the page asks for by itself has come. The network of one page is called idle once; htmx marks the rest."""
        self.page.wait_for_load_state("networkidle")
        self.page.locator(AT_WORK).first.wait_for(state="detached")

    def _answer(self, route: Route) -> None:
        request, address = route.request, urlsplit(route.request.url)
        if not request.url.startswith(f"{PLACE}/"):
            return route.abort()
        if address.path.startswith("/static/"):
            file = STATIC / address.path.removeprefix("/static/")
            return route.fulfill(path=file, content_type=KINDS.get(file.suffix)) if file.is_file() else route.abort()
        if address.path == "/live/":
            return route.fulfill(status=204)
        return self._page(route, f"{address.path}?{address.query}" if address.query else address.path)

    def _page(self, route: Route, path: str) -> None:
        request = route.request
        if request.method == "GET" and (fetched := self.fetched.pop(path, None)) is not None:
            return route.fulfill(headers=dict(fetched.items()), body=fetched.content)
        wanted = {name: value for name, value in request.headers.items() if name in PASSED_ON or name[:3] == "hx-"}
        kind = wanted.pop("content-type", "application/octet-stream")
        body = request.post_data_buffer or b""
        answer = self.context.run(self.client.generic, request.method, path, body, content_type=kind, headers=wanted)
        if answer.status_code in (301, 302, 303) and "hx-request" not in request.headers:
            # a redirect that was not made by a server is not followed
            page = f'<!doctype html><meta http-equiv="refresh" content="0;url={answer["Location"]}">'
            return route.fulfill(body=page, content_type="text/html")
        headers = {name: value for name, value in answer.items() if name != "Content-Length"}
        return route.fulfill(status=answer.status_code, headers=headers, body=answer.content)


@contextmanager
def answering_browser() -> Iterator[Browser]:
    """Playwright runs a loop in this thread, and Django would take it for one that must not ask the database."""
    with pytest.MonkeyPatch.context() as patch, chromium() as running:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield running


@contextmanager
def window(browser: Browser, client: Client, **options) -> Iterator[Window]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce", **options)
    try:
        yield Window(context.new_page(), client)
    finally:
        context.close()

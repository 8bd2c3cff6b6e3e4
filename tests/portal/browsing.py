"""Windows onto the portal: phones and desks, any language, with and without scripts, and a website that is not ours."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import product
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, Route

from accounts.models import User
from tests.conftest import THOROUGH
from tests.desk.browsing import KINDS, STATIC, Window

# A safe place, so that browsers have what they have only there; the host is the one that the test client asks.
PLACE = "https://testserver"
SIZES = {1440: 900, 390: 844}
LANGUAGES = ("en", "es", "pt", "de")
RUN = """() => axe.run({ resultTypes: ["violations"] }).then((results) => results.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`))"""
# What sticks out to the side, apart from what scrolls by itself.
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# Chosen files go along as bytes: what the browser reads from files itself is not shown to who answers in place of a server.
FILES_AS_BYTES = """{
  const ask = fetch;
  window.fetch = async (address, options = {}) => {
    const { body, headers = {} } = options;
    const files = body instanceof FormData && [...body.values()].some((value) => value instanceof File && value.size);
    if (!files) return ask(address, options);
    const form = new Response(body);
    const kind = { "Content-Type": form.headers.get("Content-Type") };
    return ask(address, { ...options, body: await form.arrayBuffer(), headers: { ...headers, ...kind } });
  };
}"""


def combinations(wide: str, narrow: str) -> list[tuple[str, int]]:
    """One language at a desk and one on a phone, where they are named; at night all of them at both."""
    by_day = [(language, width) for language, width in ((wide, 1440), (narrow, 390)) if language]
    return list(product(LANGUAGES, SIZES)) if THOROUGH else by_day


# Flows take turns, so that each day sees all languages; the longest ones are at a desk or on a phone by day.
IN_TWO = pytest.mark.parametrize(("language", "width"), combinations("en", "de"))
IN_OTHER_TWO = pytest.mark.parametrize(("language", "width"), combinations("pt", "es"))
AT_A_DESK = pytest.mark.parametrize(("language", "width"), combinations("pt", ""))
ON_A_PHONE = pytest.mark.parametrize(("language", "width"), combinations("", "es"))


class Site(Window):
    """One person's window; `sites` are pages elsewhere, by their address."""

    def __init__(self, page: Page, client: Client, sites: Mapping[str, str], *, thorough: bool) -> None:
        super().__init__(page, client)
        self.sites, self.thorough, self.wrong = sites, thorough, []
        page.set_default_timeout(20_000)

    def open(self, path: str) -> Page:
        self.page.goto(f"{PLACE}{path}")
        self.settle()
        return self.page

    def looks_right(self, what: str) -> None:
        """The page that is open has what it needs, sticks out nowhere, and axe finds nothing in it."""
        page = self.page
        if excess := page.evaluate(TOO_WIDE):
            self.wrong.append(f"{what}: {excess} px too wide")
        if page.locator("h1").count() != 1:
            self.wrong.append(f"{what}: {page.locator('h1').count()} headings of the first rank")
        if self.thorough:
            if not page.evaluate("'axe' in window"):
                page.evaluate(AXE_SCRIPT)
            self.wrong += [f"{what}: {found}" for found in page.evaluate(RUN)]

    def _answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if f"{address.scheme}://{address.netloc}" != PLACE:
            text = self.sites.get(route.request.url)
            return route.fulfill(body=text, content_type="text/html") if text else route.abort()
        path = address.path
        if path.endswith("/embed.js"):  # a redirect that was not made by a server is not followed
            path = self.context.run(self.client.get, path)["Location"]
        if path.startswith("/static/"):
            file = STATIC / path.removeprefix("/static/")
            return route.fulfill(path=file, content_type=KINDS.get(file.suffix)) if file.is_file() else route.abort()
        if address.path == "/live/":
            return route.fulfill(status=204)
        return self._page(route, f"{address.path}?{address.query}" if address.query else address.path)


@contextmanager
def site(
    browser: Browser,
    person: User | None = None,
    *,
    language: str = "en",
    width: int = 1440,
    thorough: bool = False,
    sites: Mapping[str, str] | None = None,
    **options,
) -> Iterator[Site]:
    """Whoever it is, visitors (None) too, reads in `language`. At the end nothing may have been wrong."""
    client = Client(REMOTE_ADDR="203.0.113.9")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    if person is not None:
        User.objects.filter(pk=person.pk).update(language=language)
        client.force_login(person)
    size = {"width": width, "height": SIZES[width]}
    context = browser.new_context(viewport=size, reduced_motion="reduce", has_touch=width < 700, **options)
    context.add_init_script(FILES_AS_BYTES)
    try:
        opened = Site(context.new_page(), client, sites or {}, thorough=thorough)
        yield opened
        wrong = [*opened.wrong, *opened.troubles]
        assert not wrong, "\n".join(wrong)
    finally:
        context.close()

"""Every page of the house, whole and against WCAG 2.2 AA by axe-core, in the light or in the dark, and at night in both:
whatever the matrix of rights lists and answers with a page is opened by somebody who may, so that a new page is looked at
without being named here."""

from collections.abc import Iterator
from zlib import crc32

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from tests.conftest import THOROUGH
from tests.desk.browsing import PLACE, Window, answering_browser, window
from tests.desk.wellformed import misnested
from tests.journey.browser import AT_REST
from tests.rights import world as worlds
from tests.rights.table import Row, rows
from tests.rights.visits import address
from tests.rights.world import Matrix

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

# The first of these who is let in; nobody who is signed in sees the pages of signing in.
VISITORS = ("write", "chief", "administrator", "customer", "visitor")
USUAL = {"ticket": "open", "file": "open", "queue": "own"}
# Only what is wrong is told, and no style sheet is fetched a second time.
BRIEFLY = {"resultTypes": ["violations"], "preload": False}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}, **BRIEFLY}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}, **BRIEFLY}
RUN = "(options) => axe.run(options).then((results) => results.violations)"
# Not ours to mend: a letter as its sender wrote it.
FOREIGN = ("desk:original",)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with answering_browser() as running:
        yield running


@pytest.mark.parametrize("section", ["common", "desk", "portal", "setup"])
def test_every_page_is_accessible(browser, section):
    world = worlds.build()
    clients = {name: world.browser(name) for name in VISITORS}
    with window(browser, Client()) as opened:
        pages = [row for row in rows() if row.section == section and "GET" in row.methods and row.name not in FOREIGN]
        found = [line for row in pages for line in look_at(opened, row, world, clients)]
    assert found == [], "\n".join(found)


def look_at(opened: Window, row: Row, world: Matrix, clients: dict[str, Client]) -> list[str]:
    """What axe finds on the page of this row; nothing where the answer is no page."""
    relation = usual_relation(row, world)
    visitor = next((name for name in VISITORS if row.expected("GET", name, relation) == 200), None)
    if visitor is None:
        return []
    args = world.things[row.kind][relation] if row.kind else []
    path = address(row, args, world)
    opened.client = clients[visitor]
    answer = opened.client.get(path)
    if answer.status_code != 200 or answer.content.lstrip()[:9].lower() != b"<!doctype":
        return []
    first, *others = themes_of(row)
    opened.fetched = {path: answer}
    opened.page.emulate_media(color_scheme=first, reduced_motion="reduce")
    opened.page.goto(f"{PLACE}{path}", wait_until="load")
    # htmx marks what it waits for; half a second of silence on each of so many pages would be minutes
    expect(opened.page.locator(".htmx-request")).to_have_count(0)
    found = misnested(answer.content.decode())[:1]
    found += [f"{first}: {finding}" for finding in findings(opened.page, RULES)]
    for other in others:
        opened.page.emulate_media(color_scheme=other, reduced_motion="reduce")
        found += [f"{other}: {finding}" for finding in findings(opened.page, COLOURS)]
    return [f"{row.label} {path} {finding}" for finding in found]


def themes_of(row: Row) -> tuple[str, ...]:
    """Half of the pages in the light and half in the dark, always the same ones; at night each of them in both."""
    turned = crc32(row.label.encode()) % 2
    themes = ("dark", "light") if turned else ("light", "dark")
    return themes if THOROUGH else themes[:1]


def usual_relation(row: Row, world: Matrix) -> str:
    if not row.kind:
        return ""
    things = world.things[row.kind]
    return next(
        (name for name in (USUAL.get(row.kind, ""), "there", "open", "own") if name in things), next(iter(things))
    )


def findings(page: Page, options: dict) -> list[str]:
    page.evaluate(AT_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [
        f"{found['id']}: {node['html'][:200]} {node['failureSummary'][:300]}"
        for found in page.evaluate(RUN, options)
        for node in found["nodes"]
    ]

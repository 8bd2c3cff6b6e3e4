"""Chromium as people use it: each person has a window of their own, and whatever must never happen there is noted."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Dialog,
    Page,
    Request,
    StorageState,
    WebError,
    expect,
    sync_playwright,
)

from helpdesk.embedded.system_packages import CHROMIUM

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
# Milliseconds after which something that was waited for has not happened: a busy machine is no reason to fail.
WAIT = 60_000
# The browser itself reports these answers as errors; for a conflict, an end of session or a wrong field they are right.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of (409|401|422)\b")
ORIGINAL = "/original/"
REFUSED = ("csp", "other")  # by the policy of the page, by rules of the browser's own
# Reports what the policy refused; a console message may tell the same, but not for everything and not in any words.
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    tellViolation(`${event.effectiveDirective} refused ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`))"""
# A colour on its way to another one is neither; what moves for ever is not waited for.
AT_REST = """Promise.allSettled(document.getAnimations()
    .filter((animation) => animation.effect.getComputedTiming().endTime < Infinity)
    .map((animation) => animation.finished))"""
PAPER = "getComputedStyle(document.body).backgroundColor"
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
SERIOUS = ("serious", "critical")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's browser. Where it is missing the tests are skipped aloud, and fail where nobody would hear it."""
    program = CHROMIUM.path()
    if program is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"No browser: {CHROMIUM.missed()}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


class Window:
    """One person's browser: cookies and storage of its own, at first those `known`. `troubles` stays empty."""

    def __init__(self, browser: Browser, url: str, *, known: StorageState | None = None) -> None:
        self.url = url
        self.troubles: list[str] = []
        self.context = browser.new_context(
            base_url=url,
            storage_state=known,
            locale="en-GB",
            timezone_id="Europe/Berlin",
            viewport={"width": 1440, "height": 900},
            reduced_motion="reduce",
        )
        self.context.set_default_timeout(WAIT)
        expect.set_options(timeout=WAIT)
        self.context.expose_binding("tellViolation", self._violation)
        self.context.add_init_script(TELL_VIOLATIONS)
        for event, heard in (
            ("console", self._console),
            ("weberror", self._error),
            ("dialog", self._dialog),
            ("requestfinished", self._request),
            ("requestfailed", self._request),
        ):
            self.context.on(event, heard)
        self.page: Page = self.context.new_page()

    def accessible(self) -> None:
        """The page as it stands has no serious finding, neither in the light nor in the dark."""
        found, light = _findings(self.page), self.page.evaluate(PAPER)
        self.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        assert self.page.evaluate(PAPER) != light, "it is not dark"
        found += [f"in the dark: {finding}" for finding in _findings(self.page, COLOURS)]
        self.page.emulate_media(color_scheme="light", reduced_motion="reduce")
        assert found == [], f"{self.page.url}\n" + "\n".join(found)

    @contextmanager
    def session_ended(self) -> Iterator[None]:
        """Over, as after its time; what the page asks by itself does not tell it so before the person does something."""
        self.page.route("**/news/**", lambda route: route.fulfill(status=204))
        self.context.clear_cookies(name="session")
        yield
        self.page.unroute("**/news/**")

    def close(self) -> list[str]:
        """Whatever happened in this window that must not."""
        self.context.close()
        return self.troubles

    def _violation(self, source: dict[str, Any], text: str) -> None:
        self._note(source["page"], f"policy: {text}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.match(message.text):
            self._note(message.page, f"console: {message.text}")

    def _note(self, page: Page | None, trouble: str) -> None:
        """Where an untouched mail is shown, refusals are the wall that holds; what gets over it is noted all the same."""
        if page is None or not page.url.endswith(ORIGINAL):
            self.troubles.append(f"{trouble} ({page and page.url})")

    def _error(self, error: WebError) -> None:
        self.troubles.append(f"script: {error.error.message}")

    def _dialog(self, dialog: Dialog) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        """Nothing is fetched from elsewhere, whatever a stranger wrote. What the browser refused has not left."""
        if request.failure not in REFUSED and not request.url.startswith((self.url + "/", "data:", "blob:")):
            self.troubles.append(f"request: {request.url} {request.failure}")


def _findings(page: Page, only: dict | None = None) -> list[str]:
    page.evaluate(AT_REST)
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"resultTypes": ["violations"]} | (only or {})
    violations = page.evaluate("(options) => axe.run(options).then((results) => results.violations)", options)
    return [
        f"{found['id']}: {found['help']}: {node['html']} {node['failureSummary']}"
        for found in violations
        if found["impact"] in SERIOUS
        for node in found["nodes"]
    ]

"""The desk as agents use it: lists that tell of new tickets, and one ticket."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, expect


class Lists:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open_all(self) -> None:
        self.page.goto("/desk/views/open/")

    def open_queue(self, name: str) -> None:
        self.page.goto("/desk/tickets/")
        self.entry(name).click()
        expect(self.page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()

    def entry(self, name: str) -> Locator:
        """A queue in the panel; its count stands behind its name."""
        views = self.page.get_by_role("navigation", name="Views and queues")
        return views.get_by_role("link", name=re.compile(rf"^{name}\b"))

    def row(self, title: str) -> Locator:
        return self.page.locator("tr.trow", has_text=title)

    def open_ticket(self, title: str) -> "Ticket":
        self.row(title).first.get_by_role("link").click()
        return Ticket(self.page)


class Ticket:
    """One ticket; on its conversation unless said otherwise."""

    def __init__(self, page: Page) -> None:
        expect(page.locator("#ticket-head")).to_be_visible()
        page.wait_for_load_state()  # its buttons do nothing before its scripts are there
        self.page = page
        self.head = page.locator("#ticket-head")
        self.conflict = page.locator("#conflict")
        self.reply_conflict = page.locator("#reply-conflict")
        self.reply_box = page.get_by_role("textbox", name="Your answer")
        self.note_box = page.get_by_role("textbox", name="Your note")
        # When the answer that is being written was saved.
        self.saved = page.locator("#reply-form [data-draft-hint]")
        self.signed_out = page.get_by_role("dialog", name="Please sign in again")

    @property
    def number(self) -> str:
        return re.search(r"/desk/tickets/([^/]+)/", self.page.url)[1]

    def message(self, words: str) -> Locator:
        return self.page.locator("#thread article", has_text=words)

    def write_note(self, words: str) -> None:
        self.page.locator(".composer").get_by_role("button", name="Internal note").first.click()
        self._editor_of("note")
        self.note_box.fill(words)

    def add_note(self, words: str) -> None:
        self.write_note(words)
        self.page.get_by_role("button", name="Add note").click()

    def write_reply(self, words: str, *files: Path) -> None:
        if self.reply_box.is_visible():
            self.reply_box.click()
        else:
            self.page.get_by_role("button", name="Reply", exact=True).first.click()
        self._editor_of("reply")
        self.reply_box.fill(words)
        if files:
            self.page.locator("#reply-form input[type=file]").set_input_files(files)

    def _editor_of(self, kind: str) -> None:
        """The plain field makes way for it, which the driver of the browser does not notice while it fills one in."""
        expect(self.page.locator(f"#{kind}-form [contenteditable=true]")).to_be_visible()

    @property
    def send_button(self) -> Locator:
        """The main way to send, which is the one that was chosen last in this queue."""
        return self.page.locator("#reply-form button[data-send]")

    def send(self) -> None:
        self.send_button.click()

    def send_and(self, way: str) -> None:
        self.page.get_by_role("button", name="Other ways to send").click()
        self.page.get_by_role("menuitem", name=way).click()

    def take(self) -> None:
        self.head.get_by_role("button", name="Assign to me").click()

    def open_editor(self, property: str) -> Locator:
        """The popover in which a property is chosen, with its choices."""
        self.page.locator("#props").get_by_role("button", name=property).click()
        editor = self.page.get_by_role("dialog", name=property)
        expect(editor.get_by_role("option").first).to_be_visible()
        return editor

    def choose(self, property: str, value: str) -> None:
        self.open_editor(property).get_by_role("option", name=value, exact=True).click()

    def show(self, tab: str) -> None:
        link = self.head.get_by_role("link", name=tab)
        link.click()
        expect(link).to_have_attribute("aria-current", "page")

    def show_original(self) -> None:
        self.page.get_by_role("button", name="Message actions").first.click()
        self.page.get_by_role("menuitem", name="Show original").click()

    def history(self) -> list[tuple[str, str]]:
        """What happened and by which way, oldest first; on the tab of the history."""
        rows = self.page.locator("#history .hist__row")
        expect(rows.first).to_be_visible()
        told = [(row.locator("span[dir]").inner_text(), row.locator(".hist__cause").inner_text()) for row in rows.all()]
        return told[::-1]

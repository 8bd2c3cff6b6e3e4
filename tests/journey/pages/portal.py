"""The portal as customers use it: their requests, and one of them."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect


class Requests:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, title: str) -> "Request":
        self.page.get_by_role("link", name=title).click()
        return Request(self.page)


class Request:
    def __init__(self, page: Page) -> None:
        expect(page.get_by_role("log", name="Messages")).to_be_visible()
        self.page = page
        self.messages = page.locator("#thread article")
        self.status = page.locator("#facts .pill")

    def message(self, words: str) -> Locator:
        return self.messages.filter(has_text=words)

    def answer(self, words: str, *files: Path) -> None:
        self.page.get_by_role("textbox", name="Your answer").fill(words)
        self.page.locator("#answer input[type=file]").set_input_files(files)
        self.page.get_by_role("button", name="Send answer").click()

    def say_it_is_solved(self) -> None:
        self.page.get_by_role("button", name="It is solved").click()

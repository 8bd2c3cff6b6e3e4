"""The administration as administrators use it: queues with addresses, and what roles may do in them."""

from playwright.sync_api import Page, expect


class Administration:
    def __init__(self, page: Page) -> None:
        self.page = page

    def open(self, section: str) -> None:
        self.page.get_by_role("navigation", name="Settings").get_by_role("link", name=section, exact=True).click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(section)

    def new_queue(self, name: str) -> None:
        self.open("Queues")
        self.page.get_by_role("link", name="New queue").click()
        self.page.get_by_label("Name", exact=True).fill(name)

    def fill_in_address(self, address: str, sender: str) -> None:
        row = self.page.get_by_role("group", name="Address 1")
        row.get_by_role("textbox", name="Address").fill(address)
        row.get_by_role("textbox", name="Sender name").fill(sender)

    def save(self, what: str) -> None:
        self.page.get_by_role("button", name=f"Save {what}").click()
        expect(self.page.get_by_role("status").get_by_text("Saved:")).to_be_visible()

    def grant(self, role: str, queue: str, right: str) -> None:
        """On the page of the roles."""
        self.page.get_by_role("link", name=role, exact=True).click()
        self.page.get_by_role("checkbox", name=f"{queue}, {right}").check()
        self.save("role")

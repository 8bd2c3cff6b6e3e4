"""The way in: the sign-in form and the first password."""

from playwright.sync_api import Page, expect

PASSWORD = "demo"


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """From wherever the page is: from the form that is shown, else from the one at its own address."""
    if "/login/" not in page.url:
        page.goto("/login/")
    fill_in(page, email, password)
    page.wait_for_url(lambda url: "/login/" not in url)


def fill_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_first_password(page: Page, link: str, password: str) -> None:
    page.goto(link)
    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/portal/**")

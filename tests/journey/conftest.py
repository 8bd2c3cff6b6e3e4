"""One running installation for all journeys (they are in one xdist group, so one worker runs them), and one browser."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, StorageState

from tests.journey.browser import Window, chromium
from tests.journey.installation import Installation
from tests.journey.pages.signing_in import sign_in


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Stopped before other tests come: its workers look for work every few seconds."""
    folder: Path = tmp_path_factory.mktemp("installation")
    house = Installation(folder)
    house.start()
    yield house
    assert house.stop() == 0


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Closed before other tests come: while it runs, Django takes the thread for one that must not ask the database."""
    with chromium() as running:
        yield running


@pytest.fixture
def open_window(installation: Installation, browser: Browser) -> Iterator[Callable[..., Window]]:
    """Windows of people nobody knows yet. In the end nothing may have happened in them that must not (T01, T86)."""
    windows: list[Window] = []

    def open_one(*, known: StorageState | None = None) -> Window:
        windows.append(Window(browser, installation.url, known=known))
        return windows[-1]

    yield open_one
    assert [trouble for window in windows for trouble in window.close()] == []


@pytest.fixture(scope="package")
def sign_ins() -> dict[str, StorageState]:
    """Who has signed in already: once is enough for all tests."""
    return {}


@pytest.fixture
def signed_in(open_window: Callable[..., Window], sign_ins: dict[str, StorageState]) -> Callable[[str], Window]:
    """`signed_in("bea@demo.example")`: a window of this person."""

    def sign_in_as(email: str) -> Window:
        window = open_window(known=sign_ins.get(email))
        if email not in sign_ins:
            sign_in(window.page, email)
            sign_ins[email] = window.context.storage_state()
        return window

    return sign_in_as

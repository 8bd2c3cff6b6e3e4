"""F06 in the browser: the database dies while somebody writes, and no word of it is lost."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect

from helpdesk.embedded.places import Places
from tests.journey.browser import Window
from tests.journey.installation import Installation, until, write
from tests.journey.pages.desk import Lists, Ticket

pytestmark = [pytest.mark.browser, pytest.mark.services, pytest.mark.xdist_group("journey")]

BEA, OLIVE = "bea@demo.example", "olive@walk.example"


@contextmanager
def no_database(installation: Installation, window: Window) -> Iterator[None]:
    """PostgreSQL is killed, and the supervisor sleeps so that nobody starts it again before the end."""
    assert installation.process
    place = Places(installation.folder / "data").postgres / "postmaster.pid"
    os.kill(installation.process.pid, signal.SIGSTOP)
    try:
        os.kill(int(place.read_text().splitlines()[0]), signal.SIGKILL)
        yield
    finally:
        os.kill(installation.process.pid, signal.SIGCONT)
    until(installation._is_ready, seconds=60, what="the database")
    # The browser itself reports the refused requests as errors: here they are what was to happen.
    window.troubles[:] = [trouble for trouble in window.troubles if "status of 503" not in trouble]


def test_F06_an_answer_that_could_not_be_saved_stays_in_the_box_and_leaves_at_the_second_try(installation, signed_in):
    letter = write(f"Olive Ost <{OLIVE}>", "support@demo.example", "Dark dynamo", "It gives no light.")
    installation.mail(letter, sender=OLIVE, recipient="support@demo.example")
    bea = signed_in(BEA)
    lists = Lists(bea.page)
    lists.open_all()
    ticket: Ticket = lists.open_ticket("Dark dynamo")
    ticket.write_reply("Turn the wheel the other way round.")
    with no_database(installation, bea):
        ticket.send()
        toast = bea.page.get_by_text("Nothing you wrote is lost")
        expect(toast).to_be_visible()
        expect(ticket.reply_box).to_have_text("Turn the wheel the other way round.")
    bea.page.get_by_role("button", name="Try again").last.click()
    expect(ticket.message("Turn the wheel the other way round.")).to_be_visible()
    until(lambda: installation.sink.to(OLIVE), what="the answer by mail")
    bea.page.reload()
    expect(ticket.message("Turn the wheel the other way round.")).to_have_count(1)
    bea.troubles[:] = [trouble for trouble in bea.troubles if "status of 503" not in trouble]

"""A scanner beside the tests of files, and the work of asking it."""

from collections.abc import Callable, Iterator

import pytest

from tests.mail.conftest import receiver, sink, take_in  # noqa: F401 - fixtures
from tests.scanning.scanner import Scanner, running
from tickets.models import FileCheck
from tickets.tasks import check_file


@pytest.fixture
def scanner(settings) -> Iterator[Scanner]:
    """One that `HELPDESK_SCANNER` leads to."""
    with running() as scanner:
        settings.SCANNER = scanner.place
        yield scanner


@pytest.fixture
def scan() -> Callable[[], None]:
    """Ask about everything that is due, as a worker would."""

    def run() -> None:
        for pk in FileCheck.objects.due().values_list("pk", flat=True)[:1]:
            check_file(pk)

    return run

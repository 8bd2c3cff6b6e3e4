"""A ClamAV as it comes from its makers, with one signature of our own: no download of signatures is needed."""

import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import clamd
from tests.mail.mails import mail, raw
from tests.scanning.scanner import EICAR
from tickets.models import FileCheck
from tickets.models.file_check import Scan

pytestmark = [pytest.mark.services, pytest.mark.django_db]
CONFIGURATION = """
DatabaseDirectory {folder}
LocalSocket {folder}/clamd.ctl
Foreground yes
StreamMaxLength 1M
"""
SIGNATURE = "Test.Eicar:0:*:{}\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[clamd.Place]:
    program = shutil.which("clamd", path=f"{os.environ['PATH']}:/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("NOT TESTED: a real ClamAV, because there is no clamd")
    folder = tmp_path_factory.mktemp("c")
    (folder / "eicar.ndb").write_text(SIGNATURE.format(EICAR.hex()))
    (folder / "clamd.conf").write_text(CONFIGURATION.format(folder=folder))
    place = clamd.Place(path=str(folder / "clamd.ctl"))
    command = [program, "-c", str(folder / "clamd.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _wait_for(place, process)
            yield place
        finally:
            process.terminate()


def _wait_for(place: clamd.Place, process: subprocess.Popen) -> None:
    for _try in range(300):
        if process.poll() is not None:
            pytest.skip(f"NOT TESTED: a real ClamAV, because it ended with {process.returncode}")
        if Path(place.path).exists():
            return
        time.sleep(0.1)
    pytest.skip("NOT TESTED: a real ClamAV, because it did not start within 30 seconds")


def test_T18_it_says_who_it_is_and_what_it_finds(place):
    assert clamd.version(place).startswith("ClamAV ")
    assert clamd.found_in(io.BytesIO(b"Hello"), place) == ""
    assert clamd.found_in(io.BytesIO(EICAR), place) == "Test.Eicar.UNOFFICIAL"
    assert clamd.found_in(io.BytesIO(), place) == ""


@pytest.mark.parametrize("size", [1_048_577, 2_000_000, 60_000_000])
def test_T18_it_takes_no_more_than_it_is_set_up_for(place, size):
    with pytest.raises(clamd.TooLarge):
        clamd.found_in(io.BytesIO(bytes(size)), place)


def test_T18_a_virus_by_mail(place, settings, take_in, scan):
    settings.SCANNER = place
    message = mail("See the bill.")
    message.add_attachment(EICAR, "application", "octet-stream", filename="bill.com")
    article = take_in(raw(message)).article
    scan()
    assert [(check.state, check.found) for check in FileCheck.objects.all()] == [
        (Scan.INFECTED, "Test.Eicar.UNOFFICIAL")
    ]
    assert article.ticket.events.filter(kind="article.infected").count() == 1

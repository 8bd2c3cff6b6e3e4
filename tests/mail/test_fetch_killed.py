"""F01 in small: the fetcher is killed with -9 at random moments, over a real Dovecot. In full: `bin/bench F01`."""

import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.conf import settings as installed
from django.db import connection

from core import blobs
from mail.models import Account, Incoming
from tests.mail import dovecot
from tests.mail.mails import raw_mail

pytestmark = [
    pytest.mark.services,
    pytest.mark.xdist_group("dovecot"),
    pytest.mark.django_db(transaction=True),
]
ROOT = Path(__file__).resolve().parents[2]
MAILS = 240
KILLS = 4


@pytest.fixture
def server():
    try:
        with dovecot.running() as server:
            yield server
    except dovecot.Unavailable as reason:
        pytest.skip(f"NOT TESTED: killed fetchers, because there is no Dovecot: {reason}")


@pytest.mark.parametrize(("protocol", "after"), [("imap", "move"), ("pop3", "delete")])
def test_f01_a_fetcher_killed_again_and_again_brings_each_mail_once(server, tmp_path, protocol, after):
    port = server.port if protocol == "imap" else server.pop3
    account = Account(name="Box", host="127.0.0.1", port=port, security="none", username="f01", protocol=protocol)
    account.password, account.after, account.move_to = dovecot.PASSWORD, after, "Done"
    account.save()
    server.deliver("f01", *(raw_mail("x" * number * 20, subject=f"no. {number}") for number in range(MAILS)))
    kills = 0
    for _kill in range(KILLS):
        fetcher = _fetcher(tmp_path)
        goal = Incoming.objects.count() + random.randint(5, MAILS // (KILLS + 2))
        while Incoming.objects.count() < goal and fetcher.poll() is None:
            time.sleep(random.uniform(0, 0.02))
        kills += fetcher.poll() is None
        fetcher.send_signal(signal.SIGKILL)
        fetcher.wait()
    assert kills == KILLS
    for _visit in range(5):  # who was killed is not gone from the database in the same instant
        if _fetcher(tmp_path).wait() == 0 and Incoming.objects.count() >= MAILS and not _left(server):
            break
    rows = Incoming.objects.exclude(digest="")
    contents = [
        (tmp_path / "files" / blobs.blob_name(digest)).read_bytes() for digest in rows.values_list("digest", flat=True)
    ]
    subjects = Counter(re.search(rb"(?m)^Subject: (.*?)\r?$", content)[1].decode() for content in contents)
    assert subjects == Counter(f"no. {number}" for number in range(MAILS))
    assert _left(server) == 0
    if after == "move":
        assert _left(server, "Done") == MAILS


def _left(server: dovecot.Server, folder: str = "INBOX") -> int:
    with server.mailbox("f01", folder) as somebody:
        return len(somebody.search())


def _fetcher(data: Path) -> subprocess.Popen[bytes]:
    database = connection.settings_dict
    query = urlencode({"host": database["HOST"], "port": database["PORT"]})
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "DATABASE_URL": f"postgresql://{database['USER']}:{quote(database['PASSWORD'])}@/{database['NAME']}?{query}",
        "HELPDESK_SECRET_KEY": installed.SECRET_KEY,
        "HELPDESK_DATA": str(data),
        "HELPDESK_MAIL_NETWORKS": "private",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    return subprocess.Popen(
        [sys.executable, "manage.py", "fetch_mail"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )

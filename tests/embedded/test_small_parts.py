"""The parts without processes: addresses, logs, catalogues, messages, arguments."""

import errno
import gettext
import os
import socket
from argparse import Namespace
from pathlib import Path

import pytest

from helpdesk.embedded import logs, supervisor
from helpdesk.embedded.announcement import DEMO_PEOPLE, announce, first_person
from helpdesk.embedded.catalogues import compile_stale_catalogues
from helpdesk.embedded.console import FULL_DISK, Trouble, in_plain_words
from helpdesk.embedded.environment import application_environment, base_url, remember_base_url
from helpdesk.embedded.places import DEFAULT_DATA, Places
from helpdesk.embedded.ports import free_port, is_free
from helpdesk.embedded.services import Services
from helpdesk.embedded.sharing import Sharing
from helpdesk.embedded.static_files import fingerprint
from helpdesk.embedded.testrun import with_defaults


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("0.0.0.0", "http://localhost:8000"),  # noqa: S104
        ("::", "http://localhost:8000"),
        ("::1", "http://[::1]:8000"),
        ("help.example", "http://help.example:8000"),
    ],
)
def test_the_address_of_the_pages_is_one_that_people_can_open(host: str, url: str) -> None:
    assert base_url(host=host, port=8000) == url


def test_the_environment_keeps_what_the_person_has_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = Places(tmp_path)
    places.make()
    nothing_embedded = Services({}, sharing=Sharing(places.run))
    for name in ("HELPDESK_BASE_URL", "HELPDESK_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    remember_base_url(places, host="127.0.0.1", port=9000)
    first = application_environment(places, nothing_embedded)
    assert first["HELPDESK_BASE_URL"] == "http://127.0.0.1:9000"
    assert first["HELPDESK_DATA"] == str(tmp_path)
    assert len(first["HELPDESK_SECRET_KEY"]) == 64
    monkeypatch.setenv("HELPDESK_BASE_URL", "https://help.example")
    monkeypatch.setenv("HELPDESK_SECRET_KEY", "mine")
    second = application_environment(places, nothing_embedded)
    assert (second["HELPDESK_BASE_URL"], second["HELPDESK_SECRET_KEY"]) == ("https://help.example", "mine")


def test_a_port_is_free_until_somebody_listens_on_it() -> None:
    port = free_port()
    with socket.socket() as server:
        server.bind(("127.0.0.1", port))
        server.listen()
        assert not is_free(port)
    assert is_free(port)


def test_a_large_log_is_set_aside_when_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "ROTATE_ABOVE", 3)
    path = tmp_path / "web.log"
    for text in ("first", "second", "third", "fourth", "fifth"):
        with logs.open_log(path) as log:
            log.write(text.encode())
    kept = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert kept == {"web.log": "fifth", "web.log.1": "fourth", "web.log.2": "third", "web.log.3": "second"}


def test_the_end_of_a_log_is_shown_from_where_the_process_began(tmp_path: Path) -> None:
    path = tmp_path / "web.log"
    path.write_text("old\n")
    start = logs.size(path)
    with logs.open_log(path) as log:
        log.write(b"one\ntwo\nthree\n")
    assert logs.tail(path, since=start, lines=2) == "  two\n  three"


CATALOGUE = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgctxt "verb"
msgid "Open"
msgstr "Öffnen"

msgid "Open"
msgstr "Offen"

msgid "%(n)s ticket"
msgid_plural "%(n)s tickets"
msgstr[0] "%(n)s Ticket"
msgstr[1] "%(n)s Tickets"

#, fuzzy
msgid "Close"
msgstr "nicht geprüft"
"""


def test_catalogues_are_compiled_with_contexts_and_plurals_but_without_unfinished_entries(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE)
    compile_stale_catalogues(tmp_path)
    with (folder / "django.mo").open("rb") as handle:
        german = gettext.GNUTranslations(handle)
    assert german.pgettext("verb", "Open") == "Öffnen"
    assert german.gettext("Open") == "Offen"
    assert german.ngettext("%(n)s ticket", "%(n)s tickets", 2) == "%(n)s Tickets"
    assert german.gettext("Close") == "Close"


def test_a_catalogue_is_compiled_again_only_when_its_source_is_newer(tmp_path: Path) -> None:
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "django.po", folder / "django.mo"
    source.write_text(CATALOGUE)
    compiled.write_bytes(b"untouched")
    os.utime(source, (1, 1))
    compile_stale_catalogues(tmp_path)
    assert compiled.read_bytes() == b"untouched"
    os.utime(compiled, (0, 0))
    compile_stale_catalogues(tmp_path)
    assert compiled.read_bytes() != b"untouched"


def test_static_files_are_made_again_when_one_changes(tmp_path: Path) -> None:
    for name in ("requirements.lock", "helpdesk/settings/pages.py", "static/css/site.css"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("old")
    first = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == first
    (tmp_path / "static/css/site.css").write_text("newer")
    second = fingerprint(tmp_path)
    (tmp_path / "static/css/more.css").write_text("")
    third = fingerprint(tmp_path)
    (tmp_path / "requirements.lock").write_text("other")
    assert len({first, second, third, fingerprint(tmp_path)}) == 4


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, FULL_DISK),
        (errno.EROFS, "/data cannot be written: correct its permissions, or choose another data folder."),
        (errno.ENOTDIR, "/data cannot be used: Not a directory."),
    ],
)
def test_a_failing_disk_is_one_plain_sentence(number: int, sentence: str) -> None:
    assert in_plain_words(OSError(number, os.strerror(number), "/data")) == sentence


@pytest.mark.parametrize(
    ("given", "names_all"),
    [
        ([], True),
        (["-x", "-k", "words"], True),
        (["tests/embedded"], False),
        (["tests/embedded/test_small_parts.py::test_x"], False),
    ],
)
def test_all_tests_run_unless_some_are_named(given: list[str], *, names_all: bool) -> None:
    arguments = with_defaults(given)
    assert arguments[:4] == ["-n", "4", "--dist", "loadgroup"]
    assert (arguments[-1] == "tests") == names_all


def test_a_trouble_that_lasts_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes = [Trouble(FULL_DISK), Trouble(FULL_DISK), OSError(errno.ENOSPC, "full"), Trouble("Something else."), None]
    monkeypatch.setattr(supervisor, "PAUSE_AFTER_TROUBLE", 0)

    class Servers:
        def down(self) -> list[str]:
            return ["Valkey"]

        def start(self) -> None:
            if outcome := outcomes.pop(0):
                raise outcome

    watch = supervisor._Watch([], Servers(), logs=tmp_path)  # type: ignore[arg-type]
    while outcomes:
        watch.look()
    assert capsys.readouterr().err.splitlines() == [
        "Ended, and will be started again: Valkey.",
        f"{FULL_DISK} Until then it is tried again every 0 seconds.",
        "Something else. Until then it is tried again every 0 seconds.",
        "Running again: Valkey.",
    ]


def test_a_log_that_grows_under_way_is_set_aside_and_written_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "ROTATE_ABOVE", 3)
    path = tmp_path / "web.log"
    with logs.open_log(path) as log:
        for text in (b"first", b"second"):
            log.write(text)
            log.flush()
            logs.set_large_ones_aside(tmp_path)
        log.write(b"3")
        log.flush()
        logs.set_large_ones_aside(tmp_path)
    kept = {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert kept == {"web.log": "3", "web.log.1": "second", "web.log.2": "first"}


def test_an_installation_without_an_administrator_says_what_to_type(tmp_path: Path, capsys) -> None:
    announce(Places(DEFAULT_DATA), url="http://127.0.0.1:8000", people=first_person(Places(DEFAULT_DATA)))
    said = capsys.readouterr().out
    assert "Helpdesk is ready: http://127.0.0.1:8000/\n\nNobody can set things up yet." in said
    assert "\n  bin/manage createsuperuser\n" in said
    elsewhere = tmp_path / "my data"
    assert f"\n  HELPDESK_DATA='{elsewhere}' bin/manage createsuperuser\n" in first_person(Places(elsewhere))


@pytest.mark.parametrize(("code", "says"), [(0, False), (supervisor.NOBODY, True)])
def test_who_can_sign_in_is_looked_for_only_without_the_demo_world(monkeypatch, tmp_path, code, says) -> None:
    asked = []

    class Step:
        def __init__(self, command: str, *_options: str, **_facts: object) -> None:
            asked.append(command)

        def finish_with(self, *codes: int) -> int:
            assert code in codes
            return code

    monkeypatch.setattr(supervisor, "_Step", Step)
    assert supervisor._people(Namespace(demo=True), Places(tmp_path), {})() == DEMO_PEOPLE
    assert asked == []
    assert ("createsuperuser" in supervisor._people(Namespace(demo=False), Places(tmp_path), {})()) is says
    assert asked == ["has_administrator"]

"""Where things lie: sockets, secrets, private folders."""

import os
import stat
from pathlib import Path

import pytest

from helpdesk.embedded.console import Trouble
from helpdesk.embedded.places import (
    LONGEST_SOCKET_PATH,
    SOCKET_NAME,
    Places,
    chosen_data_folder,
    kept_secret,
    make_private,
    socket_folder,
)


def _home_with_socket_path_of(length: int) -> Path:
    beyond = len("/") + len("/run/") + len(SOCKET_NAME)
    return Path("/" + "x" * (length - beyond))


def test_the_socket_lies_in_the_data_folder_as_long_as_its_path_fits() -> None:
    home = _home_with_socket_path_of(LONGEST_SOCKET_PATH)
    assert len(str(home / "run" / SOCKET_NAME)) == LONGEST_SOCKET_PATH
    assert socket_folder(home) == home / "run"


@pytest.mark.parametrize(
    "home",
    [
        _home_with_socket_path_of(LONGEST_SOCKET_PATH + 1),
        Path("/" + "ä" * 60),  # counted in bytes, not in letters
        Path("/with, comma"),
    ],
)
def test_a_path_that_cannot_hold_a_socket_gets_a_short_folder_of_its_own(home: Path) -> None:
    folder = socket_folder(home)
    assert folder.name.startswith(f"helpdesk-{os.geteuid()}-")
    assert folder == socket_folder(home)
    assert folder != socket_folder(home / "other")


def test_a_secret_is_made_once_and_readable_by_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    secret = kept_secret(file)
    assert len(secret) == 64
    assert kept_secret(file) == secret
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_that_somebody_put_in_place_of_a_private_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "folder").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Trouble, match="is not a folder of this user"):
        make_private(tmp_path / "folder")


def test_the_folders_of_an_installation_are_private(tmp_path: Path) -> None:
    places = Places(tmp_path / "data")
    places.make()
    modes = {stat.S_IMODE(folder.stat().st_mode) for folder in [places.data, *places.data.iterdir()]}
    assert modes == {0o700}


def test_the_database_may_lie_elsewhere(tmp_path: Path) -> None:
    places = Places(tmp_path)
    assert places.postgres == tmp_path / "postgres"
    places.postgres_elsewhere.write_text("/var/lib/helpdesk/x/postgres\n")
    assert places.postgres == Path("/var/lib/helpdesk/x/postgres")


def test_the_data_folder_is_chosen_by_argument_then_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HELPDESK_DATA", "/from/environment")
    assert chosen_data_folder("given") == tmp_path / "given"
    assert chosen_data_folder(None) == Path("/from/environment")
    monkeypatch.setenv("HELPDESK_DATA", "")
    assert chosen_data_folder(None).name == ".data"

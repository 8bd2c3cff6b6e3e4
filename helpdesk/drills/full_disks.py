"""A disk is full: that of the raw messages, that of the database; then Redis has no room (F08)."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import redis
from django.conf import settings

from helpdesk.drills.accounting import account, is_ticketed, is_whole, wait_until_done
from helpdesk.drills.dovecot import Unavailable
from helpdesk.drills.load import Load
from helpdesk.drills.stage import Stage, wait_for
from helpdesk.embedded.places import Places

BALLAST = "ballast"
NORMAL_AFTER = 60.0
# Bytes that the small disk has left before it is filled: the database writes its log anew when it starts there.
ROOM = 1024 * 1024 * 1024
_numbers = count()


@dataclass(frozen=True)
class Size:
    """Mails before, during and after each fault; how many seconds there is no room."""

    mails: int
    full: float


def f08_full(stage: Stage, size: Size) -> dict[str, Any]:
    """F08: whoever sends keeps his mail and hands it in again; nobody has to mend anything afterwards."""
    load, slowest, refused = Load(stage), 0.0, {}
    for name, fault in (("files", _files), ("database", _database), ("redis", _redis)):
        _hand_in(load, size.mails)
        tries = load.tries
        with fault(stage) as fill:
            restore = fill()
            began = time.monotonic()
            sender = load.in_background(f"full{next(_numbers)}")
            time.sleep(size.full)
            restore()
            refused[name] = load.tries - tries
            wait_for(lambda one=sender: not one.is_alive(), seconds=NORMAL_AFTER * 4, what=f"normal life after {name}")
            slowest = max(slowest, time.monotonic() - began - size.full)
            _hand_in(load, size.mails)
            wait_until_done(seconds=300)
    report = account(load, stage)
    return {
        "name": "F08",
        "ok": is_whole(report) and slowest <= NORMAL_AFTER,
        **report,
        "refused_tries": refused,
        "normal_after_s": round(slowest, 1),
    }


def _hand_in(load: Load, mails: int) -> None:
    for _n in range(mails):
        word = f"disk{next(_numbers)}"
        load.mail(word)
        wait_for(lambda one=word: is_ticketed(one), seconds=120, what="a mail on a ticket")


@contextmanager
def _files(stage: Stage) -> Iterator[Callable[[], Callable[[], None]]]:
    with _small_disk(stage.data / "files") as fill:
        yield fill


@contextmanager
def _database(stage: Stage) -> Iterator[Callable[[], Callable[[], None]]]:
    """The server is stopped for the exchange, and started again for as long as it ends by itself."""
    stage.kill_server(stage.postgres)
    with _small_disk(Places(stage.folder / "servers").postgres) as fill:
        stage.postgres.start()

        def filled() -> Callable[[], None]:
            empty = fill()

            def restore() -> None:
                empty()
                stage.kill_server(stage.postgres)
                stage.postgres.start()

            return restore

        yield filled
        stage.kill_server(stage.postgres)
    stage.postgres.start()


@contextmanager
def _redis(stage: Stage) -> Iterator[Callable[[], Callable[[], None]]]:
    client = redis.Redis.from_url(settings.REDIS_URL)

    def fill() -> Callable[[], None]:
        client.config_set("maxmemory", "1")
        return lambda: client.config_set("maxmemory", "0")

    yield fill


@contextmanager
def _small_disk(folder: Path) -> Iterator[Callable[[], Callable[[], None]]]:
    """What is in this folder lies on a small disk of its own for a while."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f"{folder.name}.aside")
    used = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    folder.rename(aside)
    folder.mkdir(mode=aside.stat().st_mode & 0o777)
    shutil.chown(folder, aside.stat().st_uid, aside.stat().st_gid)
    size = used + ROOM
    done = subprocess.run(  # noqa: S603
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        folder.rmdir()
        aside.rename(folder)
        raise Unavailable(f"no disk can be mounted here: {done.stderr.strip()}")
    os.chmod(folder, aside.stat().st_mode & 0o777)  # noqa: PTH101
    shutil.chown(folder, aside.stat().st_uid, aside.stat().st_gid)
    _copy(aside, folder)
    try:
        yield lambda: _fill(folder)
    finally:
        (folder / BALLAST).unlink(missing_ok=True)
        shutil.rmtree(aside)
        aside.mkdir()
        _copy(folder, aside)
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S603, S607
        folder.rmdir()
        aside.rename(folder)


def _copy(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-a", f"{source}/.", str(target)], check=True)  # noqa: S603, S607


def _fill(folder: Path) -> Callable[[], None]:
    ballast = folder / BALLAST
    # Without a buffer: what is left in one would fail once more when the file is closed.
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1024 * 1024)):
            pass
    return lambda: ballast.unlink(missing_ok=True)

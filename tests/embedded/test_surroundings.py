"""Machines as they are: ordinary users, private folders, odd user tables, forbidden namespaces, full disks, old data."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg2
import pytest

from helpdesk.embedded.environment import application_environment
from helpdesk.embedded.places import ROOT, Places
from helpdesk.embedded.ports import free_port
from helpdesk.embedded.processes import is_alive, wait_until
from helpdesk.embedded.services import services, stop_services
from tests.embedded.stand_in import postgres_process, read_announcement, start_supervisor, status_of_postgres

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("embedded services")]

FULL = "The disk is full, so nothing more can be stored: free some space and start again."
ORDINARY = pwd.getpwnam("nobody")
PROBE = "import sys, helpdesk.embedded.supervisor; sys.exit(sys.version_info < (3, 11))"
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(autouse=True)
def no_servers_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts supervisors, also in surroundings of their own, and leaves none of their processes behind."""
    started: list[tuple[subprocess.Popen[str], Path]] = []

    def start(data: Path, **options) -> subprocess.Popen[str]:
        supervisor = start_supervisor(data, port=free_port(), **options)
        started.append((supervisor, data))
        return supervisor

    yield start
    for supervisor, data in started:
        if supervisor.poll() is None:
            supervisor.terminate()
        supervisor.communicate(timeout=30)
        if data.is_dir():
            stop_services(Places(data))


@pytest.fixture
def surroundings() -> Callable[..., tuple[str, ...]]:
    """A command that runs another one after these shell commands, in mounts that nobody else sees."""
    own_mounts = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--user", "--map-root-user", "--mount")
    probe = [*own_mounts, "sh", "-c", "mount -t tmpfs none /mnt"]
    if shutil.which("unshare") is None or subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        pytest.skip("This machine gives us no mounts of our own.")

    def prepared(*commands: str) -> tuple[str, ...]:
        return (*own_mounts, "sh", "-c", " && ".join([*commands, 'exec "$@"']), "sh")

    return prepared


@pytest.fixture
def as_root() -> None:
    if os.geteuid() != 0:
        pytest.skip("Only root can try what happens to root.")


@pytest.fixture
def as_ordinary_user(as_root: None) -> dict[str, object]:
    """How to start a command as somebody without rights, with a Python that he may run."""
    prefix = ("setpriv", f"--reuid={ORDINARY.pw_uid}", f"--regid={ORDINARY.pw_gid}", "--clear-groups")
    libraries = next(path for path in sys.path if path.endswith("site-packages"))
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        options = {"prefix": prefix, "python": python, "PYTHONPATH": f"{ROOT}:{libraries}", "HOME": "/"}
        # In a child: what a command inherits from us, its own children may lack.
        probe = [
            *prefix,
            python,
            "-c",
            f"import subprocess, sys; subprocess.run([sys.executable, '-c', {PROBE!r}], check=True)",
        ]
        environment = {**os.environ, "PYTHONPATH": str(options["PYTHONPATH"])}
        if subprocess.run(probe, capture_output=True, check=False, cwd=ROOT, env=environment).returncode == 0:
            return options
    pytest.skip("There is no Python here, or no checkout, that an ordinary user may read.")


# ---- who starts it


def test_root_below_a_private_folder_changes_nothing_around_it(as_root: None, like_made, tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    like_made(private / "data")
    before = _facts(private), _facts(tmp_path), Path("/etc/passwd").read_bytes()
    places = Places(private / "data")
    with services(places):
        assert (private / "data").stat().st_mode & 0o777 == 0o700
    assert (_facts(private), _facts(tmp_path), Path("/etc/passwd").read_bytes()) == before
    assert not places.postgres_elsewhere.exists()


def test_an_ordinary_user_below_a_private_folder(as_ordinary_user, start: Start) -> None:
    private = Path(tempfile.mkdtemp(prefix="helpdesk-ordinary-"))
    os.chown(private, ORDINARY.pw_uid, ORDINARY.pw_gid)
    data = private / "data"
    try:
        for _time in ("first", "second"):
            supervisor = start(data, **as_ordinary_user)
            read_announcement(supervisor)
            assert Path(f"/proc/{postgres_process(Places(data))}").stat().st_uid == ORDINARY.pw_uid
            supervisor.terminate()
            _, told = supervisor.communicate(timeout=20)
            assert (supervisor.returncode, "Traceback" in told) == (0, False)
        assert private.stat().st_mode & 0o777 == 0o700
        owners = {path.stat().st_uid for path in data.rglob("*")}
        assert owners == {ORDINARY.pw_uid}
    finally:
        shutil.rmtree(private, ignore_errors=True)


def test_a_data_folder_of_somebody_else_is_refused(as_ordinary_user, start: Start) -> None:
    data = Path(tempfile.mkdtemp(prefix="helpdesk-foreign-"))
    data.chmod(0o755)
    try:
        supervisor = start(data, **as_ordinary_user)
        _, told = supervisor.communicate(timeout=10)
        assert supervisor.returncode == 1
        assert len(told.splitlines()) == 1
        assert str(data) in told
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_a_user_table_without_the_usual_numbers(as_root: None, start: Start, surroundings, tmp_path: Path) -> None:
    # the database is made here, because making it is what wants a name
    passwd = tmp_path / "passwd"
    passwd.write_text("root:x:0:0:root:/root:/bin/sh\nodd:x:4711:4711::/:/bin/sh\n")
    supervisor = start(tmp_path / "data", prefix=surroundings(f"mount --bind {passwd} /etc/passwd"))
    assert "Helpdesk is ready" in read_announcement(supervisor)


def test_a_user_table_with_root_alone_and_no_way_to_add_anybody(
    as_root: None, start: Start, surroundings, tmp_path: Path
) -> None:
    passwd = tmp_path / "passwd"
    passwd.write_text("root:x:0:0:root:/root:/bin/sh\n")
    # The file itself is a mount: nobody can put a new one in its place.
    prefix = surroundings(f"mount --bind {passwd} /etc/passwd", "mount -t tmpfs none /var/lib")
    supervisor = start(tmp_path / "data", prefix=prefix)
    _, told = supervisor.communicate(timeout=20)
    assert supervisor.returncode == 1
    assert told.splitlines()[-1] == (
        "PostgreSQL refuses to run as root, and a system user for it could not be made: "
        "start as an ordinary user, or set DATABASE_URL to a server of your own."
    )


def test_where_namespaces_are_forbidden_a_system_user_runs_it(
    as_root: None, start: Start, surroundings, tmp_path: Path
) -> None:
    etc = tmp_path / "etc"
    subprocess.run(["cp", "-a", "/etc", str(etc)], check=True)
    prefix = surroundings(
        f"mount --bind {etc} /etc", "mount -t tmpfs none /var/lib", f"mount --bind /bin/false {shutil.which('unshare')}"
    )
    supervisor = start(tmp_path / "data", prefix=prefix)
    assert "Helpdesk is ready" in read_announcement(supervisor)
    lines = (etc / "passwd").read_text().splitlines()
    number = next(int(line.split(":")[2]) for line in lines if line.startswith("helpdesk-postgres:"))
    running = [p for p in Path("/proc").glob("[0-9]*") if _runs_postgres(p) and p.stat().st_uid == number]
    assert running
    supervisor.terminate()
    _, told = supervisor.communicate(timeout=20)
    assert "it runs as the system user helpdesk-postgres, and the database is kept in /var/lib/helpdesk/" in told
    assert supervisor.returncode == 0
    assert "helpdesk-postgres" not in Path("/etc/passwd").read_text()


# ---- what else is there


def test_with_servers_of_ones_own_no_embedded_one_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@db.example/x")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example")
    places = Places(tmp_path / "data")
    with services(places) as running:
        assert (running.urls(), running.down()) == ({}, [])
        environment = application_environment(places, running)
        assert environment["DATABASE_URL"] == "postgresql://x@db.example/x"
        assert environment["REDIS_URL"] == "redis://cache.example"
    assert not places.postgres.exists()
    assert not list(places.valkey.iterdir())


def test_each_server_may_be_ones_own_for_itself(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://x@db.example/x")
    places = Places(tmp_path / "data")
    with services(places) as running:
        assert list(running.urls()) == ["REDIS_URL"]
    assert not places.postgres.exists()


def test_two_supervisors_side_by_side(start: Start, like_made, tmp_path: Path) -> None:
    one, two = like_made(tmp_path / "one"), like_made(tmp_path / "two")
    first, second = start(one), start(two)
    for supervisor in (first, second):
        read_announcement(supervisor)
    other = postgres_process(Places(two))
    first.terminate()
    first.communicate(timeout=20)
    assert first.returncode == 0
    assert is_alive(other)


# ---- full disks


def test_f08_a_disk_too_small_for_the_database_is_one_plain_sentence(
    start: Start, surroundings, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    supervisor = start(data, prefix=surroundings(f"mount -t tmpfs -o size=20m none {data}"))
    _, told = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 1
    assert told.splitlines() == ["Starting the database ...", "Making the database ...", FULL]


def test_f08_a_disk_without_any_room_is_one_plain_sentence(start: Start, surroundings, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    mounted = f"mount -t tmpfs -o size=64k none {data}"
    supervisor = start(data, prefix=surroundings(mounted, f"! cat /dev/zero > {data}/full 2>/dev/null"))
    _, told = supervisor.communicate(timeout=30)
    assert supervisor.returncode == 1
    assert told.splitlines()[-1] == FULL
    assert "Traceback" not in told


def test_f08_a_disk_that_fills_up_under_way_stops_nothing_for_good(
    start: Start, surroundings, made: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    supervisor = start(data, prefix=surroundings(f"mount -t tmpfs -o size=150m none {data}", f"cp -a {made}/. {data}"))
    read_announcement(supervisor)
    # From outside, the mount is reached through the process that lives in it.
    places = Places(Path(f"/proc/{supervisor.pid}/root{data}"))
    valkey, postgres = int((places.valkey / "valkey.pid").read_text()), postgres_process(places)
    filling = places.data / "filling"
    _fill(filling)
    os.kill(valkey, signal.SIGKILL)
    told = _read_until(supervisor, "Running again: Valkey.")
    os.kill(postgres, signal.SIGKILL)
    wait_until(lambda: status_of_postgres(places, other_than=postgres) == "ready", seconds=3)
    filling.unlink()
    is_back = wait_until(lambda: status_of_postgres(places, other_than=postgres) == "ready", seconds=60)
    log = (places.logs / "postgres.log").read_text()[-3000:]
    supervisor.terminate()
    _, rest = supervisor.communicate(timeout=20)
    assert is_back, f"{told}{rest}\n{log}"
    assert (supervisor.returncode, "Traceback" in told + rest) == (0, False)


def test_f08_bin_manage_on_a_full_disk_asks_to_try_again_later(surroundings, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    command = surroundings(f"mount -t tmpfs -o size=20m none {data}")
    environment = {**os.environ, "HELPDESK_DATA": str(data)}
    done = subprocess.run(
        [*command, sys.executable, "-m", "helpdesk.embedded.manage", "check"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.splitlines()[-1]) == (os.EX_TEMPFAIL, FULL)


# ---- data from before


def test_a_data_folder_may_be_moved_while_all_is_stopped(like_made, tmp_path: Path) -> None:
    with services(Places(like_made(tmp_path / "here"))) as running:
        _execute(running.urls()["DATABASE_URL"], "CREATE TABLE kept (x int)")
    (tmp_path / "here").rename(tmp_path / "there")
    with services(Places(tmp_path / "there")) as running:
        _execute(running.urls()["DATABASE_URL"], "INSERT INTO kept VALUES (1)")


def test_the_files_of_another_postgresql_are_left_alone_with_a_plain_word(
    start: Start, like_made, tmp_path: Path
) -> None:
    data = like_made(tmp_path / "data")
    version = data / "postgres" / "PG_VERSION"
    ours = version.read_text()
    version.write_text("15\n")
    supervisor = start(data)
    _, told = supervisor.communicate(timeout=20)
    assert supervisor.returncode == 1
    assert told.splitlines()[-1] == (
        f"The database in {data}/postgres is one of PostgreSQL 15, and this version of Helpdesk brings another: "
        "make a backup with the version before and restore it with this one."
    )
    version.write_text(ours)
    with services(Places(data)) as running:
        _execute(running.urls()["DATABASE_URL"], "SELECT 1")


def _facts(folder: Path) -> tuple[int, int, int]:
    facts = folder.stat()
    return facts.st_mode, facts.st_uid, facts.st_gid


def _runs_postgres(process: Path) -> bool:
    try:
        return (process / "exe").readlink().name == "postgres"
    except OSError:
        return False


def _fill(path: Path) -> None:
    with path.open("wb") as file:
        try:
            while True:
                file.write(bytes(65536))
                file.flush()
        except OSError:
            pass
    assert wait_until(lambda: shutil.disk_usage(path.parent).free == 0, seconds=5)


def _read_until(supervisor: subprocess.Popen[str], words: str) -> str:
    assert supervisor.stderr is not None
    lines = []
    for line in supervisor.stderr:
        lines.append(line)
        if words in line:
            return "".join(lines)
    raise AssertionError("".join(lines))


def _execute(url: str, statement: str) -> None:
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
    connection.close()

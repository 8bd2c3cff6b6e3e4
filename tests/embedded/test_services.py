"""The two servers for real, below a private folder: started, shared, killed, adopted, side by side."""

import os
import signal
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg2
import pytest
import redis

from helpdesk.embedded.console import Interrupted, Trouble
from helpdesk.embedded.places import Places
from helpdesk.embedded.postgres import Postgres
from helpdesk.embedded.processes import is_alive, wait_until
from helpdesk.embedded.services import Services, services, services_for_tests, stop_services

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("embedded services")]


@pytest.fixture(autouse=True)
def no_servers_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    """One installation for all these tests; each finds it stopped and leaves it so."""
    private = tmp_path_factory.mktemp("private")
    private.chmod(0o700)
    places = Places(private / 'data "of" näme')
    yield places
    stop_services(places)


def test_data_survives_a_stop_and_a_kill(installation: Places) -> None:
    with services(installation) as running:
        _execute(running, "CREATE TABLE kept (number int)", "INSERT INTO kept VALUES (1)")
    with services(installation) as running:
        _execute(running, "INSERT INTO kept VALUES (2)")
        before = running.urls()
        _kill(_postgres_process(installation))
        _kill(_valkey_process(installation))
        assert wait_until(lambda: running.down() == ["PostgreSQL", "Valkey"], seconds=10)
        running.start()
        assert running.down() == []
        assert running.urls() == before
        assert _select(running, "SELECT number FROM kept ORDER BY number") == [(1,), (2,)]
        assert _redis(running).ping()


def test_the_last_user_stops_the_servers_and_others_share_them(installation: Places) -> None:
    with services(installation) as first:
        process = _postgres_process(installation)
        with services(installation) as second:
            assert second.urls() == first.urls()
            assert _postgres_process(installation) == process
        assert first.down() == []
    assert not is_alive(process)
    assert not (installation.postgres / "postmaster.pid").exists()


def test_servers_left_by_a_killed_user_are_adopted(installation: Places) -> None:
    with _left_behind(installation) as (postgres, valkey):
        with services(installation) as running:
            assert (_postgres_process(installation), _valkey_process(installation)) == (postgres, valkey)
            assert _select(running, "SELECT 1") == [(1,)]
            assert _redis(running).ping()
        assert not is_alive(postgres)
        assert not is_alive(valkey)


def test_a_server_too_young_to_have_written_its_number_is_stopped_too(
    installation: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[int] = []

    def interrupted(postgres: Postgres, *, since: int) -> None:
        assert postgres._process is not None
        started.append(postgres._process.pid)
        raise Interrupted

    with monkeypatch.context() as patched:
        patched.setattr(Postgres, "_wait_until_ready", interrupted)
        with pytest.raises(Interrupted), services(installation):
            pass
    assert [is_alive(process) for process in started] == [False]
    with services(installation) as running:
        assert _select(running, "SELECT 1") == [(1,)]


def test_lock_files_of_a_killed_server_whose_number_is_in_use_do_not_hinder(installation: Places) -> None:
    pid_file = installation.postgres / "postmaster.pid"
    with _left_behind(installation) as processes:
        socket_lock = Path(pid_file.read_text().splitlines()[4]) / ".s.PGSQL.5432.lock"
        for process in processes:
            _kill(process)
    own = str(os.getpid())
    pid_file.write_text("\n".join([own, *pid_file.read_text().splitlines()[1:]]) + "\n")
    socket_lock.write_text(f"{own}\n")
    (installation.valkey / "valkey.pid").write_text(f"{own}\n")
    with services(installation) as running:
        assert _select(running, "SELECT 1") == [(1,)]
        assert _redis(running).ping()


def test_an_empty_pid_file_does_not_hinder(installation: Places) -> None:
    (installation.postgres / "postmaster.pid").write_text("")
    with services(installation) as running:
        assert _select(running, "SELECT 1") == [(1,)]


def test_two_installations_run_side_by_side(installation: Places, tmp_path: Path) -> None:
    # The long path puts the second socket into a temporary folder.
    other = Places(tmp_path / ("long" * 30))
    with services(installation) as one, services_for_tests(other) as two:
        assert one.urls()["DATABASE_URL"] != two.urls()["DATABASE_URL"]
        assert one.urls()["REDIS_URL"] != two.urls()["REDIS_URL"]
        _redis(two).set("where", "two")
        assert _redis(one).get("where") is None
        assert _select(two, "SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == [(0,)]
        socket_folder = Path((other.postgres / "postmaster.pid").read_text().splitlines()[4])
        assert stat.S_IMODE(socket_folder.stat().st_mode) == 0o700
    assert not socket_folder.exists()


def test_nobody_enters_without_the_password(installation: Places) -> None:
    with services(installation) as running:
        folder = str(installation.run)
        for user in ("postgres", "helpdesk", "root"):
            with pytest.raises(psycopg2.OperationalError):
                psycopg2.connect(host=folder, user=user, dbname="helpdesk", password="guessed")
        with pytest.raises(redis.AuthenticationError):
            redis.Redis(port=_redis(running).connection_pool.connection_kwargs["port"], retry=None).ping()
        assert _select(running, "SELECT rolsuper, rolcreatedb FROM pg_roles WHERE rolname = current_user") == [
            (False, True)
        ]
    assert stat.S_IMODE((installation.secrets / "database_password").stat().st_mode) == 0o600


def test_the_database_is_durable_and_in_the_agreed_locale(installation: Places) -> None:
    with services(installation) as running:
        for setting, value in (
            ("fsync", "on"),
            ("synchronous_commit", "on"),
            ("TimeZone", "UTC"),
            ("listen_addresses", ""),
            ("server_encoding", "UTF8"),
        ):
            assert _select(running, f"SHOW {setting}") == [(value,)]
        assert _select(running, "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = 'helpdesk'") == [
            ("b", "C.UTF-8")
        ]
        assert _redis(running).config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_a_server_that_cannot_start_says_why_in_one_sentence(installation: Places) -> None:
    server = Postgres(installation, settings={"shared_buffers": "nonsense"})
    with pytest.raises(Trouble, match=r"PostgreSQL did not start: .*shared_buffers.*\. See .*postgres\.log\.$"):
        server.start()


def test_a_killed_making_of_the_database_leaves_nothing_in_the_way(tmp_path: Path) -> None:
    places = Places(tmp_path)
    (tmp_path / "postgres.new" / "base").mkdir(parents=True)
    with services_for_tests(places) as running:
        assert _select(running, "SELECT 1") == [(1,)]
    assert not (tmp_path / "postgres.new").exists()


@contextmanager
def _left_behind(places: Places) -> Iterator[tuple[int, int]]:
    """Servers that run although nobody uses them, as after `kill -9` of the process that started them."""
    places.make()
    child = os.fork()
    if child == 0:
        with services(places):
            os._exit(0)
    os.waitpid(child, 0)
    processes = _postgres_process(places), _valkey_process(places)
    assert all(is_alive(process) for process in processes)
    yield processes


def _postgres_process(places: Places) -> int:
    return int((places.postgres / "postmaster.pid").read_text().splitlines()[0])


def _valkey_process(places: Places) -> int:
    return int((places.valkey / "valkey.pid").read_text())


def _kill(process: int) -> None:
    os.kill(process, signal.SIGKILL)
    assert wait_until(lambda: not is_alive(process), seconds=5)


def _execute(running: Services, *statements: str) -> None:
    connection = psycopg2.connect(running.urls()["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


def _select(running: Services, statement: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(running.urls()["DATABASE_URL"])
    with connection, connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall()
    connection.close()
    return rows


def _redis(running: Services) -> redis.Redis:
    return redis.Redis.from_url(running.urls()["REDIS_URL"])

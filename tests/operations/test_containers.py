"""docker-compose.yml and Dockerfile, as far as they can be tried without a container engine.

The rules are read from the files; the commands and health checks of our services are run as they stand there, on the
servers of the tests, with everything read-only but the data folder and a temporary one.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import yaml
from django.conf import settings

from helpdesk.embedded.ports import free_port
from helpdesk.embedded.supervisor import QUEUES

ROOT = Path(__file__).resolve().parents[2]
OURS = ("web", "worker", "beat", "mail")
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCUMENTED = (ROOT / "docs" / "operations.md").read_text()
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_URL")


# ---- what the files say


def test_the_services_are_those_of_the_documentation():
    assert set(SERVICES) == {"setup", *OURS, "postgres", "valkey"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_is_locked_in(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "privileged" not in service
    assert str(service["user"]).split(":")[0] not in ("root", "0")
    assert any(mount.startswith("/tmp") for mount in service["tmpfs"])  # noqa: S108


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"setup"}))
def test_every_lasting_service_is_checked_and_started_again(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_the_tables_are_made_before_anything_needs_them():
    assert SERVICES["setup"]["command"] == ["python", "manage.py", "migrate", "--no-input"]
    assert SERVICES["setup"]["restart"] == "no"
    for name in OURS:
        assert SERVICES[name]["depends_on"] == {"setup": {"condition": "service_completed_successfully"}}


@pytest.mark.parametrize("name", SERVICES)
def test_secrets_come_from_outside(name):
    for key, value in SERVICES[name]["environment"].items():
        if SECRET.search(key):
            assert "${" in value, key
    assert not re.search(r"password\s*[:=]\s*[a-z0-9]", str(SERVICES[name].get("command", "")), re.IGNORECASE)


def test_the_servers_have_no_way_out_and_nothing_is_open_to_everybody():
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    for name in ("postgres", "valkey"):
        assert SERVICES[name]["networks"] == ["inside"]
        assert "ports" not in SERVICES[name]
    for name in ("web", "mail"):
        assert all(":-127.0.0.1:" in port for port in SERVICES[name]["ports"])


def test_every_queue_has_a_worker():
    command = SERVICES["worker"]["command"]
    assert command[command.index("-Q") + 1] == QUEUES
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} | {settings.CELERY_TASK_DEFAULT_QUEUE}
    assert routed <= set(QUEUES.split(","))


def test_every_variable_has_an_example_and_an_explanation():
    used = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    example = (ROOT / "deploy" / "env.example").read_text()
    assert used == set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    assert [name for name in used if f"`{name}`" not in DOCUMENTED] == []


def test_every_variable_that_we_read_is_explained():
    read = set()
    for folder in ("helpdesk", "core", "web", "mail"):
        for path in (ROOT / folder).rglob("*.py"):
            if "drills" not in path.parts and "bench" not in path.parts:
                read |= set(re.findall(r'environ(?:\.get\(|\[)"(\w+)"', path.read_text()))
    named = {name for name in read if name.startswith("HELPDESK_") or name.endswith("_URL")} - {"HELPDESK_DRILL"}
    assert [name for name in sorted(named) if f"`{name}`" not in DOCUMENTED] == []
    assert named > {"HELPDESK_DATA", "DATABASE_URL"}


def test_the_image_runs_as_nobody_in_particular_and_brings_what_it_needs():
    lines = [line for line in (ROOT / "Dockerfile").read_text().splitlines() if line and not line.startswith("#")]
    users = [line.split()[1] for line in lines if line.startswith("USER")]
    assert users == [SERVICES["web"]["user"]] == ["10001:10001"]
    assert not any(line.startswith("ADD ") for line in lines)
    assert not any(line.startswith("FROM") and line.endswith(":latest") for line in lines)
    assert any("--require-hashes -r /tmp/requirements.lock" in line for line in lines)
    command = next(line for line in lines if line.startswith("CMD")).removeprefix("CMD ")
    assert yaml.safe_load(command) == SERVICES["web"]["command"]


def test_nothing_private_gets_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", ".data", ".venv", ".cache"} <= set(ignored)


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_proxies_stream_hints_and_keep_figures_inside(name):
    text = (ROOT / "deploy" / name).read_text()
    assert "/metrics" in text
    assert "/healthz/" in text
    assert ("proxy_buffering off" if name == "nginx.conf" else "flush_interval -1") in text
    assert "60m" in text.lower()


# ---- what the commands do


@pytest.fixture(scope="module")
def container(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Callable[[list[str]], Any]]:
    """Starts a command as in a container: from the checkout, read-only but for /data and a temporary folder."""
    data = tmp_path_factory.mktemp("container")
    (data / "tmp").mkdir()
    web, mail = free_port(), free_port()
    environment = _environment(data, web, mail)
    prefix = _read_only(data)
    collected = subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert collected.returncode == 0, collected.stderr

    def start(command: list[str]) -> subprocess.Popen[bytes]:
        words = [word.replace("8000", str(web)).replace("2525", str(mail)) for word in command]
        words = [word.replace("/tmp/", f"{data}/tmp/") for word in words]  # noqa: S108
        words = [sys.executable if word == "python" else word for word in words]
        return subprocess.Popen(
            [*prefix, *words], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )

    yield start
    shutil.rmtree(data, ignore_errors=True)


@pytest.mark.django_db  # the processes look at the database of the tests from outside
@pytest.mark.services
@pytest.mark.xdist_group("containers")
@pytest.mark.parametrize("name", OURS)
def test_the_service_starts_becomes_healthy_and_stops(name, container):
    service = SERVICES[name]
    process = container(service["command"])
    try:
        check = service["healthcheck"]["test"][1:]
        healthy, said = False, b""
        end = time.monotonic() + 60
        while not healthy and time.monotonic() < end and process.poll() is None:
            asked = container(check)
            said = asked.communicate(timeout=30)[0]
            healthy = asked.returncode == 0
            time.sleep(0.3)
        assert healthy, (said, process.poll())
    finally:
        process.terminate()
        output = process.communicate(timeout=40)[0]
        print(output[-3000:].decode(errors="replace"))
    # after a clean stop uvicorn ends by the signal it was sent
    assert process.returncode in (0, -signal.SIGTERM)
    assert b"Traceback" not in output


def _environment(data: Path, web: int, mail: int) -> dict[str, str]:
    facts = settings.DATABASES["default"]
    login = quote(facts["USER"]) + (f":{quote(facts['PASSWORD'])}" if facts["PASSWORD"] else "")
    place = f"?host={quote(facts['HOST'])}&port={facts['PORT'] or 5432}"
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HELPDESK_", "DJANGO_"))}
    given = {
        "DATABASE_URL": f"postgresql://{login}@/{facts['NAME']}{place}",
        "REDIS_URL": settings.REDIS_URL,
        "HELPDESK_SECRET_KEY": "for-a-container-" + "3" * 40,
        "HELPDESK_DATA": str(data),
        "HELPDESK_STATIC": str(data / "static"),
        "HELPDESK_NODE": f"container-{web}",
        "HELPDESK_MAIL_PORT": str(mail),
        "HELPDESK_LOG_LEVEL": "WARNING",
        "TMPDIR": str(data / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "helpdesk.settings",
        "PYTHONPATH": str(ROOT),
    }
    return kept | given


def _read_only(data: Path) -> tuple[str, ...]:
    """All mounts of the machine read-only for the command, where that can be had; the data folder stays."""
    mounts = f'mount --bind {data} {data} && mount -o remount,bind,ro / && exec "$@"'
    prefix = ("unshare", "--mount", "sh", "-c", mounts, "sh")
    works = shutil.which("unshare") and subprocess.run([*prefix, "true"], capture_output=True, check=False)
    return prefix if works and works.returncode == 0 else ()

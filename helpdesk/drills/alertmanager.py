"""A Prometheus Alertmanager of our own for tests and drills: on loopback, with a throwaway folder, never installed.

An installed one is used; else Debian's package is unpacked beside the project and seen as `/usr` by that process alone
(a mount namespace), because it looks for its templates there. Where neither works, tests skip.
"""

import fcntl
import json
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "alertmanager"
PACKAGE = "prometheus-alertmanager"
START_SECONDS = 40
# It tells at once and again each second; nobody else is told of it.
CONFIGURATION = """
route:
  receiver: helpdesk
  group_by: [alertname]
  group_wait: 0s
  group_interval: 1s
  repeat_interval: 1h
receivers:
  - name: helpdesk
    webhook_configs:
      - url: "{url}"
        send_resolved: true
"""


class Unavailable(Exception):
    """No Alertmanager can be had here; the text says why."""


@dataclass(frozen=True)
class Alertmanager:
    port: int

    def post(self, *alerts: Mapping[str, object]) -> None:
        """As Prometheus would report them: labels, annotations, startsAt, endsAt."""
        request = urllib.request.Request(  # noqa: S310
            f"http://127.0.0.1:{self.port}/api/v2/alerts",
            json.dumps(alerts).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310


@contextmanager
def running(*, url: str) -> Iterator[Alertmanager]:
    """One until the end of the block, which posts to `url`."""
    command = _command()
    folder, port = Path(tempfile.mkdtemp(prefix="alertmanager-")), _free_port()
    (folder / "alertmanager.yml").write_text(CONFIGURATION.format(url=url))
    options = (
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    )
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([*command, *options], stdout=out, stderr=out, cwd=folder)  # noqa: S603
    try:
        _wait_for(process, port, folder)
        yield Alertmanager(port)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _command() -> list[str]:
    installed = shutil.which(PACKAGE) or shutil.which("alertmanager")
    if installed:
        return [installed]
    if shutil.which("unshare") is None:
        raise Unavailable("it is not installed, and there is no unshare")
    overlay = f"mount -t overlay overlay -o lowerdir={_unpacked()}/usr:/usr /usr"
    inside = f'{overlay} && exec {PACKAGE} "$@"'
    return ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", inside, "-"]


def _unpacked() -> Path:
    """The package, downloaded and unpacked once; only one test process does it. It needs no other."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = CACHE / "root"
        if not root.exists():
            _unpack(root)
        return root


def _unpack(root: Path) -> None:
    if shutil.which("apt-get") is None:
        raise Unavailable("it is not installed, and there is no apt-get")
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        work = Path(name)
        try:
            _run("apt-get", "--quiet", "download", PACKAGE, folder=work)
            for package in work.glob("*.deb"):
                _run("dpkg", "-x", str(package), str(work / "root"), folder=work)
            (work / "root").rename(root)
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"its package cannot be had: {error}") from error


def _run(*command: str, folder: Path) -> None:
    subprocess.run(command, cwd=folder, capture_output=True, check=True, timeout=120)  # noqa: S603


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise Unavailable(f"it ended at once: {(folder / 'out').read_text()[-300:]}")
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=1).close()  # noqa: S310
            return
        except (OSError, urllib.error.URLError):
            time.sleep(0.05)
    raise Unavailable(f"it does not answer: {(folder / 'out').read_text()[-300:]}")

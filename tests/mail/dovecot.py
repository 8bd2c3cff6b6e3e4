"""A Dovecot of our own for tests: on loopback, with a throwaway folder, never as a service of the machine.

An installed one is used; else Debian's packages are unpacked beside the project and seen as `/usr` by that process
alone (a mount namespace), so that nothing is installed and no daemon is started. Where neither works, tests skip.
"""

import fcntl
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "dovecot"
PASSWORD = "secret"
NOBODY = 65534

CONFIGURATION = """
base_dir = {folder}/base
state_dir = {folder}/base
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
imap_capability = {capability}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={folder}/mail/%u
}}
"""


class Unavailable(Exception):
    """No Dovecot can be had here; the text says why."""


@dataclass(frozen=True)
class Server:
    port: int
    folder: Path

    @contextmanager
    def mailbox(self, user: str, folder: str = "INBOX") -> Iterator[IMAPClient]:
        """Somebody else's mail program looking at the same mailbox."""
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        client.select_folder(folder)
        try:
            yield client
        finally:
            client.logout()

    def put(self, user: str, *messages: bytes) -> None:
        with self.mailbox(user) as client:
            for message in messages:
                client.append("INBOX", message)

    def renumber(self, user: str) -> None:
        """A new UIDVALIDITY, as after a server was restored: the messages stay, their numbers do not."""
        place = self.folder / "mail" / user
        numbers = place / "dovecot-uidlist"
        header, rest = numbers.read_text().split("\n", 1)
        numbers.write_text(re.sub(r" V(\d+)", lambda old: f" V{int(old[1]) + 1}", header) + "\n" + rest)
        for path in place.glob("dovecot.index*"):
            path.unlink()


@contextmanager
def running(*, capability: str = "") -> Iterator[Server]:
    """A server until the end of the block; `capability` replaces what it says it can do."""
    command = _command()
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    (folder / "base").mkdir()
    (folder / "mail").mkdir()
    port = _free_port()
    words = {"folder": folder, "port": port, "capability": capability, "password": PASSWORD, "nobody": NOBODY}
    (folder / "dovecot.conf").write_text(CONFIGURATION.format(**words))
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([*command, "-F", "-c", folder / "dovecot.conf"], stdout=out, stderr=out)
    try:
        _wait_for(process, port, folder)
        yield Server(port, folder)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _command() -> list[str]:
    """A shell inside a namespace where the unpacked packages lie over `/usr`, then Dovecot as one plain user."""
    overlay = "" if shutil.which("dovecot") else f"mount -t overlay overlay -o lowerdir={_unpacked()}/usr:/usr /usr && "
    if shutil.which("unshare") is None:
        raise Unavailable("there is no unshare")
    plain = f"unshare --user --map-user={NOBODY} --map-group={NOBODY}"
    command = [
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        f'{overlay}exec {plain} dovecot "$@"',
        "-",
    ]
    tried = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    if tried.returncode:
        raise Unavailable(f"it does not start here: {tried.stderr.strip()[:300]}")
    return command


def _unpacked() -> Path:
    """The packages with what they need, downloaded and unpacked once; only one test process does it."""
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
            plan = _run("apt-get", "--simulate", "--no-install-recommends", "install", "dovecot-imapd", folder=work)
            packages = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
            _run("apt-get", "--quiet", "download", *packages, folder=work)
            for package in work.glob("*.deb"):
                _run("dpkg", "-x", str(package), str(work / "root"), folder=work)
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"its packages cannot be had: {error}") from error
        (work / "root").rename(root)


def _run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120)
    return done.stdout


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    for _try in range(100):
        if process.poll() is not None:
            raise Unavailable(f"it ended at once: {(folder / 'out').read_text()[-300:]}")
        try:
            with closing(socket.create_connection(("127.0.0.1", port), timeout=1)) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise Unavailable(f"it does not answer: {(folder / 'out').read_text()[-300:]}")

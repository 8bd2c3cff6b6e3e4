"""A Dovecot of our own for tests and drills: on loopback, with a throwaway folder, never as a service of the machine.

An installed one is used; else Debian's packages are unpacked beside the project and seen as `/usr` by that process
alone (a mount namespace), so that nothing is installed and no daemon is started. Where neither works, tests skip.
"""

import fcntl
import re
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from imapclient import IMAPClient

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "dovecot"
PACKAGES = ("dovecot-imapd", "dovecot-pop3d", "dovecot-lmtpd")
PASSWORD = "secret"  # noqa: S105
NOBODY = 65534
START_SECONDS = 40

CONFIGURATION = """
base_dir = {folder}/base
state_dir = {folder}/base
log_path = {folder}/log
protocols = imap pop3 lmtp
listen = 127.0.0.1
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login xoauth2 oauthbearer
default_login_user = nobody
default_internal_user = nobody
default_internal_group = nogroup
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%u
mail_fsync = never
imap_capability = {capability}
mail_max_userip_connections = 50
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
  }}
}}
service pop3-login {{
  chroot =
  inet_listener pop3 {{
    port = {pop3}
  }}
  inet_listener pop3s {{
    port = {pop3s}
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2.conf
}}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={nobody} gid={nobody} home={folder}/mail/%u allow_all_users=yes
}}
"""
TOKENS = """
introspection_mode = post
introspection_url = {url}
username_attribute = username
active_attribute = active
active_value = true
"""


class Unavailable(Exception):
    """No Dovecot can be had here; the text says why."""


@dataclass(frozen=True)
class Server:
    """Its ports; `imaps` and `pop3s` answer only where it has a certificate."""

    port: int
    imaps: int
    pop3: int
    pop3s: int
    lmtp: int
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

    def deliver(self, user: str, *messages: bytes, sender: str = "dana@acme.example") -> None:
        """As a mail server would hand them over."""
        with smtplib.LMTP("127.0.0.1", self.lmtp, timeout=10) as client:
            for message in messages:
                client.sendmail(sender, [user], message)

    def renumber(self, user: str) -> None:
        """A new UIDVALIDITY, as after a server was restored: the messages stay, their numbers do not."""
        place = self.folder / "mail" / user
        numbers = place / "dovecot-uidlist"
        header, rest = numbers.read_text().split("\n", 1)
        numbers.write_text(re.sub(r" V(\d+)", lambda old: f" V{int(old[1]) + 1}", header) + "\n" + rest)
        for path in place.glob("dovecot.index*"):
            path.unlink()


@contextmanager
def running(
    *, capability: str = "", certificate: tuple[Path, Path] | None = None, tokens: str = ""
) -> Iterator[Server]:
    """A server until the end of the block; `capability` replaces what it says it can do.

    With a certificate (and its key) it speaks TLS, too; `tokens` is where it asks whether a token is good.
    """
    command = _command()
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    (folder / "base").mkdir()
    (folder / "mail").mkdir()
    ports = _free_ports("imap", "imaps", "pop3", "pop3s", "lmtp")
    words = {"folder": folder, "capability": capability, "password": PASSWORD, "nobody": NOBODY, **ports}
    words |= {"ssl": "no", "certificate": ""}
    if certificate:
        words |= {"ssl": "yes", "certificate": "ssl_cert = <{}\nssl_key = <{}".format(*certificate)}
    else:
        words |= {"imaps": 0, "pop3s": 0}
    (folder / "dovecot.conf").write_text(CONFIGURATION.format(**words))
    (folder / "oauth2.conf").write_text(TOKENS.format(url=tokens or "http://127.0.0.1:9/"))
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen([*command, "-F", "-c", folder / "dovecot.conf"], stdout=out, stderr=out)  # noqa: S603
    try:
        _wait_for(process, ports["imap"], folder)
        yield Server(ports["imap"], ports["imaps"], ports["pop3"], ports["pop3s"], ports["lmtp"], folder)
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
    tried = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    if tried.returncode:
        raise Unavailable(f"it does not start here: {tried.stderr.strip()[:300]}")
    return command


def _unpacked() -> Path:
    """The packages with what they need, downloaded and unpacked once; only one test process does it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        root = CACHE / "-".join(["root", *PACKAGES])
        if not root.exists():
            _unpack(root)
        return root


def _unpack(root: Path) -> None:
    if shutil.which("apt-get") is None:
        raise Unavailable("it is not installed, and there is no apt-get")
    with tempfile.TemporaryDirectory(dir=CACHE) as name:
        work = Path(name)
        try:
            plan = _run("apt-get", "--simulate", "--no-install-recommends", "install", *PACKAGES, folder=work)
            packages = [line.split()[1] for line in plan.splitlines() if line.startswith("Inst ")]
            _run("apt-get", "--quiet", "download", *packages, folder=work)
            for package in work.glob("*.deb"):
                _run("dpkg", "-x", str(package), str(work / "root"), folder=work)
        except (OSError, subprocess.SubprocessError) as error:
            raise Unavailable(f"its packages cannot be had: {error}") from error
        (work / "root").rename(root)


def _run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=120)  # noqa: S603
    return done.stdout


def _free_ports(*names: str) -> dict[str, int]:
    with ExitStack() as probes:
        found = {}
        for name in names:
            probe = probes.enter_context(closing(socket.socket()))
            probe.bind(("127.0.0.1", 0))
            found[name] = probe.getsockname()[1]
        return found


def _wait_for(process: subprocess.Popen[bytes], port: int, folder: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
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

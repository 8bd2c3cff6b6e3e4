"""The environment in which our processes run: see "Commands" in docs/running.md."""

import os
from collections.abc import Mapping
from contextlib import suppress
from urllib.parse import quote, urlsplit

from helpdesk.embedded.console import Trouble
from helpdesk.embedded.places import Places, kept_secret
from helpdesk.embedded.services import Services

DEFAULT_PORT = 8000
DEFAULT_HOST = "127.0.0.1"
DEFAULT_MAIL_PORT = 2525


def application_environment(places: Places, running: Services) -> dict[str, str]:
    """Everything the settings read. What the person has set stays as it is."""
    return _environment(places, running.urls())


def environment_without_servers(places: Places) -> dict[str, str]:
    """For a command that can do without: in the place of the servers we could not start are addresses of nobody."""
    nobody = {
        "DATABASE_URL": f"postgresql:///nobody?host={quote(str(places.run / 'nobody'))}",
        "REDIS_URL": "redis://127.0.0.1:0",
    }
    return _environment(places, {name: url for name, url in nobody.items() if not os.environ.get(name)})


def _environment(places: Places, urls: Mapping[str, str]) -> dict[str, str]:
    return {
        "HELPDESK_SECRET_KEY": kept_secret(places.secrets / "secret_key"),
        "HELPDESK_BASE_URL": _last_base_url(places),
        **{name: value for name, value in os.environ.items() if value or not name.startswith("HELPDESK_")},
        **urls,
        "HELPDESK_DATA": str(places.data),
        "PYTHONUNBUFFERED": "1",
    }


def remember_base_url(places: Places, *, host: str, port: int) -> None:
    """Keep the address of the web pages, so that mails written by `bin/manage` carry the same links."""
    (places.run / "base_url").write_text(f"{base_url(host=host, port=port)}\n")


def base_url(*, host: str, port: int) -> str:
    """The address people use when the web server listens at this host and port."""
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared with, not listened on
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def mail_ports() -> tuple[str, int, int]:
    """Where mail is received: the host, the SMTP port and the LMTP port."""
    given = os.environ.get("HELPDESK_MAIL_PORT") or str(DEFAULT_MAIL_PORT)
    if not given.isdecimal():
        raise Trouble(f"HELPDESK_MAIL_PORT must be the number of a port, not {given!r}.")
    return os.environ.get("HELPDESK_MAIL_HOST") or "127.0.0.1", int(given), int(given) + 1


def host_of(url: str) -> str:
    """What a browser would send as `Host` for this address."""
    return urlsplit(url).netloc


def _last_base_url(places: Places) -> str:
    with suppress(FileNotFoundError):
        return (places.run / "base_url").read_text().strip()
    return base_url(host=DEFAULT_HOST, port=DEFAULT_PORT)

"""Addresses of our own pages for texts that leave the house: always the configured base, never a request's host."""

import re
from urllib.parse import urlsplit

from django.conf import settings

# Links that let somebody in: who answers such a mail quotes them.
_SECRET = re.compile(r"(/portal/(?:link/|survey/\d{1,18}-))[\w-]{43}(?![\w-])")


def concealed(text: str) -> str:
    """A text of others with a sign for what opens our pages without signing in: it was for one person alone."""
    return _SECRET.sub(r"\1…", text)


def absolute(path: str, *, host: str = "") -> str:
    """`/portal/` -> `https://help.example.com/portal/`.

    `host` is the configured host name of a brand; scheme and port are those of the base.
    """
    if not host:
        return f"{settings.BASE_URL}{path}"
    base = urlsplit(settings.BASE_URL)
    return f"{base.scheme}://{host}{f':{base.port}' if base.port else ''}{base.path}{path}"


def request_in_portal(number: str, *, host: str = "") -> str:
    return absolute(f"/portal/requests/{number}/", host=host)


def request_by_link(token: str, *, host: str = "") -> str:
    """The same request without signing in, for whom the link was made (tickets/secret_links.py)."""
    return absolute(f"/portal/link/{token}/", host=host)


def ticket_in_desk(number: str) -> str:
    return absolute(f"/desk/tickets/{number}/")


def endpoint_in_setup(pk: int) -> str:
    """The page of a webhook, as a path."""
    return f"/admin/webhooks/{pk}/"


def knowledge_article(number: int, *, host: str = "") -> str:
    """An article of the knowledge base; whatever its title becomes, this address stays."""
    return absolute(f"/kb/{number}/", host=host)


def welcome(token: str, *, host: str = "") -> str:
    """Where an invited person chooses a password."""
    return absolute(f"/welcome/{token}/", host=host)


def sign_up(token: str, *, host: str = "") -> str:
    """Where somebody who signs up confirms the address and chooses a password."""
    return absolute(f"/register/{token}/", host=host)


def join(token: str, *, host: str = "") -> str:
    """Where an invited person becomes a member of an organisation."""
    return absolute(f"/join/{token}/", host=host)


def web_form(key: str, *, host: str = "") -> str:
    """A form that stands in other websites."""
    return absolute(f"/form/{key}/", host=host)


def survey(token: str, *, host: str = "") -> str:
    """Where a customer says how satisfied he is."""
    return absolute(f"/portal/survey/{token}/", host=host)


def approval(token: str, *, host: str = "") -> str:
    """Where an approver decides without signing in."""
    return absolute(f"/portal/approve/{token}/", host=host)


def password_reset(key: str, *, host: str = "") -> str:
    """Where somebody who forgot the password chooses a new one."""
    return absolute(f"/password/reset/key/{key}/", host=host)

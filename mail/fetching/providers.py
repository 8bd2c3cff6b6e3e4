"""How the common providers are reached: facts, so that nobody has to look them up. Pure.

An account is reached with what the provider publishes for mail programs; `note` says what must be switched on there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mail.models import Account, Consent

_APP_PASSWORD = _(
    "Make a password for this application in the security settings of the mailbox; the ordinary password does not "
    "work here."
)
_SWITCH_ON = _("Switch on access by IMAP and POP3 in the settings of the mailbox first.")


@dataclass(frozen=True)
class Provider:
    """Servers as (host, port), all with TLS from the start. `domains` are those of its own addresses."""

    key: str
    name: str | Promise
    imap: tuple[str, int] | None = None
    pop3: tuple[str, int] | None = None
    domains: Sequence[str] = ()
    consent: str = ""  # the provider of tokens, where passwords are not taken
    note: str | Promise = ""


PROVIDERS: Sequence[Provider] = (
    Provider(
        "microsoft",
        "Microsoft 365",
        ("outlook.office365.com", 993),
        ("outlook.office365.com", 995),
        domains=("outlook.com", "hotmail.com", "live.com", "msn.com"),
        consent=Consent.Provider.MICROSOFT,
        note=_(
            "Microsoft takes no passwords for this. Register an application in Microsoft Entra, allow it to read the "
            "mailbox, and connect it here."
        ),
    ),
    Provider(
        "google",
        "Google",
        ("imap.gmail.com", 993),
        ("pop.gmail.com", 995),
        domains=("gmail.com", "googlemail.com"),
        consent=Consent.Provider.GOOGLE,
        note=_(
            "Make an OAuth client in the Google Cloud console and connect the mailbox here. With two-step "
            "verification an app password works as well."
        ),
    ),
    Provider(
        "gmx",
        "GMX",
        ("imap.gmx.net", 993),
        ("pop.gmx.net", 995),
        domains=("gmx.de", "gmx.net", "gmx.at", "gmx.ch"),
        note=_SWITCH_ON,
    ),
    Provider("webde", "WEB.DE", ("imap.web.de", 993), ("pop3.web.de", 995), domains=("web.de",), note=_SWITCH_ON),
    Provider("ionos", "IONOS", ("imap.ionos.de", 993), ("pop.ionos.de", 995)),
    Provider("strato", "STRATO", ("imap.strato.de", 993), ("pop3.strato.de", 995)),
    Provider(
        "tonline",
        "Telekom",
        ("secureimap.t-online.de", 993),
        ("securepop.t-online.de", 995),
        domains=("t-online.de", "magenta.de"),
        note=_("Choose a password for mail programs in the Telekom customer centre; it is the one to use here."),
    ),
    Provider(
        "yahoo",
        "Yahoo",
        ("imap.mail.yahoo.com", 993),
        ("pop.mail.yahoo.com", 995),
        domains=("yahoo.com", "yahoo.de", "yahoo.es", "yahoo.com.br", "ymail.com"),
        note=_APP_PASSWORD,
    ),
    Provider(
        "icloud",
        "iCloud",
        ("imap.mail.me.com", 993),
        domains=("icloud.com", "me.com", "mac.com"),
        note=_APP_PASSWORD,
    ),
    Provider(
        "fastmail",
        "Fastmail",
        ("imap.fastmail.com", 993),
        ("pop.fastmail.com", 995),
        domains=("fastmail.com", "fastmail.fm"),
        note=_APP_PASSWORD,
    ),
    Provider(
        "zoho",
        "Zoho",
        ("imap.zoho.com", 993),
        ("pop.zoho.com", 995),
        domains=("zoho.com", "zohomail.com"),
        note=_SWITCH_ON,
    ),
    Provider(
        "zoho_eu",
        "Zoho (EU)",
        ("imap.zoho.eu", 993),
        ("pop.zoho.eu", 995),
        domains=("zoho.eu", "zohomail.eu"),
        note=_SWITCH_ON,
    ),
    Provider(
        "mailbox",
        "mailbox.org",
        ("imap.mailbox.org", 993),
        ("pop3.mailbox.org", 995),
        domains=("mailbox.org",),
    ),
    Provider("posteo", "Posteo", ("posteo.de", 993), ("posteo.de", 995), domains=("posteo.de", "posteo.net")),
    Provider("imap", _("Another one, by IMAP")),
    Provider("pop3", _("Another one, by POP3")),
)
BY_KEY: Mapping[str, Provider] = {provider.key: provider for provider in PROVIDERS}


def guess(address: str) -> Provider:
    """The provider of this address, as far as its domain tells; else any that speaks IMAP."""
    domain = address.rpartition("@")[2].strip().lower()
    found = (provider for provider in PROVIDERS if domain and domain in provider.domains)
    return next(found, BY_KEY["imap"])


def prefilled(provider: Provider, address: str) -> Account:
    """An unsaved account with all that follows from provider and address."""
    protocol = Account.Protocol.POP3 if provider.key == "pop3" else Account.Protocol.IMAP
    domain = address.rpartition("@")[2]
    host, port = provider.imap or _usual(protocol, domain)
    return Account(
        name=address,
        protocol=protocol,
        host=host,
        port=port,
        security=Account.Security.TLS,
        username=address,
        sign_in=Account.SignIn.OAUTH if provider.consent else Account.SignIn.PASSWORD,
    )


def _usual(protocol: str, domain: str) -> tuple[str, int]:
    if protocol == Account.Protocol.POP3:
        return (f"pop.{domain}" if domain else "", 995)
    return (f"imap.{domain}" if domain else "", 993)

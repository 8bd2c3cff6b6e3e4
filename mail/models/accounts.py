"""Mailboxes on other servers, the leave to read them, and what of them is not wanted; mail.models imports it."""

from collections.abc import Sequence
from typing import ClassVar
from urllib.parse import quote

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.secrets import seal, unseal
from tickets.models import Queue


class Account(models.Model):
    """A mailbox on another server from which mail is fetched."""

    class Protocol(models.TextChoices):
        IMAP = "imap", "IMAP"
        POP3 = "pop3", "POP3"

    class SignIn(models.TextChoices):
        PASSWORD = "password", _("with a password")  # noqa: S105
        OAUTH = "oauth", _("with the provider's leave (OAuth 2)")

    class Trouble(models.TextChoices):
        """Why the last visit did not succeed; mail/fetching/troubles.py has the sentences."""

        PASSWORD = "password", _("password refused")  # noqa: S105
        NO_CONSENT = "no_consent", _("not connected yet")
        CONSENT_ENDED = "ended", _("leave withdrawn")
        TOKENS = "tokens", _("sign-in server")
        NO_FOLDER = "no_folder", _("no such folder")
        CERTIFICATE = "certificate", _("certificate")
        NO_TLS = "no_tls", _("encryption")
        NO_SERVER = "no_server", _("no such server")
        REFUSED = "refused", _("no connection")
        FORBIDDEN = "forbidden", _("server not allowed")
        TIMEOUT = "timeout", _("no answer in time")
        ANSWER = "answer", _("unexpected answer")
        BROKE_OFF = "broke_off", _("connection lost")
        SETTLING = "settling", _("fetched mail stays there")
        STORAGE = "storage", _("trouble of our own")

    class Security(models.TextChoices):
        TLS = "tls", _("TLS from the start")
        STARTTLS = "starttls", _("STARTTLS")
        NONE = "none", _("none")

    class After(models.TextChoices):
        KEEP = "keep", _("Leave it there")
        MOVE = "move", _("Move it to a folder")
        DELETE = "delete", _("Delete it")

    # With these troubles nobody tries again by himself.
    STOPPED: ClassVar[Sequence[str]] = (Trouble.CONSENT_ENDED, Trouble.NO_CONSENT)
    # To whom a secret is shown, and how well hidden on the way.
    PLACE: ClassVar[Sequence[str]] = ("protocol", "host", "port", "security", "username")
    # What a visit notes on the row; saving the form leaves it alone.
    NOTED: ClassVar[Sequence[str]] = (
        "last_success_at",
        "last_error",
        "trouble",
        "failures",
        "next_visit_at",
        "waiting",
        "lag_seconds",
        "can_idle",
    )

    name = models.CharField(_("name"), max_length=100, unique=True)
    protocol = models.CharField(
        _("protocol"), max_length=4, choices=Protocol.choices, default=Protocol.IMAP, db_default="imap"
    )
    host = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(_("port"), default=993)
    security = models.CharField(_("encryption"), max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(_("user name"), max_length=253)
    sign_in = models.CharField(
        _("how to sign in"), max_length=8, choices=SignIn.choices, default=SignIn.PASSWORD, db_default="password"
    )
    sealed_password = models.TextField(blank=True, editable=False)
    folder = models.CharField(_("folder"), max_length=200, default="INBOX")
    more_folders = ArrayField(
        models.CharField(max_length=200), verbose_name=_("more folders"), default=list, blank=True, db_default=[]
    )
    # What arrived on an earlier day stays there untouched; empty: everything is fetched.
    start_on = models.DateField(_("fetch from"), null=True, blank=True)
    after = models.CharField(_("fetched mail"), max_length=6, choices=After.choices, default=After.KEEP)
    move_to = models.CharField(_("folder for fetched mail"), max_length=200, blank=True)
    keep_days = models.PositiveSmallIntegerField(_("days before it is deleted there"), default=0, db_default=0)
    # Empty: the queue follows from the recipient's address.
    queue = models.ForeignKey(
        Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("queue")
    )
    is_active = models.BooleanField(_("active"), default=True)
    # After so many minutes without a visit that worked, administrators are told (mail/alarms.py).
    silent_after = models.PositiveSmallIntegerField(
        _("minutes until an alarm"), blank=True, default=15, db_default=15, validators=[MinValueValidator(5)]
    )
    last_success_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_error = models.TextField(blank=True, editable=False)
    trouble = models.CharField(
        max_length=11, choices=Trouble.choices, blank=True, default="", db_default="", editable=False
    )
    # In a row; each makes the pause before the next visit longer.
    failures = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    next_visit_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Messages that the last visit left on the server, and how long the newest one that it took had waited there.
    waiting = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    lag_seconds = models.PositiveIntegerField(null=True, blank=True, editable=False)
    # Whether the server tells of new mail by itself; empty until somebody has asked.
    can_idle = models.BooleanField(null=True, blank=True, editable=False)

    def __str__(self) -> str:
        return self.name

    @property
    def folders(self) -> list[str]:
        """All folders mail is fetched from; POP3 knows only one."""
        if self.protocol == self.Protocol.POP3:
            return ["INBOX"]
        return list(dict.fromkeys([self.folder, *self.more_folders]))

    @property
    def place(self) -> str:
        return self.place_of(self.folder)

    def place_of(self, folder: str) -> str:
        """Whose folder on which server, as an IMAP URL (RFC 5092): somewhere else, the same numbers are other mails."""
        scheme = "pop" if self.protocol == self.Protocol.POP3 else "imap"
        return f"{scheme}://{quote(self.username)}@{self.host.lower()}/{quote(folder)}"[:750]

    @property
    def is_stopped(self) -> bool:
        """Signing in makes no sense until somebody has connected the mailbox anew."""
        return self.trouble in self.STOPPED

    @property
    def password(self) -> str:
        return unseal(self.sealed_password) if self.sealed_password else ""

    @password.setter
    def password(self, text: str) -> None:
        self.sealed_password = seal(text) if text else ""


class Consent(models.Model):
    """The leave of a provider to read a mailbox with tokens (OAuth 2); mail/fetching/oauth.py gets and renews them."""

    class Provider(models.TextChoices):
        MICROSOFT = "microsoft", "Microsoft 365"
        GOOGLE = "google", "Google"
        OTHER = "other", _("another one")

    class Flow(models.TextChoices):
        CODE = "code", _("Somebody signs in to the mailbox")
        CLIENT = "client", _("The application signs in by itself")

    account = models.OneToOneField(Account, on_delete=models.CASCADE, related_name="consent")
    provider = models.CharField(_("provider"), max_length=9, choices=Provider.choices)
    flow = models.CharField(_("who signs in"), max_length=6, choices=Flow.choices, default=Flow.CODE)
    tenant = models.CharField(_("tenant"), max_length=100, blank=True)
    client_id = models.CharField(_("application ID"), max_length=250)
    sealed_client_secret = models.TextField(blank=True, editable=False)
    # Microsoft's secrets end after two years at the latest and nothing tells when.
    ends_on = models.DateField(_("the secret ends on"), null=True, blank=True)
    # For providers we know, these follow from the rest.
    authorize_url = models.CharField(_("sign-in address"), max_length=500, blank=True)
    token_url = models.CharField(_("token address"), max_length=500, blank=True)
    scope = models.CharField(_("scope"), max_length=500, blank=True)
    sealed_refresh_token = models.TextField(blank=True, editable=False)
    sealed_access_token = models.TextField(blank=True, editable=False)
    granted_at = models.DateTimeField(null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True, editable=False)  # of the access token
    refresh_expires_at = models.DateTimeField(null=True, blank=True, editable=False)  # where the provider tells
    refused_at = models.DateTimeField(null=True, blank=True, editable=False)
    refusal = models.CharField(max_length=500, blank=True, editable=False)

    def __str__(self) -> str:
        return f"{self.account} ({self.get_provider_display()})"

    @property
    def client_secret(self) -> str:
        return unseal(self.sealed_client_secret) if self.sealed_client_secret else ""

    @client_secret.setter
    def client_secret(self, text: str) -> None:
        self.sealed_client_secret = seal(text) if text else ""

    @property
    def is_granted(self) -> bool:
        """Tokens can be had: somebody agreed and nobody has taken it back, or the application needs nobody."""
        return not self.refused_at and self.has_means

    @property
    def has_means(self) -> bool:
        """Something to ask tokens with."""
        return bool(self.sealed_client_secret if self.flow == self.Flow.CLIENT else self.sealed_refresh_token)

    def forget(self) -> None:
        """Nobody has agreed to what it is now."""
        self.sealed_access_token = self.sealed_refresh_token = ""
        self.granted_at = self.expires_at = self.refresh_expires_at = None
        if self.flow == self.Flow.CLIENT:
            self.sealed_client_secret = ""


class Unwanted(models.Model):
    """A message in a POP3 mailbox that arrived before the day from which mail is fetched: it stays there."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="unwanted")
    place = models.CharField(max_length=750)
    uidl = models.CharField(max_length=100)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "place", "uidl"], name="each_unwanted_message_once"),
        ]

    def __str__(self) -> str:
        return self.uidl

"""People, agents and customers alike, with the addresses they write from."""

from datetime import date
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts.plain import plain, words_of
from core.text import normalise_address


class UserQuerySet(models.QuerySet):
    def active(self) -> Self:
        return self.filter(is_active=True)

    def agents(self) -> Self:
        """People who work tickets; an administrator without the agent mark configures but works none."""
        return self.active().filter(is_agent=True)

    def customers(self) -> Self:
        return self.active().filter(is_customer=True)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, password: str | None = None, **fields) -> "User":
        user = self.model(email=email, **fields)
        user.set_password(password) if password else user.set_unusable_password()
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields) -> "User":
        """The first administrator of a new installation (`bin/manage createsuperuser`)."""
        marks = {"is_superuser": True, "is_administrator": True, "is_agent": True}
        address = normalise_address(email)
        with transaction.atomic(using=self._db):
            user = self.create_user(address, password, **{**marks, **fields})
            EmailAddress.objects.create(user=user, address=address)
        return user


class Theme(models.TextChoices):
    AUTO = "auto", _("Same as the system")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


class Density(models.TextChoices):
    COMFORTABLE = "comfortable", _("Comfortable")
    COMPACT = "compact", _("Compact")


class User(AbstractBaseUser, PermissionsMixin):
    """A person, or one of the system's own actors. Agents and customers are the same kind of row with marks."""

    email = models.EmailField(_("email"), max_length=254, unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_agent = models.BooleanField(_("works tickets"), default=False)
    is_customer = models.BooleanField(_("writes requests"), default=False)
    is_administrator = models.BooleanField(_("sets things up"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    # "mail", "rules", "sla" ...: actors without a person; they never sign in.
    system_key = models.CharField(max_length=30, unique=True, null=True, blank=True, editable=False)  # noqa: DJ001
    language = models.CharField(_("language"), max_length=8, blank=True, choices=settings.LANGUAGES)
    # Empty: never chosen.
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    density = models.CharField(_("density"), max_length=11, choices=Density.choices, default=Density.COMFORTABLE)
    # WCAG 2.1.4: single keys get in the way of people who speak to their computer.
    single_keys = models.BooleanField(_("shortcuts of a single key"), default=True)
    # Below one's own answers, above the signature of the queue.
    signature = models.TextField(_("signature"), max_length=1000, blank=True)
    undo_seconds = models.PositiveSmallIntegerField(
        _("seconds to take a message back"), default=10, validators=[MaxValueValidator(60)]
    )
    # Out of office: whoever would give work to somebody sees it, and whom to give it to instead.
    away_from = models.DateField(_("away from"), null=True, blank=True)
    away_until = models.DateField(_("away until"), null=True, blank=True)
    substitute = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("substitute")
    )
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    # What agents should know about a customer; never shown to anybody else.
    notes = models.TextField(_("notes"), blank=True)
    is_vip = models.BooleanField(_("VIP"), default=False)
    # A duplicate, kept because the history names it; its addresses and requests are the other one's.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    organisations: models.ManyToManyField = models.ManyToManyField(
        "Organisation", through="Membership", related_name="people"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Sessions that began before have ended (`_get_session_auth_hash`).
    signed_out_at = models.DateTimeField(null=True, blank=True, editable=False)

    # Worked out by tickets/rights.py once per request.
    queue_rights: Any = None

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar = ["name"]

    objects = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                name="system_actors_cannot_sign_in",
                condition=models.Q(system_key__isnull=True) | models.Q(is_active=False),
            )
        ]
        # For accounts/finding.py.
        indexes: ClassVar = [
            models.Index(plain("name"), "id", name="person_by_name"),
            GinIndex(words_of("name", "email"), name="person_words"),
        ]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django ends a session whose hash is another one; ours changes with `signed_out_at` too, once that is set."""
        if self.signed_out_at is None:
            return super()._get_session_auth_hash(secret=secret)  # type: ignore[misc]  # the stubs leave it out
        value = f"{self.password} {self.signed_out_at.isoformat()}"
        return salted_hmac("accounts.sessions", value, secret=secret, algorithm="sha256").hexdigest()

    @property
    def is_staff(self) -> bool:
        """Only for Django's own admin ("System tables"), which is for superusers."""
        return self.is_superuser

    def is_away(self, day: date) -> bool:
        """Whether the person is out of office on `day`; without an end the absence is open."""
        if self.away_from is None or day < self.away_from:
            return False
        return self.away_until is None or day <= self.away_until

    @property
    def is_system(self) -> bool:
        return self.system_key is not None


class EmailAddress(models.Model):
    """Every address a person writes from; the primary one is also `User.email`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="addresses")
    address = models.EmailField(max_length=254, unique=True)  # normalised: core.text.normalise_address
    verified_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.address

"""Who there is: people with their addresses, organisations, roles, API tokens, and who changed what configuration."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import Group, PermissionsMixin
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    phone = models.CharField(_("phone"), max_length=50, blank=True)
    organisations: models.ManyToManyField = models.ManyToManyField(
        "Organisation", through="Membership", related_name="people"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)

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

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return str(self)

    @property
    def is_staff(self) -> bool:
        """Only for Django's own admin ("System tables"), which is for superusers."""
        return self.is_superuser

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


class Organisation(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)
    notes = models.TextField(_("notes"), blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in an organisation; `sees_all` opens the organisation's requests, else only one's own are seen."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    is_primary = models.BooleanField(default=True)
    sees_all = models.BooleanField(_("sees all requests of the organisation"), default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_membership_each"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_primary=True), name="one_primary_organisation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation}"


class Role(models.Model):
    """What a Django group means here: rights on queues are granted to it (tickets/rights.py)."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="role")
    description = models.CharField(_("description"), max_length=200, blank=True)

    def __str__(self) -> str:
        return self.group.name


class ApiToken(models.Model):
    """A secret with which a program acts as a person. Only its digest is kept."""

    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=100)
    prefix = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope.choices, default=Scope.WRITE)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"))
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ConfigChange(models.Model):
    """One change of configuration, with everything as it was before and after; append-only, a trigger sees to it."""

    class Action(models.TextChoices):
        CREATED = "created", pgettext_lazy("audit", "created")
        CHANGED = "changed", pgettext_lazy("audit", "changed")
        REMOVED = "removed", pgettext_lazy("audit", "removed")

    at = models.DateTimeField(default=timezone.now, editable=False, db_index=True)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=7, choices=Action.choices)
    kind = models.CharField(max_length=60)  # "tickets.queue"
    object_id = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["kind", "object_id", "-at"], name="config_change_object")]

    def __str__(self) -> str:
        return f"{self.kind} {self.label} {self.action}"

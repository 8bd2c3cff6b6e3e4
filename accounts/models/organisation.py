"""Organisations, who is in them and what such a member may do there."""

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.person import User
from accounts.plain import plain, words_of


class Organisation(models.Model):
    name = models.CharField(_("name"), max_length=200, unique=True)
    notes = models.TextField(_("notes"), blank=True)
    is_vip = models.BooleanField(_("VIP"), default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(plain("name"), "id", name="organisation_by_name"),
            GinIndex(words_of("name"), name="organisation_words"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person in an organisation; `sees_all` opens the organisation's requests, else only one's own are seen."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    is_primary = models.BooleanField(default=True)
    sees_all = models.BooleanField(_("sees all requests of the organisation"), default=False)
    # Invites and removes people of the organisation, and says who sees all requests.
    is_manager = models.BooleanField(_("manages the people of the organisation"), default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["user", "organisation"], name="one_membership_each"),
            models.UniqueConstraint(
                fields=["user"], condition=models.Q(is_primary=True), name="one_primary_organisation"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.organisation}"


class OrganisationDomain(models.Model):
    """Whoever has confirmed an address of this domain becomes a member (accounts/domains.py)."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(_("domain"), max_length=253, unique=True)
    # What such members see: the requests of the whole organisation, or their own.
    sees_all = models.BooleanField(_("sees all requests of the organisation"), default=False)

    class Meta:
        ordering: ClassVar = ["domain"]

    def __str__(self) -> str:
        return self.domain


class MemberInvitation(models.Model):
    """Somebody at this address may become a member. The link is in the mail alone; here is a digest of it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="invitations")
    address = models.EmailField(max_length=254)  # normalised: core.text.normalise_address
    name = models.CharField(_("name"), max_length=150, blank=True)
    sees_all = models.BooleanField(_("sees all requests of the organisation"), default=False)
    # Whose portal the link leads to.
    brand = models.ForeignKey("accounts.Brand", on_delete=models.SET_NULL, null=True, related_name="+")
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(default=timezone.now)
    # Empty until the mail is written: only then is there a link.
    digest = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organisation", "address"],
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
                name="one_open_invitation_each",
            ),
            models.UniqueConstraint(fields=["digest"], condition=~models.Q(digest=""), name="one_invitation_per_link"),
        ]

    def __str__(self) -> str:
        return self.address

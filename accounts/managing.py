"""What a manager of an organisation may do with its people: invite them, say what they see, let them go.

A manager learns nothing about people of other organisations: an invitation looks the same whether the address is known
or not, and somebody who is known joins by his own click.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from secrets import token_urlsafe

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import note_change
from accounts.domains import add_member, confirm_address
from accounts.models import Brand, EmailAddress, MemberInvitation, Membership, Organisation, User
from accounts.people import create_person, person_with_address
from core.links import join
from core.text import clean_line, normalise_address

MOST_OPEN = 100


@dataclass(frozen=True)
class Guest:
    """Whom a manager invites."""

    address: str
    name: str = ""
    sees_all: bool = False


def organisations_of_manager(user: User) -> QuerySet[Organisation]:
    """Those whose people `user` manages: the one rule."""
    if not user.is_active:
        return Organisation.objects.none()
    managed = Membership.objects.filter(user=user, is_manager=True).values("organisation")
    return Organisation.objects.filter(pk__in=managed).order_by("name")


def open_invitations(organisation: Organisation) -> QuerySet[MemberInvitation]:
    waiting = organisation.invitations.filter(accepted_at__isnull=True, revoked_at__isnull=True)
    return waiting.select_related("invited_by").order_by("-invited_at", "-pk")


def invite(guest: Guest, organisation: Organisation, *, brand: Brand, by: User) -> MemberInvitation:
    """Let somebody join; inviting again sends a new link, and the one before is dead. The door sends the letter.

    Raises `ValidationError` when there are too many open ones, or when the address is a member's already.
    """
    address = normalise_address(guest.address)
    with transaction.atomic():
        Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
        if EmailAddress.objects.filter(address=address, user__memberships__organisation=organisation).exists():
            raise ValidationError({"address": _("Somebody with this address belongs to the organisation already.")})
        waiting = open_invitations(organisation)
        if waiting.exclude(address=address).count() >= MOST_OPEN:
            raise ValidationError(_("Too many invitations are open. Withdraw some first."))
        invitation = waiting.filter(address=address).first()
        if invitation is None:
            invitation = MemberInvitation(organisation=organisation, address=address)
        invitation.name, invitation.sees_all = clean_line(guest.name, 150), guest.sees_all
        invitation.brand, invitation.invited_by, invitation.digest = brand, by, ""
        invitation.invited_at = timezone.now()
        invitation.expires_at = invitation.invited_at + timedelta(days=settings.INVITATION_DAYS)
        invitation.save()
        note_change(organisation, before={"invited": []}, after={"invited": [address]}, by=by)
    return invitation


def revoke(invitation: MemberInvitation, *, by: User) -> None:
    """The link stops working; leaves alone what was accepted or revoked meanwhile."""
    with transaction.atomic():
        invitation = MemberInvitation.objects.select_for_update(of=("self",)).get(pk=invitation.pk)
        if invitation.accepted_at or invitation.revoked_at:
            return
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        note_change(invitation.organisation, before={"invited": [invitation.address]}, after={"invited": []}, by=by)


def renew_link(invitation: MemberInvitation) -> str:
    """A link for the letter that is being written; only its digest stays, and every earlier one is dead."""
    token = token_urlsafe(32)
    MemberInvitation.objects.filter(pk=invitation.pk).update(digest=_digest(token))
    return join(token, host=invitation.brand.host if invitation.brand else "")


def invitation_with(token: str) -> MemberInvitation | None:
    """None when there is no such link, or it was used, revoked or is too old (an empty one never fits)."""
    if not token:
        return None
    found = MemberInvitation.objects.select_related("organisation", "brand")
    open_now = {"accepted_at__isnull": True, "revoked_at__isnull": True, "expires_at__gt": timezone.now()}
    return found.filter(digest=_digest(token), **open_now).first()


def invited(invitation: MemberInvitation) -> User | None:
    """Who has the address already."""
    return person_with_address(invitation.address)


def join_as_known(token: str, *, person: User) -> Organisation | None:
    """Somebody who has an account with this address joins; None when the link is not good, or is somebody else's."""
    with transaction.atomic():
        invitation = _taken(token)
        if invitation is None or invited(invitation) != person or not person.is_active:
            return None
        _join(invitation, person)
    return invitation.organisation


def join_as_new(token: str, *, name: str, password: str) -> User | None:
    """Make an account (or give one that had no password yet its first one) and join; None when the link is not good."""
    with transaction.atomic():
        invitation = _taken(token)
        if invitation is None:
            return None
        person = invited(invitation)
        if person is None:
            person = create_person(
                email=invitation.address, name=clean_line(name, 150), password=password, is_customer=True
            )
        elif person.has_usable_password() or not person.is_active:
            return None
        else:
            person.set_password(password)
            person.save(update_fields=["password"])
        _join(invitation, person)
    return person


def change_member(membership: Membership, *, sees_all: bool, by: User) -> None:
    with transaction.atomic():
        membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
        if membership.sees_all == sees_all:
            return
        membership.sees_all = sees_all
        membership.save(update_fields=["sees_all"])
        email = membership.user.email
        note_change(
            membership.organisation,
            before={"people": {email: not sees_all}},
            after={"people": {email: sees_all}},
            by=by,
        )


def set_managers(organisation: Organisation, wanted: Mapping[int, bool], *, by: User) -> None:
    """Who of these people (by id) manages the others; only members do."""
    with transaction.atomic():
        members = Membership.objects.select_for_update(of=("self",)).select_related("user")
        found = list(members.filter(organisation=organisation, user__in=wanted).order_by("user__email"))
        before = [member.user.email for member in found if member.is_manager]
        for member in found:
            if member.is_manager != wanted[member.user_id]:
                member.is_manager = wanted[member.user_id]
                member.save(update_fields=["is_manager"])
        after = [member.user.email for member in found if member.is_manager]
        note_change(organisation, before={"managers": before}, after={"managers": after}, by=by)


def remove_member(membership: Membership, *, by: User) -> None:
    """The person leaves the organisation and keeps the account. Raises `ValidationError` for oneself."""
    if membership.user_id == by.pk:
        raise ValidationError(_("You cannot remove yourself. Ask a colleague, or us."))
    with transaction.atomic():
        person, organisation = membership.user, membership.organisation
        deleted, _rows = Membership.objects.filter(pk=membership.pk).delete()
        if deleted:
            before = {"people": {person.email: membership.sees_all}}
            note_change(organisation, before=before, after={"people": {}}, by=by)


def _taken(token: str) -> MemberInvitation | None:
    """Of two who click at once the second finds the link used."""
    found = invitation_with(token)
    if found is not None:
        MemberInvitation.objects.select_for_update(of=("self",)).get(pk=found.pk)
    return invitation_with(token)


def _join(invitation: MemberInvitation, person: User) -> None:
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    confirm_address(person, invitation.address)
    add_member(person, invitation.organisation, sees_all=invitation.sees_all, by=invitation.invited_by)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()

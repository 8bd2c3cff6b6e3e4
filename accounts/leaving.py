"""When somebody leaves or a device is lost: sessions end, the person cannot sign in any more."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.audit import note_change
from accounts.following import followers
from accounts.models import User


def sign_out_everywhere(person: User, *, by: User) -> None:
    """Every session of the person ends with its next request; the password stays."""
    with transaction.atomic():
        person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        before = person.signed_out_at
        person.signed_out_at = timezone.now()
        person.save(update_fields=["signed_out_at"])
        was, now = before.isoformat() if before else None, person.signed_out_at.isoformat()
        note_change(person, before={"signed_out": was}, after={"signed_out": now}, by=by)


def deactivate(person: User, *, by: User) -> None:
    """The person is out at once, and so are programs with their tokens. Raises `ValidationError` for oneself."""
    if person.pk == by.pk:
        raise ValidationError(_("You cannot deactivate yourself. Ask a colleague."))
    with transaction.atomic():
        person = User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if not person.is_active:
            return
        person.is_active = False
        person.save(update_fields=["is_active"])
        note_change(person, before={"is_active": True}, after={"is_active": False}, by=by)
        for follow in followers("PEOPLE_GONE"):
            follow(person, by)

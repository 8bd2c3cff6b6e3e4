"""Two rows for one person: who may be one, and what becomes of them.

The duplicate's addresses and memberships go over, its row stays for the history.
"""

from collections.abc import Mapping

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.audit import note_change
from accounts.finding import with_name
from accounts.models import EmailAddress, User

# Before the @ these say nothing of a person.
OF_NOBODY = {"admin", "contact", "hello", "help", "info", "mail", "me", "office", "sales", "service", "support", "team"}
SUGGESTED = 10
# What the survivor takes over where it has nothing itself.
FILLED_IN = ("phone", "language", "time_zone")
REASONS: Mapping[str, Promise] = {
    "itself": gettext_lazy("These two are the same person already."),
    "system": gettext_lazy("The system's own actors cannot be merged."),
    "agent": gettext_lazy("Colleagues cannot be merged. Ask an administrator."),
    "merged": gettext_lazy("One of them has just been merged with somebody else."),
}


class NotMergeable(ValueError):
    """These two cannot be one person; `code` is "itself", "system", "agent" or "merged"."""

    def __init__(self, code: str):
        super().__init__(code)
        self.code = code

    @property
    def text(self) -> str:
        return str(REASONS[self.code])


def likely_duplicates(person: User, among: QuerySet[User]) -> list[User]:
    """Those of `among` who may well be `person`: the same name, or the same words before the @."""
    ids: set[int] = set()
    others = among.exclude(pk=person.pk)
    if " " in person.name.strip():
        ids |= set(with_name(others, person.name).values_list("pk", flat=True)[:SUGGESTED])
    for address in person.addresses.values_list("address", flat=True)[:SUGGESTED]:
        local = address.partition("@")[0]
        if len(local) > 3 and local not in OF_NOBODY:
            alike = EmailAddress.objects.filter(address__startswith=f"{local}@").exclude(user=person)
            ids |= set(alike.values_list("user_id", flat=True)[:SUGGESTED])
    return list(others.filter(pk__in=ids).order_by("name", "pk")[:SUGGESTED])


def absorb(duplicate: User, into: User, *, by: User) -> None:
    """`duplicate` is `into`: mail from its addresses comes from `into` now, and nobody signs in as it any more.

    Raises `NotMergeable`. What it had asked for is moved by tickets/actions/people.py.
    """
    with transaction.atomic():
        rows = User.objects.select_for_update(of=("self",), no_key=True).in_bulk(sorted({duplicate.pk, into.pk}))
        duplicate, into = rows[duplicate.pk], rows[into.pk]
        _refuse_impossible(duplicate, into)
        addresses = sorted(duplicate.addresses.values_list("address", flat=True))
        _fill_in(into, duplicate)
        duplicate.addresses.update(user=into)
        _move_memberships(duplicate, into)
        duplicate.api_tokens.all().delete()
        duplicate.merged_into, duplicate.is_active = into, False
        duplicate.set_unusable_password()
        duplicate.save(update_fields=["merged_into", "is_active", "password"])
        note_change(duplicate, before={}, after={"merged_into": str(into), "addresses": addresses}, by=by)
        note_change(into, before={}, after={"merged": str(duplicate), "addresses": addresses}, by=by)


def _fill_in(into: User, duplicate: User) -> None:
    """What was known of the duplicate alone; notes of both stay."""
    for name in FILLED_IN:
        setattr(into, name, getattr(into, name) or getattr(duplicate, name))
    into.is_vip, into.is_customer = into.is_vip or duplicate.is_vip, into.is_customer or duplicate.is_customer
    into.notes = "\n\n".join(filter(None, (into.notes.strip(), duplicate.notes.strip())))
    into.save(update_fields=[*FILLED_IN, "is_vip", "is_customer", "notes"])


def _refuse_impossible(duplicate: User, into: User) -> None:
    if duplicate.pk == into.pk:
        raise NotMergeable("itself")
    if duplicate.is_system or into.is_system:
        raise NotMergeable("system")
    if duplicate.is_agent or duplicate.is_administrator:
        raise NotMergeable("agent")
    if duplicate.merged_into_id or into.merged_into_id:
        raise NotMergeable("merged")


def _move_memberships(duplicate: User, into: User) -> None:
    known = set(into.memberships.values_list("organisation", flat=True))
    has_primary = into.memberships.filter(is_primary=True).exists()
    for membership in duplicate.memberships.all():
        if membership.organisation_id in known:
            membership.delete()
        else:
            membership.user = into
            membership.is_primary = membership.is_primary and not has_primary
            membership.save(update_fields=["user", "is_primary"])

"""Our own addresses: which queue a recipient means, and from which address a queue writes."""

import re
from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.audit import save_audited
from accounts.models import User
from core.memo import remembered
from core.text import clean_line, normalise_address
from mail.models import Address
from tickets.models import Queue

_PLUS_WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")


def address_for(recipients: Iterable[str]) -> Address | None:
    """The first of our active addresses among `recipients`, in their order."""
    wanted = [normalise_address(recipient) for recipient in recipients]
    if len(wanted) == 1:
        return _active(wanted[0])
    both = [*wanted, *(_plain(address)[0] for address in wanted)]
    ours = {a.address: a for a in Address.objects.filter(is_active=True, address__in=both).select_related("queue")}
    return next((found for address in wanted if (found := ours.get(address) or ours.get(_plain(address)[0]))), None)


@remembered
def _active(address: str) -> Address | None:
    ours = Address.objects.filter(is_active=True).select_related("queue")
    plain, word = _plain(address)
    return ours.filter(address=address).first() or (ours.filter(address=plain).first() if word else None)


def plus_words(recipients: Iterable[str]) -> list[str]:
    """The words behind a "+" of our own addresses: `support+hardware@` is `support@` with the word "hardware".

    Only plain words; what else somebody has put there, such as a token, says nothing.
    """
    pairs = [_plain(normalise_address(recipient)) for recipient in recipients]
    ours = _all_of_ours() if any(word for _plain_address, word in pairs) else frozenset()
    return list(dict.fromkeys(word for address, word in pairs if address in ours and _PLUS_WORD.fullmatch(word)))


def _plain(address: str) -> tuple[str, str]:
    """An address without what stands behind a "+" (RFC 5233), and that."""
    local, _at, domain = address.rpartition("@")
    name, plus, word = local.partition("+")
    return (f"{name}@{domain}", word) if plus and name else (address, "")


def by_queue(recipients: Sequence[str]) -> list[tuple[str, ...]]:
    """`recipients` in groups: those that lead to the same queue together, and those that are not ours as one."""
    if len(recipients) == 1:
        return [tuple(recipients)]
    queues = dict(Address.objects.filter(is_active=True).values_list("address", "queue"))
    groups: dict[int | None, list[str]] = {}
    for recipient in recipients:
        address = normalise_address(recipient)
        queue = queues.get(address) or queues.get(_plain(address)[0])
        groups.setdefault(queue, []).append(recipient)
    return [tuple(group) for group in groups.values()]


def is_ours(address: str) -> bool:
    address = normalise_address(address)
    return not _all_of_ours().isdisjoint((address, _plain(address)[0]))


def ours_among(addresses: Iterable[str]) -> set[str]:
    """Those of these that are ours, in normal form; asks once, and nothing when there are none."""
    wanted = {normalise_address(address) for address in addresses}
    ours = _all_of_ours() if wanted else frozenset()
    return {address for address in wanted if not ours.isdisjoint((address, _plain(address)[0]))}


@remembered
def _all_of_ours() -> frozenset[str]:
    return frozenset(Address.objects.values_list("address", flat=True))


@remembered
def sender_for(queue: Queue) -> Address | None:
    """The address a queue writes from: its own, else that of its brand, else that of the nearest queue above, else any
    of ours. What is not its own it writes from under the name of its brand."""
    brand, near = queue.brand, queue.line
    found = {a.queue_id: a for a in Address.objects.filter(is_active=True, queue__in=near).order_by("-id")}
    if queue.pk in found:
        return found[queue.pk]
    of_brand = Address.objects.filter(is_active=True, address=brand.sender_address).first() if brand else None
    above = next((found[queue_id] for queue_id in near if queue_id in found), None)
    address = of_brand or above or Address.objects.filter(is_active=True).order_by("id").first()
    if address and brand:
        address.name = brand.sender_name or brand.name
    return address


def save_address(address: Address, *, by: User) -> Address:
    """Save a new or changed address of a queue; mail to it arrives there from the next message on.

    Raises `ValidationError` when it is no address or when another queue has it.
    """
    address.address = check_address(address.address, known=address.pk)
    address.name = clean_line(address.name, 100)
    save_audited(address, by=by)
    return address


def check_address(text: str, *, known: int | None = None) -> str:
    """The address in normal form. Raises `ValidationError` that says what is wrong and what may have been meant."""
    text = text.strip()
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValidationError(_what_is_wrong(text)) from error
    address = normalise_address(text)
    taken = Address.objects.filter(address=address).select_related("queue").first()
    if taken and taken.pk != known:
        words = {"address": address, "queue": taken.queue.path}
        raise ValidationError(_("%(address)s already belongs to the queue %(queue)s.") % words)
    return address


def _what_is_wrong(text: str) -> str:
    meant = re.sub(r"\s+", "", text).replace(",", ".")
    try:
        validate_email(meant)
    except ValidationError:
        meant = ""
    if "," in text and meant:
        return _("An address cannot contain a comma. Did you mean %(address)s?") % {"address": meant}
    if "," in text:
        return _("An address cannot contain a comma. Write each address in a row of its own.")
    if re.search(r"\s", text) and meant:
        return _("An address cannot contain a space. Did you mean %(address)s?") % {"address": meant}
    if re.search(r"\s", text):
        return _("An address cannot contain a space.")
    return _("This is not an email address. It looks like support@example.com.")

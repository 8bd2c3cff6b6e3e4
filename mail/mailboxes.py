"""Which of our mailboxes a message came into: an account, an address of ours, or whatever a pipe brings.

The ledger counts by these keys, and a key outlives what it names: "account:3", "support@example.com", "".
"""

from collections.abc import Iterable, Sequence

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.text import normalise_address
from mail.accounts import save_account
from mail.addressing import address_for, is_ours, save_address
from mail.models import Account, Address

ACCOUNT = "account:"
NOBODYS = gettext_lazy("No address of ours")


def mailbox_key(account: Account | None, recipients: Sequence[str]) -> str:
    """The account, else the first recipient that is an address of ours, else nothing."""
    if account is not None:
        return f"{ACCOUNT}{account.pk}"
    address = address_for(recipients) if recipients else None
    return address.address[:320] if address else ""


def mailbox_names(keys: Iterable[str]) -> dict[str, str]:
    """What people call them."""
    names = {f"{ACCOUNT}{pk}": name for pk, name in Account.objects.values_list("pk", "name")}
    return {key: names.get(key) or _name(key) for key in keys}


def mailbox_choices() -> list[tuple[str, str]]:
    """All that mail can come into now: accounts, then addresses."""
    accounts = [(f"{ACCOUNT}{pk}", name) for pk, name in Account.objects.order_by("name").values_list("pk", "name")]
    addresses = Address.objects.order_by("address").values_list("address", flat=True)
    return [*accounts, *((normalise_address(address), address) for address in addresses)]


def unknown_address(account: Account) -> str:
    """The mailbox's own address, as far as its user name is one, while it is none of ours: mail to it would go to the
    queue of another address, be answered from there, and be sent to us as a copy. Else empty."""
    try:
        validate_email(account.username)
    except ValidationError:
        return ""
    address = normalise_address(account.username)
    return "" if is_ours(address) else address


def save_with_address(account: Account, address: Address, *, by: User) -> Account:
    """Save an account together with its address, which is ours from now on. Raises `ValidationError`."""
    with transaction.atomic():
        save_account(account, by=by)
        save_address(address, by=by)
    return account


def _name(key: str) -> str:
    if key.startswith(ACCOUNT):
        return _("a mailbox that is gone")
    return key or str(NOBODYS)

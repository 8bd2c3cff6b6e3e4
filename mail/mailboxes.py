"""Which of our mailboxes a message came into: an account, an address of ours, or whatever a pipe brings.

The ledger counts by these keys, and a key outlives what it names: "account:3", "support@example.com", "".
"""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.text import normalise_address
from mail.addressing import address_for
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


def _name(key: str) -> str:
    if key.startswith(ACCOUNT):
        return _("a mailbox that is gone")
    return key or str(NOBODYS)

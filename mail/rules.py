"""The house's own figures about mail: one row, made when somebody changes it; until then the stock ones hold."""

from collections.abc import Iterable

from accounts.audit import save_audited
from accounts.models import User
from core.memo import remembered
from core.text import normalise_address
from mail.models import MailRules

# There is one row, so that two who save at once cannot make two.
ONLY = 1


@remembered
def rules() -> MailRules:
    return MailRules.objects.order_by("pk").first() or MailRules()


def save_rules(changed: MailRules, *, by: User) -> MailRules:
    changed.pk = changed.pk or ONLY
    save_audited(changed, by=by)
    return changed


def lists(text: str, address: str) -> bool:
    """Whether `address` stands in a text with an address or a domain per line."""
    known = {_entry(line) for line in text.splitlines()} - {""}
    normal = normalise_address(address)
    return any(name in known for name in _names(normal))


def _names(address: str) -> Iterable[str]:
    """The address, its domain, and the domains above that one."""
    yield address
    parts = address.rpartition("@")[2].split(".")
    yield from (".".join(parts[start:]) for start in range(len(parts) - 1))


def _entry(line: str) -> str:
    line = line.strip().lstrip("@*.").lower()
    return normalise_address(line) if "@" in line else line

"""What a visit must know of a folder or maildrop, whatever protocol its server speaks."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, Self, TypeVar

from mail.models import Account

Key = TypeVar("Key", int, str)
Asked = TypeVar("Asked", int, str, contravariant=True)


class NotStored(Exception):
    """The message is there, but we could not keep it: our disk or our database."""


class TooLarge(Exception):
    """The message is larger than its server had said, and than one may be here."""


@dataclass(frozen=True)
class Facts:
    """How many bytes a message has, and when it arrived on its server where that can be known."""

    size: int
    arrived_at: datetime | None = None


class Box(Protocol, Generic[Asked]):
    """Messages under keys that stay theirs (UIDs, or the words of UIDL). A context manager: connected within it."""

    account: Account
    source: str
    place: str

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: Any) -> None: ...

    def reopen(self) -> None:
        """A new connection to the same box, after the old one can no longer be trusted."""

    def scope(self) -> dict[str, Any]:
        """What in the ledger, beside the account, its messages have in common."""

    def name_of(self, key: Asked) -> dict[str, Any]:
        """What in the ledger names one of them."""

    def facts(self, key: Asked) -> Facts | None:
        """None when the message is gone for good."""

    def sizes(self, keys: Sequence[Asked]) -> Mapping[Any, int]:
        """Bytes of those that are there, by key; in one question."""

    def download(self, key: Asked, facts: Facts, *, limit: int, on_time: Callable[[], None]) -> bytes | None:
        """The message; None when it is gone. Calls `on_time` now and then, which raises when time is up."""

    def settle(self, keys: Sequence[Asked]) -> None:
        """Do with stored messages what the account wants."""

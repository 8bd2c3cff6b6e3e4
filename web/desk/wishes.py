"""What somebody wants to see of a conversation."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from tickets.models import Attachment

# What of the conversation is shown, by the word in the address.
KINDS = {
    "public": Q(visible_to_customer=True),
    "internal": Q(visible_to_customer=False),
    "files": Exists(Attachment.objects.filter(article=OuterRef("pk"), is_inline=False)),
}


@dataclass(frozen=True)
class Wish:
    """What somebody wants to see of a conversation: which messages, and whether what was done is told between them."""

    kind: str = ""
    events: bool = True
    # A message at which reading starts, if it is among the newest.
    at: int | None = None

    @property
    def query(self) -> str:
        """As it stands in an address, to be followed by more."""
        words = [f"show={self.kind}"] if self.kind else []
        return "&".join([*words, *([] if self.events else ["events=off"])])

    def address(self, *, kind: str | None = None, events: bool | None = None) -> str:
        """The address of the same page with another wish."""
        wish = Wish(self.kind if kind is None else kind, self.events if events is None else events)
        return f"?{wish.query}"

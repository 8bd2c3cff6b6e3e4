"""Whether a text speaks of a file that should go with it, in the languages of the interface. Pure."""

import re

from core.text import fold

# Somebody else's file, or none: "your attachment", "kein Anhang".
_NOT_OURS = (
    r"your|their|his|her|no|without|any|"
    r"ihr\w*|dein\w*|eu(?:er|re)\w*|kein\w*|ohne|"
    r"su|sus|tu|tus|vuestro|ningun|sin|"
    r"seu|seus|teu|teus|nenhum|sem"
)
# Without accents and capitals, as `fold` leaves them.
_MENTIONS = (
    r"attached|attaching|attachments?|(?:i|we) attach|enclosed|"
    r"angehangt\w*|anhang(?:e|en|s)?|beigefugt\w*|beigelegt\w*|anbei|(?:in der|als) anlage|"
    r"adjunt(?:o|a|os|as|amos|e|are|ado|ada|ados|adas)|"
    r"anex(?:o|a|os|as|ei|amos|ado|ada|ados|adas)"
)
_MENTION = re.compile(rf"(?P<other>\b(?:{_NOT_OURS})\s+)?\b(?:{_MENTIONS})\b")
_PIECES = re.compile(r"(?<=[.!?])\s+|\n+")


def promised_file(text: str) -> str:
    """The first sentence or line that speaks of an attachment of the writer's own; empty when there is none.

    What is quoted was written by somebody else.
    """
    own = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return next((piece.strip() for piece in _PIECES.split(own) if _speaks(piece)), "")


def _speaks(piece: str) -> bool:
    return any(not found["other"] for found in _MENTION.finditer(fold(piece)))

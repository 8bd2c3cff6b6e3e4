"""Reading request bodies: JSON in UTF-8 and nothing else, of bounded size."""

import json
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from api.problems import TooLarge

# Files come as base64, which is a third larger: room for 25 MiB of them.
MAX_BODY = 36 * 1024 * 1024
# Of values that fit in so many bytes millions would be made, which costs more than the text itself (T71).
MOST_PARTS = 200_000


class JsonParser(BaseParser):
    """A `charset` beside the type is ignored: JSON is UTF-8 (RFC 8259)."""

    media_type = "application/json"

    def parse(self, stream, media_type: str | None = None, parser_context: dict | None = None) -> Any:
        raw = stream.read(MAX_BODY + 1)
        if len(raw) > MAX_BODY or is_crowded(raw):
            raise TooLarge
        try:
            return json.loads(raw.decode(), parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The request is no valid JSON.")) from error


def is_crowded(raw: bytes) -> bool:
    """Whether more values may stand in it than any request needs: counted before it is read."""
    return sum(map(raw.count, (b",", b"[", b"{"))) > MOST_PARTS


def _refuse(constant: str) -> None:
    """NaN and Infinity are no JSON, though Python would read them."""
    raise ValueError(constant)

"""Pictures of a page that are no `cid:` attachments become such: pasted in as `data:`, or named by their location.

Otherwise they would be dropped by the cleaning, and a customer's screenshot with them, or bloat the stored HTML.
"""

import hashlib
import re
from collections.abc import Mapping

from mail.parsing.content import base64_bytes
from mail.parsing.model import Attachment

MAX_PICTURES = 50

_EXTENSIONS = {"png": "png", "jpeg": "jpg", "jpg": "jpg", "gif": "gif", "webp": "webp"}
_SOURCE = re.compile(r"""(?i)(\bsrc\s{0,3}=\s{0,3})(["'])([^"'<>]{1,500})\2""")
_PASTED = re.compile(r"""(?i)\bsrc\s{0,3}=\s{0,3}(["'])data:image/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]*+)\1""")


def name_by_content_id(html: str, ids: Mapping[str, str]) -> str:
    """Pictures that the HTML names by their Content-Location (RFC 2557), named by their content ids instead."""

    def replace(match: re.Match[str]) -> str:
        content_id = ids.get(match[3].strip())
        return f"{match[1]}{match[2]}cid:{content_id}{match[2]}" if content_id else match[0]

    return _SOURCE.sub(replace, html)


def take_out_pictures(html: str) -> tuple[str, list[Attachment]]:
    """The HTML with `cid:` instead of the first pasted pictures, and these as attachments, the same one only once."""
    if "data:image/" not in html and "DATA:IMAGE/" not in html:
        return html, []
    found: dict[str, Attachment] = {}

    def replace(match: re.Match[str]) -> str:
        content = base64_bytes(match[3].encode("ascii", "ignore"))
        content_id = f"pasted-{hashlib.sha256(content).hexdigest()[:32]}"
        if content_id not in found and len(found) >= MAX_PICTURES:
            return match[0]
        extension = _EXTENSIONS[match[2].lower()]
        found.setdefault(
            content_id,
            Attachment(
                name=f"picture-{len(found) + 1}.{extension}",
                content_type=f"image/{'jpeg' if extension == 'jpg' else extension}",
                content=content,
                inline=True,
                content_id=content_id,
            ),
        )
        return f'src="cid:{content_id}"'

    return _PASTED.sub(replace, html), list(found.values())

"""Pictures that a mail program pasted into the HTML itself (`data:` addresses) become ordinary inline attachments.

Otherwise they would bloat the stored HTML and be dropped by the cleaning, and a customer's screenshot with them.
"""

import hashlib
import re

from mail.parsing.content import base64_bytes
from mail.parsing.model import Attachment

MAX_PICTURES = 50

_EXTENSIONS = {"png": "png", "jpeg": "jpg", "jpg": "jpg", "gif": "gif", "webp": "webp"}
_PASTED = re.compile(r"""(?i)\bsrc\s{0,3}=\s{0,3}(["'])data:image/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]*+)\1""")


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

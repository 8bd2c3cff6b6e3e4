"""What strangers send: letters with everything in them that a mail may hold, good and hostile."""

import base64
from email.message import EmailMessage

from tests.core.xss import PAYLOADS
from tests.journey.installation import write

# 4 by 3 pixels, so that nobody mistakes the sign of a broken picture for it.
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAQAAAADCAIAAAA7ljmRAAAAEklEQVR42mN4YOGBjBhQ+UgIAJnuD7XdcuAXAAAAAElFTkSuQmCC"
)
BILL = b"%PDF-1.4\n% the bill of a pedal\n"
ATTACKS = (
    "<script>alert(1)</script><img src=x onerror=alert(1)><svg onload=alert(1)></svg>"
    "<img src=https://canary.example/seen.png><a href='javascript:alert(1)'>a gift</a>"
    "<link rel=stylesheet href=https://canary.example/x.css><p style='position:fixed;inset:0'>on top</p>"
)
# Ends whatever the payload before it has opened, so that each one stands on its own.
_OPEN = (
    "script", "style", "textarea", "title", "noscript", "noembed", "noframes", "xmp", "iframe", "select", "template",
    "svg", "math", "table",
)  # fmt: skip
END = "'\">-->]]>" + "".join(f"</{name}>" for name in _OPEN)


def with_everything(sender: str, recipient: str, subject: str) -> EmailMessage:
    """Plain and HTML, a picture in the text, a file beside it, and attacks in every place."""
    letter = write(
        f'"Nia <i>Okoro</i>" <{sender}>', recipient, f"{subject} <img src=x onerror=alert(1)>", "It squeaks.\n"
    )
    letter.add_alternative(
        f"<p>It <b>squeaks</b>.</p>{ATTACKS}<p><img src='cid:pedal' alt='The pedal'></p>", subtype="html"
    )
    letter.get_payload()[1].add_related(PICTURE, "image", "png", cid="<pedal>")
    letter.add_attachment(
        BILL, maintype="application", subtype="pdf", filename='bill"><img src=x onerror=alert(1)>.pdf'
    )
    return letter


def with_all_attacks(sender: str, recipient: str, subject: str) -> EmailMessage:
    """The whole corpus in one letter; after each payload its number, by which one sees how far the reader gets."""
    letter = write(sender, recipient, subject, "See the other part.")
    pieces = (f"{payload}{END}<p><b>No. {number}.</b></p>\n" for number, payload in enumerate(PAYLOADS))
    letter.add_alternative("".join(pieces), subtype="html")
    return letter

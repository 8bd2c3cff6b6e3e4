"""Raw messages for tests, written as a mail program would."""

from email.message import EmailMessage
from email.utils import make_msgid

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360f8cf"
    "c0000003010100c9fe92ef0000000049454e44ae426082"
)


def mail(
    text: str = "The printer on the second floor hums and stops.",
    *,
    subject: str | None = "Printer does not print",
    sender: str = "Dana Miller <dana@acme.example>",
    to: str = "support@demo.example",
    message_id: str = "",
    **headers: str,
) -> EmailMessage:
    """An ordinary mail; further headers by name with underscores (`in_reply_to=...`)."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Date"] = "Tue, 17 Nov 2026 09:12:00 +0100"
    message["Message-ID"] = message_id or make_msgid(domain="acme.example")
    if subject is not None:
        message["Subject"] = subject
    for name, value in headers.items():
        message[name.replace("_", "-").title()] = value
    message.set_content(text)
    return message


def raw(message: EmailMessage) -> bytes:
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


def raw_mail(*arguments, **headers) -> bytes:
    return raw(mail(*arguments, **headers))


def lines(*written: str, body: str = "Hello") -> bytes:
    """A message exactly as written, header by header."""
    return "\r\n".join([*written, "", body, ""]).encode()

"""The stock texts of automatic mail: Liquid, translated by the catalogues, in the customer's language.

They never repeat what the sender wrote, so that nobody can send words of his choice through us (T31).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from core.liquid import render


@dataclass(frozen=True)
class Text:
    subject: str | Promise
    body: str | Promise


RECEIPT = Text(
    _("We have received your request"),
    _(
        "Hello,\n"
        "\n"
        "we have received your message and opened request {{ number }} for it. Somebody will read it and answer "
        "you. If you want to add something, just reply to this email.\n"
        "\n"
        "{% if invitation %}"
        "You can also follow your request on the web. Choose a password here first, the link works for "
        "{{ days }} days:\n"
        "{{ invitation }}\n"
        "{% else %}"
        "You can also follow your request on the web:\n"
        "{{ link }}\n"
        "{% endif %}"
    ),
)
REFUSED = Text(
    _("Your request is closed"),
    _(
        "Hello,\n"
        "\n"
        "request {{ number }} is closed and takes no further messages. Please write a new email if you still "
        "need help; do not reply to this one.\n"
    ),
)
PASSWORD_RESET = Text(
    _("Choose a new password"),
    _(
        "Hello,\n"
        "\n"
        "somebody asked for a new password for your account at {{ site }}. If that was you, choose one here. The "
        "link works once and for {{ minutes }} minutes:\n"
        "{{ link }}\n"
        "\n"
        "If it was not you, there is nothing to do. Your password stays as it is.\n"
    ),
)


def fill(text: Text, language: str, **values: object) -> tuple[str, str]:
    """Subject and body in `language`."""
    with override(language):
        return str(text.subject), render(str(text.body), values)

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
FOLLOW_UP = Text(
    _("We have received your message"),
    _(
        "Hello,\n"
        "\n"
        "your message has been added to request {{ number }}. Somebody will read it and answer you.\n"
        "\n"
        "You can also follow your request on the web:\n"
        "{{ link }}\n"
    ),
)
CONTINUED = Text(
    _("We have received your request"),
    _(
        "Hello,\n"
        "\n"
        "your earlier request is closed, so we have opened request {{ number }} for your message. Somebody will read "
        "it and answer you. If you want to add something, just reply to this email.\n"
        "\n"
        "You can also follow your request on the web:\n"
        "{{ link }}\n"
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
IN_COPY = Text(
    _("You are in copy of a request"),
    _(
        "Hello,\n"
        "\n"
        "{% if who %}{{ who }} has put you in copy of request {{ number }}.{% else %}we have put you in copy of "
        "request {{ number }}.{% endif %} You get our answers too, and can read everything that was said here:\n"
        "{{ link }}\n"
        "\n"
        "If you want to add something, just reply to this email. If this does not concern you, open the request and "
        "choose “Leave”.\n"
    ),
)
REGISTRATION = Text(
    _("Confirm your email address"),
    _(
        "Hello,\n"
        "\n"
        "somebody wants to open an account at {{ site }} with this address. If that was you, go on here. The link "
        "works once and for {{ minutes }} minutes:\n"
        "{{ link }}\n"
        "\n"
        "If it was not you, there is nothing to do: there is no account without this link.\n"
    ),
)
REGISTERED_ALREADY = Text(
    _("You have an account already"),
    _(
        "Hello,\n"
        "\n"
        "somebody wants to open an account at {{ site }} with this address, but you have one. If that was you, just "
        "sign in, or choose a new password if you have forgotten yours:\n"
        "{{ link }}\n"
        "\n"
        "If it was not you, there is nothing to do.\n"
    ),
)
FIRST_PASSWORD = Text(
    _("Choose a password"),
    _(
        "Hello,\n"
        "\n"
        "somebody wants to open an account at {{ site }} with this address. We know it from requests that you sent "
        "by email, so all you need is a password. The link works once and for {{ days }} days:\n"
        "{{ link }}\n"
        "\n"
        "If it was not you, there is nothing to do.\n"
    ),
)
INVITATION = Text(
    _("You are invited"),
    _(
        "Hello,\n"
        "\n"
        "at {{ site }} you can send requests and follow them. All you need is a password. The link works once and for "
        "{{ days }} days:\n"
        "{{ link }}\n"
        "\n"
        "If this does not concern you, there is nothing to do.\n"
    ),
)
MEMBERSHIP = Text(
    _("You are invited"),
    _(
        "Hello,\n"
        "\n"
        "{{ who }} invites you to {{ organisation }} at {{ site }}. There you can send requests and follow them. The "
        "link works once and for {{ days }} days:\n"
        "{{ link }}\n"
        "\n"
        "If this does not concern you, there is nothing to do.\n"
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

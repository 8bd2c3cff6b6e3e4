"""The mails of notices as texts: what each says as long as administrators have written nothing, and what may be filled
in. One for each occasion, and those that tell of many tickets at one go."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from automation.notices.occasions import OCCASIONS, Audience, Text
from mail import texts

AGENTS = texts.Text(
    _("{{ notice }}: {{ ticket.title }}"),
    _(
        "{% for each in events %}"
        "{{ each.at }}: {{ each.what }}\n"
        "{% endfor %}"
        "{% if message %}"
        "\n"
        "{{ message }}\n"
        "{% endif %}"
        "\n"
        "Ticket: #{{ ticket.number }} {{ ticket.title }}\n"
        "Queue: {{ ticket.queue }}\n"
        "Customer: {{ customer.name }}\n"
        "Status: {{ ticket.state }}\n"
        "\n"
        "{{ link }}\n"
        "\n"
        "{{ reason }} What you hear of is up to you:\n"
        "{{ settings }}\n"
    ),
)
CUSTOMERS = texts.Text(
    _("{{ notice }}: {{ ticket.title }}"),
    _(
        "Hello {{ person.name }},\n"
        "\n"
        "there is news on request {{ ticket.number }}: {{ notice }}.\n"
        "\n"
        "You can read it on the web:\n"
        "{{ link }}\n"
        "\n"
        "{{ reason }} What you hear of is up to you:\n"
        "{{ settings }}\n"
    ),
)
# What placeholders may say, with an example each.
FOR_AGENTS: Mapping[str, str] = {
    "notice": "The customer writes",
    "reason": "You get this because you own the ticket.",
    "message": "It hums, blinks twice and then stops.",
    "ticket.number": "48213",
    "ticket.title": "Printer hums",
    "ticket.queue": "Support › Hardware",
    "ticket.state": "open",
    "ticket.priority": "3 normal",
    "ticket.type": "Incident",
    "ticket.service": "New laptop",
    "ticket.owner": "Bea Costa",
    "ticket.responsible": "Carlos Díaz",
    "customer.name": "Dana Miller",
    "customer.email": "dana@acme.example",
    "customer.organisation": "Acme",
    "person.name": "Bea Costa",
    "person.first_name": "Bea",
    "link": "https://help.example.com/desk/tickets/48213/",
    "settings": "https://help.example.com/profile/notices/",
    "site": "Helpdesk",
}
FOR_CUSTOMERS: Mapping[str, str] = {
    "notice": "A request is closed",
    "reason": "You get this because it is your request.",
    "ticket.number": "48213",
    "ticket.title": "Printer hums",
    "person.name": "Dana Miller",
    "person.first_name": "Dana",
    "link": "https://help.example.com/requests/48213/",
    "settings": "https://help.example.com/profile/notices/",
    "site": "Helpdesk",
}
MANY_FOR_AGENTS = texts.Text(
    _("{{ notice }}: {{ how_many }}"),
    _(
        "{% for each in tickets %}"
        "#{{ each.number }} {{ each.title }}\n"
        "{{ each.what }}\n"
        "{{ each.link }}\n"
        "\n"
        "{% endfor %}"
        "{% if more %}"
        "{{ more }}\n"
        "\n"
        "{% endif %}"
        "{{ reason }} What you hear of is up to you:\n"
        "{{ settings }}\n"
    ),
)
MANY_FOR_CUSTOMERS = texts.Text(
    _("{{ notice }}: {{ how_many }}"),
    _(
        "Hello {{ person.name }},\n"
        "\n"
        "there is news on {{ how_many }}: {{ notice }}.\n"
        "\n"
        "{% for each in tickets %}"
        "{{ each.number }} {{ each.title }}\n"
        "{{ each.link }}\n"
        "\n"
        "{% endfor %}"
        "{% if more %}"
        "{{ more }}\n"
        "\n"
        "{% endif %}"
        "{{ reason }} What you hear of is up to you:\n"
        "{{ settings }}\n"
    ),
)
_SHARED: Mapping[str, str] = {
    "more": "And 12 more.",
    "settings": "https://help.example.com/profile/notices/",
    "site": "Helpdesk",
}
FOR_AGENTS_OF_MANY: Mapping[str, str] = {
    "notice": "New status",
    "how_many": "7 tickets",
    "number": "7",
    "reason": "You get this because you own the ticket.",
    "person.name": "Bea Costa",
    "person.first_name": "Bea",
    **_SHARED,
}
FOR_CUSTOMERS_OF_MANY: Mapping[str, str] = {
    "notice": "Request closed",
    "how_many": "7 requests",
    "number": "7",
    "reason": "You get this because it is your request.",
    "person.name": "Dana Miller",
    "person.first_name": "Dana",
    **_SHARED,
}


@dataclass(frozen=True)
class Wording:
    """One mail that may be worded otherwise (`NoticeText`, by `key`). `loop` shows how a text goes through what there
    may be several of; "" where there is nothing of that kind."""

    key: str
    label: Text
    about: Text
    audience: Audience
    stock: texts.Text
    placeholders: Mapping[str, str]
    loop: str = ""


MANY, MANY_REQUESTS = "many", "many_requests"
OF_MANY = {Audience.AGENTS: MANY, Audience.CUSTOMERS: MANY_REQUESTS}
_EVENTS = "{% for each in events %}{{ each.at }}: {{ each.what }}{% endfor %}"
_TICKETS = "{% for each in tickets %}#{{ each.number }} {{ each.title }}: {{ each.what }} {{ each.link }}{% endfor %}"
_REQUESTS = "{% for each in tickets %}{{ each.number }} {{ each.title }}: {{ each.link }}{% endfor %}"


def _of_occasions() -> dict[str, Wording]:
    return {
        key: Wording(key, one.label, one.about, one.audience, AGENTS, FOR_AGENTS, _EVENTS)
        if one.audience == Audience.AGENTS
        else Wording(key, one.label, one.about, one.audience, CUSTOMERS, FOR_CUSTOMERS)
        for key, one in OCCASIONS.items()
    }


WORDINGS: Mapping[str, Wording] = {
    **_of_occasions(),
    MANY: Wording(
        MANY,
        _("Many tickets at one go, to agents"),
        _("A colleague, a schedule or a program has changed five tickets or more."),
        Audience.AGENTS,
        MANY_FOR_AGENTS,
        FOR_AGENTS_OF_MANY,
        _TICKETS,
    ),
    MANY_REQUESTS: Wording(
        MANY_REQUESTS,
        _("Many requests at one go, to customers"),
        _("Five requests of one customer or more were opened or closed together."),
        Audience.CUSTOMERS,
        MANY_FOR_CUSTOMERS,
        FOR_CUSTOMERS_OF_MANY,
        _REQUESTS,
    ),
}

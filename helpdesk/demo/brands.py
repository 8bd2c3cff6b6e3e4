"""The second brand of the demo, a bicycle maker, met under calden.localhost; and who may sign up and manage people."""

from collections.abc import Mapping

from django.contrib.auth.models import Group

from accounts.brands import default_brand, save_brand
from accounts.domains import save_domains, save_rules
from accounts.managing import set_managers
from accounts.models import Brand, DomainRule, Organisation, Registration, User
from mail.models import Address
from tickets.actions.queues import save_queue
from tickets.models import Queue
from tickets.rights import grant

# Browsers know every name below "localhost" as this very computer.
HOST = "calden.localhost"
GREETING = {
    "en": "How can we help you?",
    "de": "Wie können wir helfen?",
    "es": "¿En qué podemos ayudarle?",
    "pt": "Como podemos ajudar?",
}
INTRO = {
    "en": "Answers about your Calden bike, its battery and your order",
    "de": "Antworten rund um Ihr Calden-Rad, den Akku und Ihre Bestellung",
    "es": "Respuestas sobre su bicicleta Calden, la batería y su pedido",
    "pt": "Respostas sobre a sua bicicleta Calden, a bateria e a sua encomenda",
}


def add_brands(*, by: User) -> Queue:
    """The brand and its queue. Whoever is not refused may sign up at either brand."""
    calden = Brand(
        name="Calden Cycles",
        host=HOST,
        colour="#ad4522",
        accent="#a9762f",
        sender_name="Calden Cycles",
        sender_address="help@calden.example",
        language="en",
        greeting=GREETING,
        intro=INTRO,
        footer={"en": "Calden Cycles GmbH, Bremen"},
        website="https://calden.example/",
        privacy_url="https://calden.example/privacy",
        imprint_url="https://calden.example/imprint",
        registration=Registration.OPEN,
    )
    save_brand(calden, by=by)
    house = default_brand()
    house.registration = Registration.OPEN
    save_brand(house, by=by)
    save_rules(None, {DomainRule.Verdict.REFUSE: ["throwaway.example"]}, by=by)
    queue = save_queue(
        Queue(name="Calden", description="Everything about Calden bikes", signature="Calden Cycles", brand=calden),
        by=by,
    )
    Address.objects.create(address="help@calden.example", name="Calden Cycles", queue=queue)
    grant(Group.objects.get(name="Support team"), queue, "write")
    return queue


def add_managers(people: Mapping[str, User], *, by: User) -> None:
    """Dana manages the people of Acme, whose domain makes members."""
    acme = Organisation.objects.get(name="Acme")
    set_managers(acme, {people["dana"].pk: True}, by=by)
    save_domains(acme, {"acme.example": False}, by=by)

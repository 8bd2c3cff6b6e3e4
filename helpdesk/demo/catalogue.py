"""The request catalogue of the demo world: topics of a bicycle maker, with forms whose questions depend on answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Organisation, User
from tickets.fielddefinitions import save_field
from tickets.models import FieldDefinition, Queue, Service, TicketType
from tickets.servicedefinitions import add_question, save_question, save_service

Texts = Mapping[str, str]
INCIDENT, REQUEST = "Incident", "Service request"
HARDWARE = "Support::Hardware"


@dataclass(frozen=True)
class Ask:
    """A question by the key of its field; `when` is its condition."""

    key: str
    when: dict[str, Any] | None = None
    required: bool = False
    hint: str = ""
    hints: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Offer:
    names: Texts
    icon: str
    queue: str = ""
    inside: str = ""
    type: str = REQUEST
    about: Texts = field(default_factory=dict)
    subject: Texts = field(default_factory=dict)
    instructions: Texts = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()
    only: str = ""


# Key, labels, kind, choices: fields that only these forms fill in.
FIELDS: tuple[tuple[str, Texts, str, list[str]], ...] = (
    (
        "fault",
        {"en": "What does it do?", "de": "Was tut er?", "es": "¿Qué hace?", "pt": "O que faz?"},
        "dropdown",
        ["It does not charge", "It charges only partly", "It gets hot"],
    ),
    (
        "charge_level",
        {
            "en": "At how many per cent does it stop?",
            "de": "Bei wie viel Prozent hört er auf?",
            "es": "¿A qué porcentaje se detiene?",
            "pt": "Em que percentagem para?",
        },
        "number",
        [],
    ),
    (
        "battery_serial",
        {
            "en": "Serial number of the battery",
            "de": "Seriennummer des Akkus",
            "es": "Número de serie de la batería",
            "pt": "Número de série da bateria",
        },
        "text",
        [],
    ),
    (
        "place",
        {"en": "Where?", "de": "Wo?", "es": "¿Dónde?", "pt": "Onde?"},
        "dropdown",
        ["At a dealer", "At my home"],
    ),
    (
        "visit_on",
        {
            "en": "On which day should we come?",
            "de": "An welchem Tag sollen wir kommen?",
            "es": "¿Qué día debemos ir?",
            "pt": "Em que dia devemos ir?",
        },
        "date",
        [],
    ),
    (
        "pieces",
        {"en": "How many bikes?", "de": "Wie viele Räder?", "es": "¿Cuántas bicicletas?", "pt": "Quantas bicicletas?"},
        "number",
        [],
    ),
)
# Which tickets have them: on all others they would only be lines without a value.
WHERE = {
    "fault": (HARDWARE, INCIDENT),
    "charge_level": (HARDWARE, INCIDENT),
    "battery_serial": (HARDWARE, INCIDENT),
    "place": (HARDWARE, REQUEST),
    "visit_on": (HARDWARE, REQUEST),
    "pieces": ("Support", REQUEST),
}
OFFERS: tuple[Offer, ...] = (
    Offer(
        {
            "en": "Battery and charging",
            "de": "Akku und Laden",
            "es": "Batería y carga",
            "pt": "Bateria e carregamento",
        },
        "battery",
        HARDWARE,
        type=INCIDENT,
        instructions={
            "en": "If the battery smells or smokes, take it outside and call us at once.",
            "de": "Wenn der Akku riecht oder raucht, bringen Sie ihn ins Freie und rufen Sie uns sofort an.",
            "es": "Si la batería huele o echa humo, llévela al exterior y llámenos enseguida.",
            "pt": "Se a bateria cheirar ou deitar fumo, leve-a para o exterior e ligue-nos de imediato.",
        },
        asks=(
            Ask("model", required=True),
            Ask("fault", required=True),
            Ask("charge_level", {"field": "field.fault", "is": "It charges only partly"}, required=True),
            Ask(
                "battery_serial",
                {"not": {"field": "field.fault", "empty": True}},
                hint="Under the QR code. It saves us one question.",
                hints={
                    "de": "Unter dem QR-Code. Das erspart uns eine Rückfrage.",
                    "es": "Debajo del código QR. Nos ahorra una pregunta.",
                    "pt": "Por baixo do código QR. Poupa-nos uma pergunta.",
                },
            ),
        ),
    ),
    Offer(
        {
            "en": "Riding and display",
            "de": "Fahren und Display",
            "es": "Conducción y pantalla",
            "pt": "Condução e ecrã",
        },
        "bike",
        HARDWARE,
        type=INCIDENT,
        asks=(Ask("model"),),
    ),
    Offer(
        {"en": "Repair", "de": "Reparatur", "es": "Reparación", "pt": "Reparação"},
        "wrench",
        HARDWARE,
        subject={
            "en": "Repair of a {{ field.model }}",
            "de": "Reparatur eines {{ field.model }}",
            "es": "Reparación de una {{ field.model }}",
            "pt": "Reparação de uma {{ field.model }}",
        },
        asks=(
            Ask("model", required=True),
            Ask("place", required=True),
            Ask("visit_on", {"field": "field.place", "is": "At my home"}, required=True),
        ),
    ),
    Offer(
        {
            "en": "Order and delivery",
            "de": "Bestellung und Lieferung",
            "es": "Pedido y entrega",
            "pt": "Pedido e entrega",
        },
        "truck",
        "Support",
        asks=(Ask("order_number"),),
    ),
    Offer({"en": "Invoice", "de": "Rechnung", "es": "Factura", "pt": "Fatura"}, "card"),
    Offer(
        {
            "en": "Copy of an invoice",
            "de": "Kopie einer Rechnung",
            "es": "Copia de una factura",
            "pt": "Cópia de uma fatura",
        },
        "mail",
        "Billing",
        inside="Invoice",
        about={
            "en": "We send it to you by email.",
            "de": "Wir schicken sie Ihnen per E-Mail.",
            "es": "Se la enviamos por correo electrónico.",
            "pt": "Enviamo-la por email.",
        },
        subject={
            "en": "Copy of the invoice for order {{ field.order_number }}",
            "de": "Kopie der Rechnung zu Bestellung {{ field.order_number }}",
            "es": "Copia de la factura del pedido {{ field.order_number }}",
            "pt": "Cópia da fatura do pedido {{ field.order_number }}",
        },
        asks=(Ask("order_number", required=True),),
    ),
    Offer(
        {"en": "Wrong amount", "de": "Falscher Betrag", "es": "Importe incorrecto", "pt": "Valor errado"},
        "card",
        "Billing",
        inside="Invoice",
        asks=(Ask("order_number"),),
    ),
    Offer(
        {"en": "Fleet bikes", "de": "Dienstfahrräder", "es": "Bicicletas de empresa", "pt": "Bicicletas de frota"},
        "building",
        "Support",
        subject={"en": "{{ field.pieces }} × {{ field.model }} for {{ customer.organisation }}"},
        asks=(Ask("model", required=True), Ask("pieces", required=True)),
        only="Acme",
    ),
)


def add_catalogue(queues: Mapping[str, Queue], *, by: User) -> None:
    """After the organisations: one service is for the people of one of them alone."""
    fields = {row.key: row for row in FieldDefinition.objects.all()} | _fields(queues, by=by)
    made: dict[str, Service] = {}
    for position, offer in enumerate(OFFERS, start=1):
        service = made[offer.names["en"]] = _service(offer, position, queues, made.get(offer.inside), by=by)
        for ask in offer.asks:
            question = add_question(service, fields[ask.key], by=by)
            question.condition, question.is_required = ask.when, ask.required
            question.help_text, question.help_texts = ask.hint, dict(ask.hints)
            save_question(question, by=by)


def _fields(queues: Mapping[str, Queue], *, by: User) -> dict[str, FieldDefinition]:
    made = {}
    for position, (key, labels, kind, options) in enumerate(FIELDS, start=10):
        definition = FieldDefinition(
            key=key, label=labels["en"], labels=_others(labels), kind=kind, options=options, position=position
        )
        queue, kind_of_ticket = WHERE[key]
        sets = {"queues": [queues[queue]], "types": [TicketType.objects.get(name=kind_of_ticket)]}
        made[key] = save_field(definition, sets, by=by)
    return made


def _service(offer: Offer, position: int, queues: Mapping[str, Queue], inside: Service | None, *, by: User) -> Service:
    service = Service(
        name=offer.names["en"],
        names=_others(offer.names),
        description=offer.about.get("en", ""),
        descriptions=_others(offer.about),
        instructions=offer.instructions.get("en", ""),
        instructions_in=_others(offer.instructions),
        subject=offer.subject.get("en", ""),
        subjects=_others(offer.subject),
        icon=offer.icon,
        position=position,
        parent=inside,
        queue=queues.get(offer.queue),
        type=TicketType.objects.get(name=offer.type) if offer.queue else None,
        audience="members" if offer.only else "everybody",
    )
    organisations = Organisation.objects.filter(name=offer.only) if offer.only else []
    return save_service(service, {"organisations": organisations}, by=by)


def _others(texts: Texts) -> dict[str, str]:
    return {language: text for language, text in texts.items() if language != "en"}

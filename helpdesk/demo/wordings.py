"""What the agents of the demo have at hand to write with: reply templates, snippets, a checklist."""

from collections.abc import Mapping

from tickets.models import ChecklistTemplate, Queue, ReplyTemplate, Snippet

# Name, language, queue or nothing, text.
TEMPLATES = (
    (
        "Ask for the order number",
        "en",
        "",
        "Hello {{ customer.first_name }},\n\nthank you for writing to us. So that we can look into this, please tell "
        "us your order number. It is at the top of your invoice.\n\nBest regards\n{{ agent.first_name }}",
    ),
    (
        "Battery: first checks",
        "en",
        "Support",
        "Hello {{ customer.first_name }},\n\nplease take the battery out, clean both contacts with a dry cloth, and "
        "charge it for an hour. If the lamp still blinks red after that, send us a picture of the label.\n\n"
        "Best regards\n{{ agent.first_name }}",
    ),
    (
        "Bestellnummer erfragen",
        "de",
        "",
        "Guten Tag {{ customer.name }},\n\nvielen Dank für Ihre Nachricht. Bitte nennen Sie uns Ihre Bestellnummer; "
        "sie steht oben auf der Rechnung.\n\nFreundliche Grüße\n{{ agent.name }}",
    ),
    (
        "Pedir el número de pedido",
        "es",
        "",
        "Hola, {{ customer.first_name }}:\n\nGracias por escribirnos. Para poder ayudarle, indíquenos su número de "
        "pedido; está en la parte superior de la factura.\n\nUn saludo\n{{ agent.first_name }}",
    ),
    (
        "Pedir o número da encomenda",
        "pt",
        "",
        "Olá, {{ customer.first_name }},\n\nobrigado pela mensagem. Para podermos ajudar, indique o número da "
        "encomenda; está no topo da fatura.\n\nCumprimentos\n{{ agent.first_name }}",
    ),
)
# Keyword, name, language, text.
SNIPPETS = (
    ("thanks", "Thanks for waiting", "en", "Thank you for your patience. "),
    ("warranty", "Warranty", "en", "Our warranty covers the frame for ten years and all other parts for two years."),
    ("gruss", "Grußformel", "de", "Mit freundlichen Grüßen\n{{ agent.name }}"),
)
CHECKLISTS = (
    (
        "Return of a part",
        ("Order number checked", "Warranty checked", "Return label sent", "Part received", "Replacement sent"),
    ),
)


def add_wordings(queues: Mapping[str, Queue]) -> None:
    for name, language, queue, text in TEMPLATES:
        template = ReplyTemplate.objects.create(name=name, language=language, body=text)
        if queue:
            template.queues.set([queues[queue]])
    for keyword, name, language, text in SNIPPETS:
        Snippet.objects.create(keyword=keyword, name=name, language=language, body=text)
    for name, steps in CHECKLISTS:
        ChecklistTemplate.objects.create(name=name, steps="\n".join(steps))

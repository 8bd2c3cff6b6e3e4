"""Purchase approval: who must approve follows from the amount."""

from processes.ready.parts import closing, gateway, telling, work
from processes.ready.writing import Field, Template, Way, approval, end, form, is_approved, span, start, words

FIELDS = (
    Field("purchase_item", "text", words("What to buy", "Was gekauft wird", "Qué comprar", "O que comprar")),
    Field("purchase_amount", "number", words("Amount", "Betrag", "Importe", "Montante")),
    Field(
        "purchase_manager",
        "text",
        words("Email of the manager", "E-Mail der Führungskraft", "Correo del responsable", "E-mail do responsável"),
    ),
    Field("purchase_supplier", "text", words("Supplier", "Lieferant", "Proveedor", "Fornecedor")),
)
TEXTS = {
    "purchase_declined": words(
        "Hello {{ customer.first_name }},\n\nyour purchase {{ ticket.number }} was not approved.\n",
        "Guten Tag {{ customer.name }},\n\nIhr Einkauf {{ ticket.number }} wurde nicht genehmigt.\n",
        "Hola, {{ customer.first_name }}:\n\nsu compra {{ ticket.number }} no se ha aprobado.\n",
        "Olá, {{ customer.first_name }},\n\na sua compra {{ ticket.number }} não foi aprovada.\n",
    ),
}
_SHOWN = ("purchase_item", "purchase_amount", "purchase_supplier")
_TEXT = words("Should this be bought?", "Soll das gekauft werden?", "¿Se debe comprar esto?", "Isto deve ser comprado?")
_APPROVED = words("Approved?", "Genehmigt?", "¿Aprobado?", "Aprovado?")
# From these amounts on a manager approves, and finance too.
SMALL, LARGE = 100, 1_000
_NO, _NO_WAYS = telling("TellDeclined", "purchase_declined", then="CloseDeclined")
_WAYS = (
    Way("Start>Ask"),
    Way("Ask>Amount"),
    Way("Amount>Order", {"field": "field.purchase_amount", "below": SMALL}),
    Way("Amount>Manager"),
    Way("Manager>ByManager"),
    Way("ByManager>Large", is_approved("Manager")),
    Way("ByManager>TellDeclined"),
    Way("Large>Finance", {"field": "field.purchase_amount", "above": LARGE}),
    Way("Large>Order"),
    Way("Finance>ByFinance"),
    Way("ByFinance>Order", is_approved("Finance")),
    Way("ByFinance>TellDeclined"),
    Way("Order>Received"),
    Way("Received>Close"),
    Way("Close>Bought"),
    *_NO_WAYS,
    Way("CloseDeclined>Declined"),
)


def template() -> Template:
    """Made when it is taken: states and priorities are rows."""
    return Template(
        key="purchase",
        names=words("Purchase approval", "Einkauf genehmigen", "Aprobación de compras", "Aprovação de compras"),
        descriptions=words(
            "Small amounts are ordered at once, larger ones after one or two approvals.",
            "Kleine Beträge werden gleich bestellt, größere nach ein oder zwei Genehmigungen.",
            "Los importes pequeños se piden enseguida; los mayores, tras una o dos aprobaciones.",
            "Montantes pequenos são encomendados logo; os maiores, após uma ou duas aprovações.",
        ),
        fields=FIELDS,
        texts=TEXTS,
        steps=(
            start(),
            work(
                "Ask",
                "userTask",
                words("Describe the purchase", "Einkauf beschreiben", "Describir la compra", "Descrever a compra"),
                who={"kind": "customer"},
                form=[
                    form("purchase_item", needed=True),
                    form("purchase_amount", needed=True),
                    form("purchase_supplier"),
                    form(
                        "purchase_manager",
                        needed=True,
                        when={
                            "all": [
                                {"not": {"field": "field.purchase_amount", "empty": True}},
                                {"not": {"field": "field.purchase_amount", "below": SMALL}},
                            ]
                        },
                    ),
                ],
            ),
            gateway("Amount", words("Amount?", "Betrag?", "¿Importe?", "Montante?"), default="Manager"),
            approval(
                "Manager",
                words("Manager approves", "Führungskraft genehmigt", "Aprueba el responsable", "Responsável aprova"),
                [{"kind": "field", "field": "purchase_manager"}],
                rule="all",
                shows=_SHOWN,
                text=_TEXT,
            ),
            gateway("ByManager", _APPROVED, default="TellDeclined"),
            gateway("Large", words("Large?", "Groß?", "¿Grande?", "Grande?"), default="Order"),
            approval(
                "Finance",
                words("Finance approves", "Finanzen genehmigt", "Aprueba finanzas", "Finanças aprova"),
                [{"kind": "queue"}],
                rule="one",
                shows=_SHOWN,
                text=_TEXT,
            ),
            gateway("ByFinance", _APPROVED, default="TellDeclined"),
            work("Order", "manualTask", words("Order it", "Bestellen", "Pedirlo", "Encomendar"), due=span("2d")),
            work(
                "Received",
                "manualTask",
                words("Confirm that it came", "Lieferung bestätigen", "Confirmar la llegada", "Confirmar a chegada"),
                who={"kind": "customer"},
            ),
            closing("Close"),
            *_NO,
            closing("CloseDeclined"),
            end("Bought", words("Bought", "Gekauft", "Comprado", "Comprado")),
            end("Declined", words("Declined", "Abgelehnt", "Rechazado", "Recusado")),
        ),
        ways=_WAYS,
    )

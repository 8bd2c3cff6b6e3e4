"""Access request: the manager approves, then somebody who works the queue; then access is granted."""

from processes.ready.parts import closing, gateway, telling, work
from processes.ready.writing import Field, Template, Way, approval, end, form, is_approved, span, start, words

FIELDS = (
    Field("access_system", "text", words("System", "System", "Sistema", "Sistema")),
    Field(
        "access_level",
        "dropdown",
        words("Kind of access", "Art des Zugriffs", "Tipo de acceso", "Tipo de acesso"),
        ("read", "write", "admin"),
    ),
    Field("access_reason", "text", words("Reason", "Grund", "Motivo", "Motivo")),
    Field(
        "access_manager",
        "text",
        words("Email of the manager", "E-Mail der Führungskraft", "Correo del responsable", "E-mail do responsável"),
    ),
)
TEXTS = {
    "access_granted": words(
        "Hello {{ customer.first_name }},\n\nyou now have the access you asked for in {{ ticket.number }}.\n",
        "Guten Tag {{ customer.name }},\n\nSie haben jetzt den in {{ ticket.number }} beantragten Zugriff.\n",
        "Hola, {{ customer.first_name }}:\n\nya tiene el acceso que pidió en {{ ticket.number }}.\n",
        "Olá, {{ customer.first_name }},\n\njá tem o acesso que pediu em {{ ticket.number }}.\n",
    ),
    "access_declined": words(
        "Hello {{ customer.first_name }},\n\nthe access you asked for in {{ ticket.number }} was not approved.\n",
        "Guten Tag {{ customer.name }},\n\nder in {{ ticket.number }} beantragte Zugriff wurde nicht genehmigt.\n",
        "Hola, {{ customer.first_name }}:\n\nel acceso que pidió en {{ ticket.number }} no se ha aprobado.\n",
        "Olá, {{ customer.first_name }},\n\no acesso que pediu em {{ ticket.number }} não foi aprovado.\n",
    ),
}
_SHOWN = ("access_system", "access_level", "access_reason")
_OK, _OK_WAYS = telling("TellGranted", "access_granted", then="Close")
_NO, _NO_WAYS = telling("TellDeclined", "access_declined", then="CloseDeclined")
_WAYS = (
    Way("Start>Describe"),
    Way("Describe>Manager"),
    Way("Manager>ByManager"),
    Way("ByManager>Team", is_approved("Manager")),
    Way("ByManager>TellDeclined"),
    Way("Team>ByTeam"),
    Way("ByTeam>Grant", is_approved("Team")),
    Way("ByTeam>TellDeclined"),
    Way("Grant>TellGranted"),
    *_OK_WAYS,
    *_NO_WAYS,
    Way("Close>Granted"),
    Way("CloseDeclined>Declined"),
)


def template() -> Template:
    """Made when it is taken: states and priorities are rows."""
    return Template(
        key="access-request",
        names=words("Access request", "Zugriff beantragen", "Solicitud de acceso", "Pedido de acesso"),
        descriptions=words(
            "Two approvals, the manager's and the team's, before access is granted.",
            "Zwei Genehmigungen, der Führungskraft und des Teams, bevor Zugriff gewährt wird.",
            "Dos aprobaciones, del responsable y del equipo, antes de dar acceso.",
            "Duas aprovações, do responsável e da equipa, antes de dar acesso.",
        ),
        fields=FIELDS,
        texts=TEXTS,
        steps=(
            start(),
            work(
                "Describe",
                "userTask",
                words("Describe the access", "Zugriff beschreiben", "Describir el acceso", "Descrever o acesso"),
                who={"kind": "customer"},
                form=[form(field.key, needed=True) for field in FIELDS],
                text=words(
                    "Which access do you need, and what for?",
                    "Welchen Zugriff brauchen Sie, und wofür?",
                    "¿Qué acceso necesita y para qué?",
                    "De que acesso precisa e para quê?",
                ),
            ),
            approval(
                "Manager",
                words("Manager approves", "Führungskraft genehmigt", "Aprueba el responsable", "Responsável aprova"),
                [{"kind": "field", "field": "access_manager"}],
                rule="all",
                shows=_SHOWN,
                text=words(
                    "Should this person have the access?",
                    "Soll diese Person den Zugriff bekommen?",
                    "¿Debe tener acceso esta persona?",
                    "Esta pessoa deve ter o acesso?",
                ),
            ),
            gateway("ByManager", words("Approved?", "Genehmigt?", "¿Aprobado?", "Aprovado?"), default="TellDeclined"),
            approval(
                "Team",
                words("Team approves", "Team genehmigt", "Aprueba el equipo", "A equipa aprova"),
                [{"kind": "queue"}],
                rule="one",
                shows=_SHOWN,
                text=words(
                    "Is the access safe to give?",
                    "Kann der Zugriff gewährt werden?",
                    "¿Se puede dar el acceso?",
                    "Pode dar-se o acesso?",
                ),
            ),
            gateway("ByTeam", words("Approved?", "Genehmigt?", "¿Aprobado?", "Aprovado?"), default="TellDeclined"),
            work(
                "Grant",
                "manualTask",
                words("Grant the access", "Zugriff einrichten", "Dar el acceso", "Dar o acesso"),
                due=span("1d"),
            ),
            *_OK,
            *_NO,
            closing("Close"),
            closing("CloseDeclined"),
            end("Granted", words("Granted", "Gewährt", "Concedido", "Concedido")),
            end("Declined", words("Declined", "Abgelehnt", "Rechazado", "Recusado")),
        ),
        ways=_WAYS,
    )

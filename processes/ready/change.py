"""Change: a risky one is approved by most of the team; it is carried out on its day, and reviewed if it failed."""

from processes.ready.parts import closing, gateway, work
from processes.ready.writing import Field, Step, Template, Way, approval, end, form, is_approved, span, start, words

FIELDS = (
    Field("change_plan", "text", words("Plan", "Plan", "Plan", "Plano")),
    Field("change_risk", "dropdown", words("Risk", "Risiko", "Riesgo", "Risco"), ("low", "high")),
    Field("change_day", "date", words("Day of the change", "Tag der Änderung", "Día del cambio", "Dia da alteração")),
    Field("change_way_back", "text", words("Way back", "Weg zurück", "Vuelta atrás", "Reversão")),
    Field(
        "change_result",
        "dropdown",
        words("Result", "Ergebnis", "Resultado", "Resultado"),
        ("successful", "rolled back"),
    ),
)
_WAYS = (
    Way("Start>Plan"),
    Way("Plan>Risk"),
    Way("Risk>Board", {"field": "field.change_risk", "is": "high"}),
    Way("Risk>Day"),
    Way("Board>Approved"),
    Way("Approved>Day", is_approved("Board")),
    Way("Approved>Dropped"),
    Way("Day>Carry"),
    Way("Carry>Result"),
    Way("Result>Review", {"field": "field.change_result", "is": "rolled back"}),
    Way("Result>Close"),
    Way("Review>Close"),
    Way("Close>End"),
    Way("Dropped>Declined"),
)


def template() -> Template:
    """Made when it is taken: states and priorities are rows."""
    return Template(
        key="change",
        names=words("Change", "Änderung", "Cambio", "Alteração"),
        descriptions=words(
            "A risky change is approved by most of the team, carried out on its day and reviewed if it failed.",
            "Eine riskante Änderung genehmigt die Mehrheit des Teams; ausgeführt wird sie an ihrem Tag.",
            "Un cambio con riesgo lo aprueba la mayoría del equipo y se hace en su día.",
            "Uma alteração com risco é aprovada pela maioria da equipa e feita no seu dia.",
        ),
        fields=FIELDS,
        steps=(
            start(),
            work(
                "Plan",
                "userTask",
                words("Plan the change", "Änderung planen", "Planear el cambio", "Planear a alteração"),
                form=[
                    form("change_plan", needed=True),
                    form("change_risk", needed=True),
                    form("change_way_back", needed=True, when={"field": "field.change_risk", "is": "high"}),
                    form("change_day", needed=True),
                ],
            ),
            gateway("Risk", words("Risk?", "Risiko?", "¿Riesgo?", "Risco?"), default="Day"),
            approval(
                "Board",
                words("Team approves", "Team genehmigt", "Aprueba el equipo", "A equipa aprova"),
                [{"kind": "queue"}],
                rule="majority",
                shows=("change_plan", "change_risk", "change_day", "change_way_back"),
                text=words(
                    "Is the plan sound, and is there a way back?",
                    "Trägt der Plan, und gibt es einen Weg zurück?",
                    "¿Es sólido el plan y se puede volver atrás?",
                    "O plano é sólido e há forma de reverter?",
                ),
            ),
            gateway("Approved", words("Approved?", "Genehmigt?", "¿Aprobado?", "Aprovado?"), default="Dropped"),
            Step(
                "Day",
                "intermediateCatchEvent",
                words("On its day", "An ihrem Tag", "En su día", "No seu dia"),
                {"timer": {"field": "change_day", "business": True}},
                inside="<bpmn:timerEventDefinition />",
            ),
            work(
                "Carry",
                "userTask",
                words("Carry it out", "Ausführen", "Realizarlo", "Executar"),
                form=[form("change_result", needed=True)],
                due=span("1d"),
            ),
            gateway("Result", words("Result?", "Ergebnis?", "¿Resultado?", "Resultado?"), default="Close"),
            work(
                "Review",
                "manualTask",
                words("Review what failed", "Fehlschlag besprechen", "Revisar el fallo", "Rever o que falhou"),
                due=span("5d"),
            ),
            closing("Close"),
            closing("Dropped"),
            end(),
            end("Declined", words("Declined", "Abgelehnt", "Rechazado", "Recusado")),
        ),
        ways=_WAYS,
    )

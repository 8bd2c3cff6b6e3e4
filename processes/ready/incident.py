"""Incident: assessed first; a major one gets the highest priority, a second team and a review."""

from processes.ready.parts import closing, gateway, highest_priority, work
from processes.ready.writing import Field, Step, Template, Way, automatic, end, form, span, start, words

FIELDS = (
    Field(
        "incident_reach",
        "dropdown",
        words("Who is affected", "Wer betroffen ist", "A quién afecta", "Quem é afetado"),
        ("one person", "a team", "everybody"),
    ),
    Field("incident_cause", "text", words("Cause", "Ursache", "Causa", "Causa")),
    Field("incident_lesson", "text", words("What we learn", "Was wir lernen", "Qué aprendemos", "O que aprendemos")),
)
_MAJOR = {"field": "field.incident_reach", "is": "everybody"}
_WAYS = (
    Way("Start>Assess"),
    Way("Assess>Major"),
    Way("Major>Raise", _MAJOR),
    Way("Major>Fix"),
    Way("Raise>Split"),
    Way("Split>Inform"),
    Way("Split>FixMajor"),
    Way("Long>Escalate"),
    Way("Escalate>Escalated"),
    Way("Inform>Join"),
    Way("FixMajor>Join"),
    Way("Join>Review"),
    Way("Review>Close"),
    Way("Fix>Close"),
    Way("Close>End"),
)


def template() -> Template:
    """Made when it is taken: states and priorities are rows."""
    return Template(
        key="incident",
        names=words("Incident", "Störung", "Incidente", "Incidente"),
        descriptions=words(
            "A major incident gets the highest priority, informs those affected and ends with a review.",
            "Eine große Störung bekommt höchste Priorität, informiert Betroffene und endet mit einer Nachlese.",
            "Un incidente grave recibe la máxima prioridad, se informa a los afectados y acaba con una revisión.",
            "Um incidente grave recebe a prioridade máxima, os afetados são informados e acaba com uma revisão.",
        ),
        fields=FIELDS,
        steps=(
            start(),
            work(
                "Assess",
                "userTask",
                words("Assess the incident", "Störung bewerten", "Evaluar el incidente", "Avaliar o incidente"),
                form=[form("incident_reach", needed=True)],
                due=span("30m"),
            ),
            gateway("Major", words("Major?", "Groß?", "¿Grave?", "Grave?"), default="Fix"),
            automatic(
                "Raise",
                words("Raise the alarm", "Alarm geben", "Dar la alarma", "Dar o alarme"),
                {"do": "priority", "to": highest_priority()},
                {"do": "tag", "tags": ["major-incident"]},
            ),
            gateway("Split", of="parallelGateway"),
            work(
                "Inform",
                "manualTask",
                words(
                    "Inform those affected", "Betroffene informieren", "Informar a los afectados", "Informar afetados"
                ),
                due=span("1h"),
            ),
            work(
                "FixMajor",
                "userTask",
                words("Fix it together", "Gemeinsam beheben", "Resolverlo en equipo", "Resolver em equipa"),
                form=[form("incident_cause", needed=True)],
            ),
            Step(
                "Long",
                "boundaryEvent",
                words("After four hours", "Nach vier Stunden", "Tras cuatro horas", "Após quatro horas"),
                {"timer": {"after": "4h"}},
                attached_to="FixMajor",
                interrupts=False,
                inside="<bpmn:timerEventDefinition />",
            ),
            automatic(
                "Escalate",
                words("Escalate", "Eskalieren", "Escalar", "Escalar"),
                {"do": "tag", "tags": ["escalated"]},
            ),
            end("Escalated", words("Escalated", "Eskaliert", "Escalado", "Escalado")),
            gateway("Join", of="parallelGateway"),
            work(
                "Review",
                "userTask",
                words("Review it", "Nachlese schreiben", "Revisarlo", "Fazer a revisão"),
                form=[form("incident_lesson", needed=True)],
                due=span("5d"),
            ),
            work(
                "Fix",
                "userTask",
                words("Fix it", "Beheben", "Resolverlo", "Resolver"),
                form=[form("incident_cause")],
            ),
            closing(),
            end(),
        ),
        ways=_WAYS,
    )

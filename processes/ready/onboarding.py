"""Onboarding: several teams prepare at the same time, and on the first day somebody welcomes the new colleague."""

from processes.ready.parts import closing, gateway, work
from processes.ready.writing import Field, Step, Template, Way, end, form, span, start, words

FIELDS = (
    Field("onboarding_name", "text", words("New colleague", "Neue Person im Team", "Nuevo compañero", "Novo colega")),
    Field("onboarding_start", "date", words("First day", "Erster Tag", "Primer día", "Primeiro dia")),
    Field(
        "onboarding_equipment",
        "multiselect",
        words("Equipment", "Ausstattung", "Equipo", "Equipamento"),
        ("laptop", "phone", "badge"),
    ),
    Field("onboarding_desk", "text", words("Place", "Arbeitsplatz", "Puesto", "Posto de trabalho")),
)
_WAYS = (
    Way("Start>Tell"),
    Way("Tell>Split"),
    Way("Split>Accounts"),
    Way("Split>Equipment"),
    Way("Split>Place"),
    Way("Accounts>Join"),
    Way("Equipment>Join"),
    Way("Place>Join"),
    Way("Join>DayBefore"),
    Way("DayBefore>Welcome"),
    Way("Welcome>Close"),
    Way("Close>End"),
)


def template() -> Template:
    """Made when it is taken: states and priorities are rows."""
    return Template(
        key="onboarding",
        names=words("Onboarding", "Neu im Team", "Incorporación", "Integração"),
        descriptions=words(
            "Accounts, equipment and place are prepared in parallel; the day before, somebody is reminded.",
            "Konten, Ausstattung und Platz werden gleichzeitig vorbereitet; am Tag davor wird erinnert.",
            "Cuentas, equipo y puesto se preparan a la vez; el día antes se recuerda.",
            "Contas, equipamento e posto são preparados ao mesmo tempo; na véspera há um aviso.",
        ),
        fields=FIELDS,
        steps=(
            start(),
            work(
                "Tell",
                "userTask",
                words("Who comes, and when", "Wer kommt, und wann", "Quién viene y cuándo", "Quem vem e quando"),
                who={"kind": "customer"},
                form=[
                    form("onboarding_name", needed=True),
                    form("onboarding_start", needed=True),
                    form("onboarding_equipment"),
                ],
            ),
            gateway("Split", of="parallelGateway"),
            work(
                "Accounts",
                "manualTask",
                words("Create the accounts", "Konten anlegen", "Crear las cuentas", "Criar as contas"),
                due=span("3d"),
            ),
            work(
                "Equipment",
                "manualTask",
                words("Prepare equipment", "Ausstattung vorbereiten", "Preparar el equipo", "Preparar o equipamento"),
                due=span("3d"),
            ),
            work(
                "Place",
                "userTask",
                words("Find a place", "Arbeitsplatz finden", "Buscar un puesto", "Encontrar um posto"),
                form=[form("onboarding_desk", needed=True)],
                due=span("3d"),
            ),
            gateway("Join", of="parallelGateway"),
            Step(
                "DayBefore",
                "intermediateCatchEvent",
                words("The day before", "Am Tag davor", "El día antes", "Na véspera"),
                {"timer": {"field": "onboarding_start", "offset": "-1d"}},
                inside="<bpmn:timerEventDefinition />",
            ),
            work(
                "Welcome",
                "manualTask",
                words("Welcome the colleague", "Willkommen heißen", "Dar la bienvenida", "Dar as boas-vindas"),
                due=span("1d"),
            ),
            closing(),
            end(),
        ),
        ways=_WAYS,
    )

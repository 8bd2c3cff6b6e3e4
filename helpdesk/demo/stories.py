"""What happens in the demo world, as data. A story is a list of steps; `hours` says how long ago each was."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Step:
    """`who` is a person's key; `what` a verb of helpdesk/demo/world.py, `text` its words or value."""

    hours: float
    who: str
    what: str
    text: str = ""


@dataclass(frozen=True)
class Story:
    title: str
    queue: str
    customer: str
    steps: list[Step]
    channel: str = "email"
    priority: str = "3 normal"
    type: str = "Unclassified"
    tags: tuple[str, ...] = ()
    fields: dict[str, str] = field(default_factory=dict)


# key: (address, name, organisation, language)
CUSTOMERS = {
    "dana": ("dana@acme.example", "Dana Miller", "Acme", "en"),
    "erik": ("erik@globex.example", "Erik Olsen", "Globex", "en"),
    "hannah": ("hannah@velohaus.example", "Hannah Whitfield", "Velohaus", "en"),
    "petra": ("petra.lorenz@radwerk.example", "Petra Lorenz", "Radwerk Lorenz", "de"),
    "jonas": ("jonas@radwerk.example", "Jonas Weber", "Radwerk Lorenz", "de"),
    "klaus": ("klaus.reimann@mail.example", "Klaus Reimann", "", "de"),
    "sofia": ("sofia@mensajeros.example", "Sofía Herrera", "Mensajeros del Sur", "es"),
    "diego": ("diego@correo.example", "Diego Fuentes", "", "es"),
    "rui": ("rui.tavares@pedal.example", "Rui Tavares", "Pedal Lisboa", "pt"),
    "beatriz": ("beatriz@correio.example", "Beatriz Nogueira", "", "pt"),
}

# Where people are, by what they speak; who is somewhere else is named.
ZONES = {"en": "Europe/London", "de": "Europe/Berlin", "es": "Europe/Madrid", "pt": "Europe/Lisbon"}
ELSEWHERE = {"beatriz": "America/Sao_Paulo"}

STORIES = [
    Story(
        "Battery stops charging at 62 %",
        "Support::Hardware",
        "hannah",
        [
            Step(
                52,
                "hannah",
                "open",
                "Hi,\n\nI bought a Tour 7 in April and since last week the battery stops charging at 62 %. I tried two "
                "sockets and left it overnight. I need the bike every day to get to work, so this is starting to be "
                "a problem.\n\nHannah",
            ),
            Step(50, "carlos", "take"),
            Step(
                49,
                "carlos",
                "reply",
                "Hello Hannah,\n\nthank you for the details. Please reset the battery: hold the power button for ten "
                "seconds while it is connected to the charger. Which colour does the light blink afterwards, and "
                "how often?\n\nCarlos",
            ),
            Step(
                30,
                "hannah",
                "answer",
                "Reset done, it blinks three times red. The serial number is CB48-22-091734. It still stops at "
                "62 %.\n\nCould a replacement be sent to my office? I am not at home during the day.",
            ),
            Step(
                3,
                "bea",
                "note",
                "Three red blinks is error 3, the cell groups are out of balance. The serial is in batch 2209. Replace "
                "it under warranty, no inspection needed. The warehouse has 11 in stock.",
            ),
        ],
        priority="4 high",
        type="Incident",
        tags=("warranty", "battery"),
    ),
    Story(
        "Invoice 2210 shows the wrong VAT number",
        "Billing",
        "dana",
        [
            Step(
                26,
                "dana",
                "open",
                "Hello,\n\ninvoice 2210 still shows our old VAT number. Could you send a corrected one? Our bookkeeping "
                "closes the month on Friday.\n\nDana Miller\nAcme",
            ),
            Step(24, "bea", "take"),
            Step(
                23,
                "bea",
                "reply_and_wait",
                "Hello Dana,\n\nof course. Please confirm the new number so that we print it exactly as registered.\n\n"
                "Bea",
            ),
        ],
        type="Service request",
        tags=("invoice",),
    ),
    Story(
        "Where is order 308 114?",
        "Support",
        "erik",
        [
            Step(
                5,
                "erik",
                "open",
                "Hi, the tracking page of order 308 114 has not moved since Tuesday. Is it lost? There are eight bikes "
                "for our office on it.",
            ),
        ],
        priority="4 high",
        tags=("delivery",),
    ),
    Story(
        "Cannot sign in to the dealer portal after password reset",
        "Support",
        "dana",
        [
            Step(
                1.5,
                "dana",
                "open",
                'After the reset the page says "unknown dealer". My colleague sees the same. We cannot order '
                "spare parts at the moment.",
            ),
        ],
        channel="web",
        priority="4 high",
        type="Incident",
    ),
    Story(
        "Zwei Bremshebel fehlen in Lieferung 77120",
        "Support",
        "petra",
        [
            Step(
                46,
                "petra",
                "open",
                "Guten Tag,\n\nin der Lieferung 77120 fehlen zwei Bremshebel (Art. 4471-L). Auf dem Lieferschein "
                "stehen vier, im Karton waren zwei. Wann können Sie die fehlenden schicken?\n\nMit freundlichen "
                "Grüßen\nPetra Lorenz",
            ),
            Step(44, "bea", "take"),
            Step(
                43,
                "bea",
                "reply",
                "Guten Tag Frau Lorenz,\n\ndas tut uns leid. Die beiden Bremshebel gehen heute noch hinaus und sind "
                "voraussichtlich morgen bei Ihnen.\n\nBea Costa",
            ),
            Step(20, "petra", "answer", "Vielen Dank, sie sind gerade angekommen. Alles in Ordnung!"),
            Step(19, "bea", "close"),
        ],
        tags=("delivery",),
    ),
    Story(
        "Knacken im Tretlager beim Cargo 2",
        "Support::Hardware",
        "klaus",
        [
            Step(
                8,
                "klaus",
                "open",
                "Hallo, mein Cargo 2 (gekauft im März) knackt beim Antreten, vor allem unter Last. Der Händler sagt, es "
                "sei das Tretlager. Läuft das über die Garantie?\n\nKlaus Reimann",
            ),
            Step(7, "carlos", "take"),
            Step(6.5, "carlos", "note", "Third report for Cargo 2 this month. Ask for the frame number."),
        ],
        tags=("warranty",),
    ),
    Story(
        "Händlerpreise für 2027",
        "Billing",
        "jonas",
        [
            Step(
                70,
                "jonas",
                "open",
                "Hallo zusammen,\n\nwann kommt die Preisliste 2027? Wir planen gerade das Frühjahr.\n\nViele Grüße\n"
                "Jonas Weber",
            ),
            Step(
                66,
                "bea",
                "reply_and_wait",
                "Hallo Jonas,\n\ndie Liste erscheint Anfang Dezember. Ich schicke sie Ihnen, sobald sie da ist.\n\nBea",
            ),
        ],
        priority="2 low",
        type="Service request",
    ),
    Story(
        "Factura sin NIF de la empresa",
        "Billing",
        "sofia",
        [
            Step(
                22,
                "sofia",
                "open",
                "Hola:\n\nNecesitamos la factura con el NIF de la empresa, en la que recibimos solo aparece mi nombre. "
                "¿Podéis corregirla, por favor?\n\nGracias,\nSofía Herrera",
            ),
            Step(21, "bea", "take"),
        ],
        tags=("invoice",),
    ),
    Story(
        "La pantalla muestra E21 después de la lluvia",
        "Support::Hardware",
        "diego",
        [
            Step(
                33,
                "diego",
                "open",
                "Buenas tardes:\n\nAyer llovió mucho y desde entonces la pantalla muestra E21. Por la noche se quitó, "
                "pero ha vuelto a salir esta mañana. ¿Es peligroso seguir usándola?\n\nDiego",
            ),
            Step(32, "carlos", "take"),
            Step(
                31,
                "carlos",
                "reply",
                "Hola, Diego:\n\nNo es peligroso, es humedad en el conector de la pantalla. Desconéctela, séquela con un "
                "paño y déjela una noche en un sitio seco. Si E21 vuelve, le enviamos un conector nuevo.\n\nCarlos",
            ),
            Step(12, "diego", "answer", "Hecho, y ya funciona. ¡Muchas gracias por la rapidez!"),
            Step(11, "carlos", "close"),
        ],
        type="Incident",
        tags=("display",),
    ),
    Story(
        "Cambio de dirección del pedido 311482",
        "Support",
        "sofia",
        [
            Step(
                2.5,
                "sofia",
                "open",
                "Hola, nos mudamos el día 24. ¿Se puede cambiar la dirección del pedido 311482 a la nueva oficina?",
            ),
        ],
        type="Service request",
        tags=("delivery",),
    ),
    Story(
        "Entrega errada: recebi o quadro tamanho S",
        "Support",
        "rui",
        [
            Step(
                4,
                "rui",
                "open",
                "Bom dia,\n\nEncomendei o quadro Tour no tamanho M e recebi o S. A etiqueta da caixa diz M. Como faço a "
                "troca? Tenho um cliente à espera.\n\nRui Tavares",
            ),
        ],
        priority="4 high",
        tags=("delivery", "warranty"),
    ),
    Story(
        "Reembolso não recebido após 21 dias",
        "Billing",
        "beatriz",
        [
            Step(
                60,
                "beatriz",
                "open",
                "Olá, devolvi os pneus há 21 dias e ainda não recebi o reembolso. Já liguei duas vezes.\n\n"
                "Beatriz Nogueira",
            ),
            Step(58, "bea", "take"),
            Step(
                57,
                "bea",
                "reply",
                "Olá Beatriz,\n\npeço desculpa pela demora. Encontrei a devolução e pedi hoje o reembolso. Deve aparecer "
                "na sua conta em dois dias úteis.\n\nBea",
            ),
            Step(
                9,
                "beatriz",
                "answer",
                "Ainda não chegou nada. Preciso de uma resposta hoje, por favor.",
            ),
        ],
        priority="5 very high",
        tags=("refund",),
    ),
    Story(
        "Which chain fits the Cargo 2 from 2024?",
        "Support",
        "erik",
        [
            Step(75, "erik", "open", "Hello, which chain do I order for a Cargo 2 from 2024? 11 or 12 speeds?"),
            Step(
                74,
                "carlos",
                "reply_and_close",
                "Hi Erik,\n\nit is the 12-speed chain with 136 links, article 5512. One chain per bike is enough.\n\n"
                "Carlos",
            ),
        ],
        priority="2 low",
    ),
    Story(
        "Squeaking front brake on my Calden City",
        "Calden",
        "dana",
        [
            Step(
                28,
                "dana",
                "open",
                "Hello,\n\nthe front brake of my Calden City squeaks when it rains. Is that dangerous?",
            ),
            Step(27, "bea", "take"),
            Step(
                26,
                "bea",
                "reply",
                "Hello Dana,\n\nno, it only needs to be cleaned. Please wipe the disc with a dry cloth and brake hard "
                "ten times. Does it still squeak then?\n\nBea",
            ),
        ],
        priority="2 low",
    ),
]

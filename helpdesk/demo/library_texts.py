"""The articles of the demo, as data: what a maker of bicycles explains to customers and to its own people."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Text:
    title: str
    summary: str
    body: str
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True)
class Piece:
    """One article. Languages in `outdated` were translated before the original was corrected last."""

    category: str
    visibility: str
    texts: dict[str, Text]
    outdated: tuple[str, ...] = ()
    in_review: bool = False
    role: str = ""
    days: int = 30
    look_again: int | None = None
    related: tuple[int, ...] = ()
    views: int = field(default=0)


# Key: icon, names, descriptions.
CATEGORIES = {
    "battery": (
        "battery",
        {"en": "Battery and charging", "de": "Akku und Laden", "es": "Batería y carga", "pt": "Bateria e carregamento"},
        {
            "en": "Charging, range, storage in winter",
            "de": "Laden, Reichweite, Lagern im Winter",
            "es": "Carga, autonomía, almacenamiento en invierno",
            "pt": "Carregamento, autonomia, armazenamento no inverno",
        },
    ),
    "orders": (
        "truck",
        {"en": "Orders and delivery", "de": "Bestellung und Lieferung", "es": "Pedidos y envíos", "pt": "Encomendas"},
        {
            "en": "Status, returns, invoices, addresses",
            "de": "Stand, Rückgabe, Rechnungen, Adressen",
            "es": "Estado, devoluciones, facturas, direcciones",
            "pt": "Estado, devoluções, faturas, moradas",
        },
    ),
    "riding": (
        "bike",
        {
            "en": "Riding and display",
            "de": "Fahren und Anzeige",
            "es": "Conducción y pantalla",
            "pt": "Condução e ecrã",
        },
        {
            "en": "Displays, modes, error codes",
            "de": "Anzeigen, Stufen, Fehlercodes",
            "es": "Pantallas, modos, códigos de error",
            "pt": "Ecrãs, modos, códigos de erro",
        },
    ),
    "house": (
        "lock",
        {"en": "For the team", "de": "Fürs Team", "es": "Para el equipo", "pt": "Para a equipa"},
        {"en": "How we work here", "de": "Wie wir hier arbeiten", "es": "Cómo trabajamos", "pt": "Como trabalhamos"},
    ),
}

PIECES = (
    Piece(
        "battery",
        "public",
        {
            "en": Text(
                "Battery stops charging early",
                "Reset the battery when the charger light turns green before it is full.",
                "<p>If the charger light turns green before the display shows 100 %, the battery has usually lost "
                "track of its own charge. A reset takes five minutes and solves four out of five cases.</p>"
                "<h2>Reset the battery</h2><ol><li>Switch the bike off and take the battery out.</li>"
                "<li>Hold the battery button for 10 seconds until all five lights go off.</li>"
                "<li>Connect the charger to the battery, not to the bike, and wait for one blink.</li>"
                "<li>Charge without a break until the charger light is green.</li></ol>"
                "<h2>What the blinking means</h2><ul><li><strong>One green blink:</strong> the reset worked.</li>"
                "<li><strong>Two red blinks:</strong> the battery is too cold.</li>"
                "<li><strong>Three red blinks:</strong> the cells are out of balance. Stop charging and send us a "
                "request with the serial number.</li></ul>"
                "<blockquote><p><strong>Do not open the battery.</strong> It stays under tension even when it looks "
                "empty.</p></blockquote>",
                ("charger", "E21", "reset"),
            ),
            "de": Text(
                "Der Akku lädt nicht voll",
                "Setzen Sie den Akku zurück, wenn das Ladegerät zu früh grün wird.",
                "<p>Wird die Lampe des Ladegeräts grün, bevor die Anzeige 100 % zeigt, kennt der Akku seinen eigenen "
                "Ladestand nicht mehr. Das Zurücksetzen dauert fünf Minuten.</p><h2>Den Akku zurücksetzen</h2><ol>"
                "<li>Schalten Sie das Rad aus und nehmen Sie den Akku heraus.</li>"
                "<li>Halten Sie die Taste des Akkus 5 Sekunden gedrückt, bis alle Lampen ausgehen.</li>"
                "<li>Schließen Sie das Ladegerät am Akku an und warten Sie auf ein Blinken.</li></ol>",
                ("Ladegerät", "E21"),
            ),
            "es": Text(
                "La batería deja de cargar antes de tiempo",
                "Reinicie la batería si la luz del cargador se pone verde demasiado pronto.",
                "<p>Si la luz del cargador se pone verde antes de que la pantalla muestre el 100 %, la batería ha "
                "perdido la cuenta de su propia carga.</p><h2>Reiniciar la batería</h2><ol><li>Apague la bicicleta y "
                "saque la batería.</li><li>Mantenga pulsado el botón durante 10 segundos.</li>"
                "<li>Conecte el cargador a la batería y espere un parpadeo.</li></ol>",
                ("cargador", "E21"),
            ),
            "pt": Text(
                "A bateria para de carregar cedo demais",
                "Reponha a bateria quando a luz do carregador fica verde antes de estar cheia.",
                "<p>Se a luz do carregador ficar verde antes de o ecrã mostrar 100 %, a bateria perdeu a noção da "
                "própria carga.</p><h2>Repor a bateria</h2><ol><li>Desligue a bicicleta e retire a bateria.</li>"
                "<li>Prima o botão durante 10 segundos.</li><li>Ligue o carregador à bateria e espere um "
                "sinal.</li></ol>",
                ("carregador", "E21"),
            ),
        },
        outdated=("de",),
        days=90,
        related=(1,),
        views=42,
    ),
    Piece(
        "battery",
        "public",
        {
            "en": Text(
                "Store the battery over winter",
                "Half full, dry, and between 10 and 15 degrees.",
                "<p>A battery that is not used loses least when it is <strong>half full</strong>, dry, and between 10 "
                "and 15 °C.</p><ul><li>Take it out of the bike.</li><li>Check it every two months.</li>"
                "<li>Charge it when fewer than two lights are on.</li></ul>",
                ("winter", "storage"),
            ),
            "de": Text(
                "Den Akku über den Winter lagern",
                "Halb voll, trocken, zwischen 10 und 15 Grad.",
                "<p>Ein Akku, der nicht benutzt wird, verliert am wenigsten, wenn er <strong>halb voll</strong> und "
                "trocken bei 10 bis 15 °C liegt.</p><ul><li>Nehmen Sie ihn aus dem Rad.</li>"
                "<li>Sehen Sie alle zwei Monate nach.</li></ul>",
                ("Winter",),
            ),
            "es": Text(
                "Guardar la batería en invierno",
                "A media carga, en seco y entre 10 y 15 grados.",
                "<p>La batería pierde menos si se guarda a <strong>media carga</strong>, en seco y entre 10 y "
                "15 °C.</p><ul><li>Sáquela de la bicicleta.</li><li>Revísela cada dos meses.</li></ul>",
                ("invierno",),
            ),
            "pt": Text(
                "Guardar a bateria no inverno",
                "A meia carga, em local seco, entre 10 e 15 graus.",
                "<p>A bateria perde menos se ficar a <strong>meia carga</strong>, em local seco, entre 10 e "
                "15 °C.</p><ul><li>Retire-a da bicicleta.</li><li>Verifique-a de dois em dois meses.</li></ul>",
                ("inverno",),
            ),
        },
        days=200,
        look_again=-5,
        views=17,
    ),
    Piece(
        "orders",
        "public",
        {
            "en": Text(
                "Change the delivery address of an order",
                "Possible until the parcel leaves our house.",
                "<p>As long as the order says <em>in preparation</em>, answer the order confirmation with the new "
                "address. Once the parcel is on its way, the carrier can redirect it.</p>"
                "<table><thead><tr><th>Status</th><th>Who changes it</th></tr></thead><tbody>"
                "<tr><td>In preparation</td><td>We do</td></tr><tr><td>On its way</td><td>The carrier</td></tr>"
                "</tbody></table>",
                ("address", "delivery"),
            ),
            "de": Text(
                "Die Lieferadresse einer Bestellung ändern",
                "Möglich, bis das Paket unser Haus verlässt.",
                "<p>Solange die Bestellung <em>in Vorbereitung</em> ist, antworten Sie auf die Bestätigung mit der "
                "neuen Adresse. Danach kann der Paketdienst sie umleiten.</p>",
                ("Adresse", "Lieferung"),
            ),
            "es": Text(
                "Cambiar la dirección de entrega de un pedido",
                "Posible hasta que el paquete sale de nuestra casa.",
                "<p>Mientras el pedido esté <em>en preparación</em>, responda a la confirmación con la nueva "
                "dirección. Después, el transportista puede desviarlo.</p>",
                ("dirección", "entrega"),
            ),
            "pt": Text(
                "Alterar a morada de entrega de uma encomenda",
                "Possível até o pacote sair da nossa casa.",
                "<p>Enquanto a encomenda estiver <em>em preparação</em>, responda à confirmação com a nova morada. "
                "Depois, a transportadora pode desviá-la.</p>",
                ("morada", "entrega"),
            ),
        },
        days=60,
        views=23,
    ),
    Piece(
        "orders",
        "customers",
        {
            "en": Text(
                "Send a part back",
                "How to get a return label, and how long it takes.",
                "<p>Open a request with your order number and a photo of the part. You get a label by mail and have "
                "14 days to send it.</p><ol><li>Pack the part as you got it.</li><li>Put the label on the parcel.</li>"
                "<li>Keep the receipt.</li></ol>",
                ("return", "refund"),
            ),
            "de": Text(
                "Ein Teil zurücksenden",
                "Wie Sie ein Etikett bekommen und wie lange es dauert.",
                "<p>Schreiben Sie uns die Bestellnummer und schicken Sie ein Foto des Teils. Sie bekommen ein Etikett "
                "und haben 14 Tage Zeit.</p>",
                ("Rückgabe", "Erstattung"),
            ),
        },
        days=45,
        views=9,
    ),
    Piece(
        "riding",
        "public",
        {
            "en": Text(
                "What the error codes on the display mean",
                "The most frequent codes, and what you can do yourself.",
                "<table><thead><tr><th>Code</th><th>Meaning</th><th>What to do</th></tr></thead><tbody>"
                "<tr><td>E10</td><td>No connection to the motor</td><td>Switch off, wait a minute, switch on</td></tr>"
                "<tr><td>E21</td><td>The battery has lost its charge level</td><td>Reset the battery</td></tr>"
                "<tr><td>E30</td><td>The speed sensor sees nothing</td><td>Clean the magnet on the spoke</td></tr>"
                "</tbody></table><p>If the code stays, send us a request with a photo of the display.</p>",
                ("E10", "E21", "E30", "error"),
            ),
            "de": Text(
                "Was die Fehlercodes der Anzeige bedeuten",
                "Die häufigsten Codes und was Sie selbst tun können.",
                "<ul><li>E10: keine Verbindung zum Motor</li><li>E21: der Akku kennt seinen Ladestand nicht</li>"
                "<li>E30: der Geschwindigkeitssensor sieht nichts</li></ul>",
                ("E10", "E21", "E30"),
            ),
        },
        days=120,
        related=(0,),
        views=31,
    ),
    Piece(
        "riding",
        "public",
        {
            "en": Text(
                "Update the firmware without the app",
                "With a computer and a USB cable.",
                "<p>The display can be updated by a USB cable. Charge the battery to at least half first.</p>"
                "<pre><code>calden-update --port /dev/ttyUSB0 --file display-2.4.bin</code></pre>"
                "<p>Do not switch the bike off before the display shows the version.</p>",
                ("firmware", "USB"),
            ),
        },
        in_review=True,
        days=2,
    ),
    Piece(
        "house",
        "internal",
        {
            "en": Text(
                "When we send a new battery at once",
                "Without asking for the old one first.",
                "<p>Send a new battery at once when it shows three red blinks, is swollen, or has been wet. Never ask "
                "a customer to send a damaged battery by mail: order a pick-up.</p>",
                ("warranty", "damage"),
            ),
            "de": Text(
                "Wann wir sofort einen neuen Akku senden",
                "Ohne erst den alten zu verlangen.",
                "<p>Sofort bei dreimal rotem Blinken, wenn er gequollen oder nass geworden ist. Beschädigte Akkus "
                "werden abgeholt, nie per Post gesendet.</p>",
                ("Garantie",),
            ),
        },
        days=70,
        views=6,
    ),
    Piece(
        "house",
        "internal",
        {
            "en": Text(
                "Refunds above 500 euros",
                "Who has to agree, and in which order.",
                "<p>Refunds above 500 euros need the agreement of two people of Billing. Write it as a note on the "
                "ticket before the money leaves.</p>",
                ("refund",),
            ),
        },
        role="Billing team",
        days=150,
        look_again=20,
    ),
)
# What people searched for and did not find; how often.
FAILED_SEARCHES = (("child seat", "en", 4), ("kindersitz", "de", 3), ("insurance", "en", 2), ("seguro", "es", 1))
# Which article, whether it helped, what was said.
FEEDBACK = (
    (0, True, ""),
    (0, True, ""),
    (0, False, "Which button on the battery? Please add a photo."),
    (4, False, "My code E44 is not here."),
    (4, False, ""),
    (4, False, ""),
)

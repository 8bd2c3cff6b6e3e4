"""Text that looks like a helpdesk's: sentences from vocabularies in four languages, common words most often.

A vocabulary has the words of every day first, then some thousand of the trade: compounds, which German writes as one
word, and names of models and firms, which are the same in all languages.
"""

import random
from collections.abc import Sequence
from itertools import accumulate

SUBJECTS = {
    "en": ["battery", "display", "invoice", "delivery", "brake", "charger", "password", "order", "refund", "motor"],
    "de": [
        "Akku",
        "Anzeige",
        "Rechnung",
        "Lieferung",
        "Bremse",
        "Ladegerät",
        "Passwort",
        "Bestellung",
        "Motor",
        "Kette",
    ],
    "es": ["batería", "pantalla", "factura", "entrega", "freno", "cargador", "contraseña", "pedido", "motor", "cadena"],
    "pt": ["bateria", "visor", "fatura", "entrega", "travão", "carregador", "senha", "encomenda", "motor", "corrente"],
}
TROUBLES = {
    "en": ["does not work", "is missing", "arrived broken", "makes a noise", "shows an error", "is too late"],
    "de": ["funktioniert nicht", "fehlt", "kam beschädigt an", "macht Geräusche", "zeigt einen Fehler", "ist zu spät"],
    "es": ["no funciona", "falta", "llegó roto", "hace ruido", "muestra un error", "llega tarde"],
    "pt": ["não funciona", "está em falta", "chegou partido", "faz barulho", "mostra um erro", "está atrasado"],
}
WORDS = {
    "en": "the and to of a in is it you that we for on with this have not are but from they at or one all can there "
    "please since yesterday still after week again customer office bike shop serial number photo cable light wheel "
    "replace check order send ship address tomorrow warranty spare part dealer workshop frame saddle pedal tyre "
    "reset button charge cold rain error red green blink twice hours street invoice tax account team colleague",
    "de": "der die und in zu den das nicht von sie ist des sich mit dem dass er es ein ich auf so eine auch als an "
    "bitte seit gestern noch nach Woche wieder Kunde Büro Fahrrad Laden Seriennummer Foto Kabel Licht Rad tauschen "
    "prüfen bestellen senden Adresse morgen Garantie Ersatzteil Händler Werkstatt Rahmen Sattel Pedal Reifen Taste "
    "laden Kälte Regen Fehler rot grün blinkt zweimal Stunden Straße Steuer Konto Kollegin Größe übermorgen",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más pero sus le ya o este "
    "favor desde ayer todavía después semana otra vez cliente oficina bicicleta tienda número serie foto cable luz "
    "rueda cambiar revisar pedir enviar dirección mañana garantía recambio taller cuadro sillín pedal neumático "
    "botón cargar frío lluvia error rojo verde parpadea horas calle impuesto cuenta equipo compañera tamaño",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à "
    "favor desde ontem ainda depois semana outra vez cliente escritório bicicleta loja número série foto cabo luz "
    "roda trocar verificar encomendar enviar morada amanhã garantia peça oficina quadro selim pedal pneu botão "
    "carregar frio chuva erro vermelho verde pisca horas rua imposto conta equipa colega tamanho avariado",
}
# Two of these, one from each half, make a compound.
PARTS = {
    "en": (
        "brake chain frame fork hub rim spoke seat wheel gear torque motor belt lamp cargo child luggage display",
        "pad cover bolt holder guard sensor spring cap washer clamp bag mount case lock lever plate kit rack grip seal",
    ),
    "de": (
        "Brems Ketten Rahmen Gabel Naben Felgen Speichen Sattel Rad Schalt Motor Riemen Lampen Last Kinder Gepäck",
        "belag deckel schraube halter schutz fühler feder kappe scheibe klemme tasche griff hebel platte träger ring",
    ),
    "es": (
        "guarda porta cubre para salva quita saca alza limpia frena engrana gira monta suelta aprieta afloja",
        "cadenas frenos ruedas cables luces radios tuercas ejes bolsas cascos pedales discos muelles cubos llantas",
    ),
    "pt": (
        "guarda porta cobre para salva tira saca alça limpa trava engrena gira monta solta aperta folga",
        "correntes travões rodas cabos luzes raios porcas eixos bolsas capacetes pedais discos molas cubos aros",
    ),
}
SYLLABLES = "al bra cor dan el fin gor har is jun kel lum mar nor ol pra quin ros sol tor ul ver win xan yor zel"
NAMES = 3_000
# Sentences are made once and drawn often: that is faster, and people do repeat themselves.
POOL = 10_000


class Writer:
    """Writes titles and messages; the same dice write the same."""

    def __init__(self, dice: random.Random, *, pool: int = POOL) -> None:
        self.dice = dice
        self.sentences: dict[str, list[str]] = {}
        self.things: dict[str, list[str]] = {}
        for language in WORDS:
            compounds = _compounds(language)
            self.things[language] = [*SUBJECTS[language], *compounds]
            words = [*WORDS[language].split(), *compounds, *_names()]
            self.sentences[language] = self._sentences(words, pool)
        self.chances = {language: _zipf(things) for language, things in self.things.items()}

    def title(self, language: str) -> str:
        thing = self.dice.choices(self.things[language], cum_weights=self.chances[language])[0]
        code = self.dice.randrange(1000, 1_000_000)
        return f"{thing[0].upper()}{thing[1:]} {self.dice.choice(TROUBLES[language])} ({code})"

    def message(self, language: str) -> str:
        count = min(12, 2 + int(self.dice.expovariate(0.4)))
        chosen = self.dice.choices(self.sentences[language], k=count)
        return " ".join(chosen[: count // 2 or 1]) + "\n\n" + " ".join(chosen[count // 2 or 1 :])

    def _sentences(self, words: Sequence[str], number: int) -> list[str]:
        chances = _zipf(words)
        lengths = self.dice.choices(range(6, 19), k=number)
        drawn = iter(self.dice.choices(words, cum_weights=chances, k=sum(lengths)))
        return [_sentence([next(drawn) for _n in range(length)]) for length in lengths]


def _sentence(words: Sequence[str]) -> str:
    sentence = " ".join(words)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _compounds(language: str) -> list[str]:
    first, second = (part.split() for part in PARTS[language])
    # Neighbours share neither half, so that no word's family is common as a whole.
    return [first[n % len(first)] + second[n // len(first)] for n in range(len(first) * len(second))]


def _names() -> list[str]:
    syllables = SYLLABLES.split()
    number = len(syllables)
    names = [
        syllables[n % number] + syllables[n // number % number] + syllables[n * 7 // number % number]
        for n in range(NAMES)
    ]
    return [f"{name.capitalize()}{n % 90 + 10}" if n % 3 else name.capitalize() for n, name in enumerate(names)]


def _zipf(words: Sequence[str]) -> list[float]:
    """The n-th most common word is n times rarer than the first; added up, as a draw wants them."""
    return list(accumulate(1 / n for n in range(1, len(words) + 1)))

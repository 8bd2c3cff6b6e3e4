"""Text that looks like a helpdesk's: sentences from small vocabularies in four languages, common words most often."""

import random
from collections.abc import Sequence

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


class Writer:
    """Writes titles and messages; the same seed writes the same."""

    def __init__(self, dice: random.Random, *, pool: int = 400) -> None:
        self.dice = dice
        # Sentences are made once and drawn often: that is faster, and people do repeat themselves.
        self.sentences = {language: [self._sentence(language) for _n in range(pool)] for language in WORDS}

    def title(self, language: str) -> str:
        thing = self.dice.choice(SUBJECTS[language])
        code = self.dice.randrange(1000, 1_000_000)
        return f"{thing.capitalize()} {self.dice.choice(TROUBLES[language])} ({code})"

    def message(self, language: str) -> str:
        count = min(12, 2 + int(self.dice.expovariate(0.4)))
        chosen = self.dice.choices(self.sentences[language], k=count)
        return " ".join(chosen[: count // 2 or 1]) + "\n\n" + " ".join(chosen[count // 2 or 1 :])

    def _sentence(self, language: str) -> str:
        words = WORDS[language].split()
        length = self.dice.randint(6, 18)
        sentence = " ".join(self.dice.choices(words, weights=_zipf(words), k=length))
        return f"{sentence[0].upper()}{sentence[1:]}."


def _zipf(words: Sequence[str]) -> list[float]:
    """The n-th most common word is n times rarer than the first."""
    return [1 / n for n in range(1, len(words) + 1)]

"""What each mail program makes of an answer, in our four languages; and answers that no rule may hide."""

import pytest

from core.html import clean, to_text
from mail.replies import split_html, split_reply

NEW = "Thank you, it works.\n\nDana\n\n"
BLOCK = "{}: Bea Costa <bea@demo.example>\n{}: {}\n{}: Dana Miller\n{}: Re: Printer\n\nold words\n"
RULE = "________________________________\n"

# program and language, what stands below the new words
PROGRAMS = {
    "outlook-en": BLOCK.format("From", "Sent", "Monday, June 1, 2026 5:03 PM", "To", "Subject"),
    "outlook-de": BLOCK.format("Von", "Gesendet", "Montag, 1. Juni 2026 17:03", "An", "Betreff"),
    "outlook-es": BLOCK.format("De", "Enviado el", "lunes, 1 de junio de 2026 17:03", "Para", "Asunto"),
    "outlook-pt": BLOCK.format("De", "Enviada em", "segunda-feira, 1 de junho de 2026 17:03", "Para", "Assunto"),
    "outlook-fr": BLOCK.format("De ", "Envoyé ", "lundi 1 juin 2026 17:03", "À ", "Objet "),
    "outlook-web-en": RULE + BLOCK.format("From", "Sent", "Monday, June 1, 2026 5:03 PM", "To", "Subject"),
    "outlook-web-de": RULE + BLOCK.format("Von", "Gesendet", "Montag, 1. Juni 2026 17:03", "An", "Betreff"),
    "outlook-web-es": RULE + BLOCK.format("De", "Enviado", "lunes, 1 de junio de 2026 17:03", "Para", "Asunto"),
    "outlook-web-pt": RULE + BLOCK.format("De", "Enviado", "segunda-feira, 1 de junho de 2026", "Para", "Assunto"),
    "outlook-ios-en": "Get Outlook for iOS<https://aka.ms/o0ukef>\n" + RULE + BLOCK.format("From", "Date", "x", "To", "Subject"),
    "outlook-ios-de": "Outlook für iOS<https://aka.ms/o0ukef> beziehen\n" + RULE + BLOCK.format("Von", "Datum", "x", "An", "Betreff"),
    "outlook-android-es": "Obtener Outlook para Android<https://aka.ms/x>\n" + RULE + BLOCK.format("De", "Fecha", "x", "Para", "Asunto"),
    "outlook-android-pt": "Obter o Outlook para Android<https://aka.ms/x>\n" + RULE + BLOCK.format("De", "Data", "x", "Para", "Assunto"),
    "outlook-mac-de": BLOCK.format("Von", "Datum", "Montag, 1. Juni 2026 um 17:03", "An", "Betreff"),
    "exchange-en": "-----Original Message-----\n" + BLOCK.format("From", "Sent", "x", "To", "Subject"),
    "exchange-de": "-----Ursprüngliche Nachricht-----\n" + BLOCK.format("Von", "Gesendet", "x", "An", "Betreff"),
    "exchange-appointment-de": "-----Ursprünglicher Termin-----\n" + BLOCK.format("Von", "Gesendet", "x", "An", "Betreff"),
    "gmail-en": "On Mon, Jun 1, 2026 at 5:03 PM Bea Costa <bea@demo.example> wrote:\n\n> old\n",
    "gmail-en-wrapped": "On Mon, Jun 1, 2026 at 5:03 PM Bea Costa of the Demo Support Team <\nbea@demo.example> wrote:\n\n> old\n",
    "gmail-de": "Am Mo., 1. Juni 2026 um 17:03 Uhr schrieb Bea Costa <bea@demo.example>:\n\n> alt\n",
    "gmail-app-de": "Bea Costa <bea@demo.example> schrieb am Mo., 1. Juni 2026, 17:03:\n\n> alt\n",
    "gmail-es": "El lun, 1 jun 2026 a las 17:03, Bea Costa (<bea@demo.example>) escribió:\n\n> viejo\n",
    "gmail-app-es": "El lun., 1 jun. 2026 17:03, Bea Costa <bea@demo.example> escribió:\n\n> viejo\n",
    "gmail-pt": "Em seg., 1 de jun. de 2026 às 17:03, Bea Costa <bea@demo.example>\nescreveu:\n\n> velho\n",
    "apple-en": "> On 1 Jun 2026, at 17:03, Bea Costa <bea@demo.example> wrote:\n> \n> old\n",
    "apple-de": "> Am 01.06.2026 um 17:03 schrieb Bea Costa <bea@demo.example>:\n> \n> \ufeffalt\n",
    "apple-es": "> El 1 jun 2026, a las 17:03, Bea Costa <bea@demo.example> escribió:\n> \n> viejo\n",
    "apple-pt": "> No dia 01/06/2026, às 17:03, Bea Costa <bea@demo.example> escreveu:\n> \n> velho\n",
    "iphone-en": "Sent from my iPhone\n\n> On 1 Jun 2026, at 17:03, Bea Costa <bea@demo.example> wrote:\n> \n> \ufeffold\n",
    "iphone-de": "Von meinem iPhone gesendet\n\n> Am 01.06.2026 um 17:03 schrieb Bea Costa <bea@demo.example>:\n> \n> alt\n",
    "iphone-es": "Enviado desde mi iPhone\n\n> El 1 jun 2026, a las 17:03, Bea <bea@demo.example> escribió:\n> \n> viejo\n",
    "iphone-pt": "Enviado do meu iPhone\n\n> No dia 1 de jun. de 2026, às 17:03, Bea <bea@demo.example> escreveu:\n> \n> velho\n",
    "iphone-unmarked": "\ufeffOn 1 Jun 2026, at 17:03, Bea Costa <bea@demo.example> wrote:\n\nold words\n",
    "thunderbird-en": "On 6/1/26 17:03, Bea Costa wrote:\n> old\n",
    "thunderbird-de": "Am 01.06.26 um 17:03 schrieb Bea Costa:\n> alt\n",
    "thunderbird-es": "El 1/6/26 a las 17:03, Bea Costa escribió:\n> viejo\n",
    "thunderbird-pt-br": "Em 01/06/2026 17:03, Bea Costa escreveu:\n> velho\n",
    "thunderbird-pt": "Às 17:03 de 01/06/2026, Bea Costa escreveu:\n> velho\n",
    "yahoo-en": "On Monday, June 1, 2026 at 05:03:12 PM GMT+2, Bea Costa <bea@demo.example> wrote:\n\n old\n",
    "yahoo-de": "Am Montag, 1. Juni 2026 um 17:03:12 MESZ hat Bea Costa <bea@demo.example> Folgendes geschrieben:\n\n alt\n",
    "yahoo-es": "En lunes, 1 de junio de 2026, 17:03:12 CEST, Bea Costa <bea@demo.example> escribió:\n\n viejo\n",
    "yahoo-pt": "Em segunda-feira, 1 de junho de 2026 17:03:12 BRT, Bea Costa <bea@demo.example> escreveu:\n\n velho\n",
    "yahoo-app-en": "Sent from Yahoo Mail on Android\n\n  On Mon, 1 Jun 2026 at 17:03, Bea Costa<bea@demo.example> wrote:   old\n",
    "yahoo-app-de": "Von Yahoo Mail auf Android gesendet\n\n-------- Ursprüngliche Nachricht --------\nVon: Bea\n\nalt\n",
    "gmx-de": "Gesendet: Montag, 1. Juni 2026 um 17:03 Uhr\nVon: \"Bea Costa\" <bea@demo.example>\nAn: \"Dana Miller\" <dana@gmx.example>\nBetreff: Re: Printer\n\nalt\n",
    "gmx-en": "Sent: Monday, June 01, 2026 at 5:03 PM\nFrom: \"Bea Costa\" <bea@demo.example>\nTo: dana@gmx.example\nSubject: Re: Printer\n\nold\n",
    "web-de-app": "-- \nDiese Nachricht wurde von meinem Android Mobiltelefon mit WEB.DE Mail gesendet.\n\nAm 01.06.26, 17:03, Bea Costa <bea@demo.example> schrieb:\n> alt\n",
    "t-online-de": "-----Original-Nachricht-----\nBetreff: Re: Printer\nDatum: 2026-06-01T17:03:12+0200\nVon: \"Bea\" <bea@demo.example>\nAn: Dana\n\nalt\n",
    "samsung-en": "Sent from my Galaxy\n\n\n-------- Original message --------\nFrom: Bea Costa <bea@demo.example>\nDate: 01/06/2026 17:03 (GMT+01:00)\nTo: Dana\nSubject: Re: Printer\n\nold\n",
    "samsung-de": "Von meinem Galaxy gesendet\n\n\n-------- Ursprüngliche Nachricht --------\nVon: Bea Costa <bea@demo.example>\nDatum: 01.06.26 17:03 (GMT+01:00)\nAn: Dana\nBetreff: Re: Printer\n\nalt\n",
    "samsung-es": "Enviado desde mi Galaxy\n\n-------- Mensaje original --------\nDe: Bea <bea@demo.example>\nFecha: 1/6/26 17:03\nPara: Dana\nAsunto: Re\n\nviejo\n",
    "samsung-pt": "Enviado do meu Galaxy\n\n-------- Mensagem original --------\nDe: Bea <bea@demo.example>\nData: 01/06/26 17:03\nPara: Dana\nAssunto: Re\n\nvelho\n",
    "k9-en": "-- \nSent from my Android device with K-9 Mail. Please excuse my brevity.\n",
    "k9-quote-en": "On June 1, 2026 5:03:12 PM GMT+02:00, Bea Costa <bea@demo.example> wrote:\n>old\n",
    "k9-quote-de": "Am 1. Juni 2026 17:03:12 MESZ schrieb Bea Costa <bea@demo.example>:\n>alt\n",
    "k9-quote-es": "El 1 de junio de 2026 17:03:12 CEST, Bea Costa <bea@demo.example> escribió:\n>viejo\n",
    "notes-en": "Bea Costa---06/01/2026 05:03:12 PM---Please restart the printer.\n\nFrom:\tBea Costa/DEMO\nTo:\tDana Miller/ACME\nDate:\t06/01/2026 05:03 PM\nSubject:\tRe: Printer\n\nold\n",
    "notes-de": "Von:\tBea Costa/DEMO\nAn:\tDana Miller/ACME\nDatum:\t01.06.2026 17:03\nBetreff:\tRe: Printer\n\nalt\n",
    "notes-old": "Bea Costa schrieb am 01.06.2026 17:03:12:\n\n> alt\n",
    "name-first-es": "Bea Costa escribió el 1/6/2026 17:03:\n\n> viejo\n",
    "proton": "On Monday, June 1st, 2026 at 5:03 PM, Bea Costa <bea@demo.example> wrote:\n\n> old\n",
    "windows-mail-de": "Gesendet von Mail für Windows\n\n" + BLOCK.format("Von", "Gesendet", "x", "An", "Betreff"),
    "windows-mail-es": "Enviado desde Correo para Windows\n\n" + BLOCK.format("De", "Enviado", "x", "Para", "Asunto"),
    "helpdesk": "##- Reply above this line -##\n\nold\n",
    "zendesk": "##- Please type your reply above this line -##\n\nold\n",
    "zoho": "---- On Mon, 01 Jun 2026 17:03:12 +0200 Bea Costa <bea@demo.example> wrote ----\n\nold\n",
    "zoho-de": "---- Am Mo, 01 Jun 2026 17:03:12 +0200 Bea Costa <bea@demo.example> schrieb ---\n\nalt\n",
    "claws": "On Mon, 1 Jun 2026 17:03:12 +0200\nBea Costa <bea@demo.example> wrote:\n\n> old\n",
    "mutt": "Bea Costa <bea@demo.example> [2026-06-01 17:03]:\n> old\n",
    "aol-de": "-----Ursprüngliche Mitteilung-----\nVon: Bea <bea@demo.example>\nVerschickt: Mo, 1. Jun 2026 17:03\nBetreff: Re: Printer\n\nalt\n",
    "proton-de": "Gesendet mit der sicheren E-Mail von Proton Mail.\n\nAm Montag, 1. Juni 2026 um 17:03, Bea Costa <bea@demo.example> schrieb:\n\n> alt\n",
    "roundcube-fr": "Objet: Re: Printer\nDate: 2026-06-01 17:03\nDe: Bea <bea@demo.example>\nÀ: dana@acme.example\n\nvieux\n",
    "outlook-da": BLOCK.format("Fra", "Sendt", "1. juni 2026 17:03", "Til", "Emne"),
    "outlook-sv": BLOCK.format("Från", "Skickat", "den 1 juni 2026 17:03", "Till", "Ämne"),
    "outlook-pl": BLOCK.format("Od", "Wysłano", "poniedziałek, 1 czerwca 2026 17:03", "Do", "Temat"),
    "outlook-cs": BLOCK.format("Od", "Odesláno", "pondělí 1. června 2026 17:03", "Komu", "Předmět"),
    "outlook-ru": BLOCK.format("От", "Отправлено", "1 июня 2026 г. 17:03", "Кому", "Тема"),
    "outlook-zh": BLOCK.format("发件人", "发送时间", "2026年6月1日 17:03", "收件人", "主题"),
    "gmail-fi": "ma 1. kesäkuuta 2026 klo 17.03 Bea Costa\n<bea@demo.example> kirjoitti:\n\nvanha\n",
    "gmail-it": "In data lun 1 giu 2026 alle ore 17:03 Bea Costa <bea@demo.example> ha scritto:\n\n> vecchio\n",
    "gmail-pl": "pon., 1 cze 2026 o 17:03 Bea Costa <bea@demo.example> napisał(a):\n\n> stare\n",
    "gmail-tr": "1 Haz 2026 Pzt, 17:03 tarihinde Bea Costa <bea@demo.example> şunu yazdı:\n\n> eski\n",
    "gmail-zh": "在 2026年6月1日 17:03，Bea Costa <bea@demo.example> 写道：\n\n> 旧\n",
    "gmail-ja": "2026年6月1日(月) 17:03 Bea Costa <bea@demo.example>:\n\n> 古\n",
    "gmail-gl": "O luns, 1 de xuño de 2026 ás 17:03, Bea Costa (<bea@demo.example>) escribiu:\n\n> vello\n",
    "thunderbird-pl": "W dniu 1.06.2026 o 17:03, Bea Costa pisze:\n> stare\n",
    "thunderbird-cs": "Dne 1. 6. 2026 v 17:03 Bea Costa napsal(a):\n> staré\n",
    "bold-stars": "*From:* Bea <bea@demo.example>\n*Sent:* Monday\n*To:* Dana\n*Subject:* Printer\n\nold\n",
}  # fmt: skip


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_history_of_every_program_is_folded(program):
    assert split_reply(NEW + PROGRAMS[program]) == (NEW, PROGRAMS[program])


@pytest.mark.parametrize("program", PROGRAMS)
def test_its_form_in_html_shows_nothing_old(program):
    html = clean("<p>Thank you, it works.</p><p>Dana</p>" + _as_html(PROGRAMS[program]))
    visible, quoted = split_html(html)
    assert to_text(visible).strip() == "Thank you, it works.\n\nDana"
    assert clean(visible) == visible
    assert clean(quoted) == quoted


def _as_html(text: str) -> str:
    """Lines as an HTML writer would have them: quotes as blockquotes, dashes as they are."""
    lines = text.replace("&", "&amp;").replace("<", "&lt;").split("\n")
    own = [line for line in lines if not line.startswith(">")]
    old = [line.lstrip("> ") for line in lines if line.startswith(">")]
    quote = f"<blockquote>{'<br>'.join(old)}</blockquote>" if old else ""
    return f"<div>{'<br>'.join(own)}</div>{quote}"


@pytest.mark.parametrize(
    "text",
    [
        # answers between the lines of another's mail
        "-----Original Message-----\nFrom: Bea <bea@demo.example>\nSent: Monday\nTo: Dana\nSubject: x\n\n> Is it on?\nYes.\n> Is it loud?\nNo.\n",
        "Hello,\n\n-----Original Message-----\n> Is it on?\nYes.\n> Is it loud?\nNo.\n",
        "Hello,\n\nAm 01.06.26 um 17:03 schrieb Bea Costa:\n> Ist er an?\nJa.\n> Ist er laut?\nNein.\n",
        "Hola:\n\nEl 1/6/26 a las 17:03, Bea Costa escribió:\n> ¿Funciona?\nSí.\n",
        "Olá,\n\nEm 01/06/2026 17:03, Bea Costa escreveu:\n> Funciona?\nSim.\n",
        # the writer says that he wrote into the old text
        "Please see my answers below in red.\n\n" + PROGRAMS["outlook-en"],
        "Siehe meine Antworten unten.\n\n" + PROGRAMS["outlook-de"],
        "Meine Anmerkungen direkt im Text.\n\n" + PROGRAMS["outlook-de"],
        "Respondo abajo, en rojo.\n\n" + PROGRAMS["outlook-es"],
        "As minhas respostas estão abaixo.\n\n" + PROGRAMS["outlook-pt"],
        "Answers inline.\n\n" + PROGRAMS["outlook-web-en"],
        # what only looks like history
        "Please book a trip:\n\nFrom: Berlin\nDate: 1 June\nTo: Hamburg\n\nThank you\n",
        "Bitte buchen:\nVon: Berlin\nDatum: 1. Juni\nAn: Hamburg\n",
        "He wrote on Monday, and I answered:\nnothing came back.\n",
        "On Monday it printed. The display says:\npaper jam\n",
        "Am Montag schrieb ich Ihnen: keine Antwort bisher.\nBitte helfen Sie.\n",
        "El técnico me escribió: no tiene arreglo.\nNecesito ayuda.\n",
        "On Monday 1 June your colleague wrote:\nplease send the log\nHere it is.\n",
        "Hallo,\n\nam 1. Juni 2026 schrieb Frau Costa:\nBitte das Protokoll.\nHier ist es.\n",
        "Two dates:\n\nDelivery---01/06/2026 10:30---confirmed\nPickup---02/06/2026 10:30---open\n",
        "The log of the server:\n\nSMTP error from remote mail server after RCPT TO:<dana@acme.example>:\n550 unknown\n",
        "Please write to Dana Miller <dana@acme.example>:\nshe has the key.\n",
        "Guten Tag,\n\nam 01.06.2026 um 17:03 Uhr schrieb mir Ihr System folgende Meldung:\n\nFehler 500\n",
        "Hola:\n\nEl 1 de junio a las 17:03 el técnico escribió:\n\nreinicie el equipo\n",
        "Geht das so?\n--\nUnd geht es auch am Montag?\n",
        # what a web site's form sends
        "New message from your site\n\nFrom: Dana Miller\nE-mail: dana@acme.example\nDate: 1 June 2026\nSubject: Printer\n\nIt smokes.\n",
        "Neue Nachricht\n\nVon: Dana <dana@acme.example>\nDatum: 1.6.2026\nBetreff: Drucker\nTelefon: 123\n\nEr raucht.\n",
        "Nuevo mensaje\n\nDe: Dana <dana@acme.example>\nFecha: 1/6/2026\nAsunto: Impresora\n\nMensaje:\nEcha humo.\n",
        "Nova mensagem\n\nDe: Dana <dana@acme.example>\nData: 01/06/2026\nAssunto: Impressora\nMensagem: Deita fumo.\n",
        # what only looks like the line of a telephone
        "I looked it up.\n\nSent from Madrid yesterday by post.\n",
        "Das Paket ging heute raus.\n\nGesendet mit DHL am Montag.\n",
        "So ist es.\n\nVon meinem iPhone kann ich nicht drucken.\n",
        "Es geht nicht.\n\nOutlook für Mac geht auch nicht.\n",
        "Ya está.\n\nEnviado desde la oficina de Bilbao.\n",
        # what somebody passes on
        "FYI\n\n-------- Weitergeleitete Nachricht --------\nBetreff: x\nDatum: y\nVon: z <z@acme.example>\nAn: w\n\nwichtig\n",
        "FYI\n\n---------- Mensaje reenviado ---------\nDe: z <z@acme.example>\nFecha: y\nAsunto: x\nPara: w\n\nimportante\n",
        "FYI\n\n---------- Mensagem encaminhada ---------\nDe: z <z@acme.example>\nData: y\nAssunto: x\nPara: w\n\nimportante\n",
        "FYI\n\nBegin forwarded message:\n\nFrom: z <z@acme.example>\nDate: y\nSubject: x\nTo: w\n\nimportant\n",
    ],
)  # fmt: skip
def test_new_words_are_never_hidden(text):
    assert split_reply(text) == (text, "")


@pytest.mark.parametrize("sentence", ["Am besten so.", "On it!", "Em breve respondo.", "Das war 2026 um 17:03 fertig."])
def test_a_sentence_directly_above_the_introduction_stays(sentence):
    intro = "Am 01.06.26 um 17:03 schrieb Bea Costa <bea@demo.example>:"
    for below in ("\n> alt\n", "\n\nalt\n"):
        assert split_reply(f"{sentence}\n{intro}{below}").visible == f"{sentence}\n"


def test_the_heading_of_groupwise_stands_between_arrows():
    heading = ">>> Bea Costa <bea@demo.example> 01.06.2026 17:03 >>>\n"
    assert split_reply(NEW + heading + "\nalt\n") == (NEW, heading + "\nalt\n")
    html = clean(f"<p>{NEW}</p><p>{heading.replace('<', '&lt;').replace('>', '&gt;')}</p><p>alt</p>")
    assert to_text(split_html(html).visible).split() == NEW.split()


def test_quotes_after_the_last_answer_are_folded_and_the_answers_stay():
    text = "Am 01.06.26 um 17:03 schrieb Bea:\n> Ist er an?\nJa.\n> Gruß\n> Bea\n"
    assert split_reply(text).visible == "Am 01.06.26 um 17:03 schrieb Bea:\n> Ist er an?\nJa.\n"


@pytest.mark.parametrize(
    "line",
    ["-- ", "--", "—", "Sent from my iPad", "Gesendet mit der GMX Mail App", "Sent with Proton Mail secure email."]
    + ["Gesendet von Outlook für Android", "Enviado desde Outlook para iOS", "Enviado do Yahoo Mail para iPhone"]
    + [
        "Inviato da iPhone",
        "Verstuurd vanaf mijn iPad",
        "Outlook für iOS beziehen<https://aka.ms/o0ukef>",
        "发自我的 iPhone",
    ],
)
def test_a_signature_is_folded(line):
    text = f"Thank you.\n\n{line}\nDana\n"
    assert split_reply(text) == ("Thank you.\n\n", f"{line}\nDana\n")

"""The words with which mail programs introduce what they quote, in the languages of our customers and some more.

Each expression looks at one line of at most 300 characters and cannot go back over it more than once (T64).
"""

import re

BEGINS_INTRO = re.compile(
    r"(?i)(?:on|am|el|en|em|le|il|a|o|op|den|dnia|no dia|às|at|in data|w dniu|dne|în|missatge de)\b"
    r"|.{1,80}<[^<>\s]+@[^<>\s]+>|\d{1,4}[-./]\d{1,2}[-./]\d{1,4}\b|.{0,40}?(?:19|20)\d\d(?!\d)"
    r"|.{1,80}\b(?:schrieb am|wrote on|escribi[oó] el|escreveu (?:em|no))\b|.{1,10}\d{1,2}\. ?\d{1,2}\. ?\d{4}"
)
ENDS_INTRO = re.compile(
    r"(?i)(?:wrote|writes"
    r"|schrieb(?! (?:mir|uns|er|sie|ihre?|meine?|unsere?|der|die|das|eine?|dann|dazu|dass|folgende)\b)(?: .{0,150})?"
    r"|geschrieben|escribi[oó](?: el .{0,80})?|ha escrito"
    r"|escreveu(?: (?:em|no) .{0,80})?|escreveram|wrote on .{0,80}|escribiu|del dia .{0,80}"
    r"|a [ée]crit|ha scritto|schreef(?: .{0,150})?|skrev(?: .{0,150})?|kirjoitti|yazdı|a scris|ezt írta .{0,80}"
    r"|ha escrit(?: el .{0,80})?"
    r"|napisał(?:\(a\)|a)?|napsala?(?:\(a\))?|pisze|пишет|пише|написал[аи]?|(?:님이 )?작성|のメッセージ|写道|寫道)"
    r"\s?[:：]\s*$"
)
# Without a verb only a moment before it tells it from "mail to <dana@acme.example>:".
ENDS_WITH_ADDRESS = re.compile(r"<[^<>\s]{1,100}@[^<>\s]{3,100}>(?: \[[-\d .:+/]{8,40}\])?\s?[:：]\s*$")
MOMENT = re.compile(r"\d{1,2}[:.h]\d\d(?!\d)|(?<!\d)(?:19|20)\d\d(?!\d)")
SEPARATOR = re.compile(
    r"(?i)[-_=\s>*#]{0,60}(?:original message|original appointment|original-?nachricht|urspr[uü]ngliche nachricht"
    r"|urspr[uü]ngliche mail|urspr[uü]nglicher termin|mensaje original|cita original|mensagem original"
    r"|compromisso original|message d'origine|messaggio originale|oorspronkelijk bericht"
    r"|urspr[uü]ngliche mitteilung|oprindelig besked|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti"
    r"|(?:oryginalna wiadomość|wiadomość oryginalna)|původní zpráva|исходное сообщение|eredeti üzenet|原始邮件"
    r"|reply message|antwort an|(?:please )?(?:(?:type|write) your )?reply above this line"
    r"|bitte antworten sie oberhalb dieser linie|responda por encima de esta línea|responda acima desta linha"
    r")[-_=\s:*#]{0,60}$"
    # of Zoho and of GroupWise: the moment and the verb or the sender between dashes or arrows
    r"|-{3,}\s?.{10,160}\s(?:wrote|schrieb|escribi[oó]|escreveu|a écrit|ha scritto)\s?-{3,}$"
    r"|>{2,3} .{3,120}\d{1,2}[:.]\d\d(?: ?[ap]m)? >{2,3}$"
)
# Notes: the name, the moment and the subject between groups of dashes.
NOTES_INTRO = re.compile(r".{1,80}---\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}:\d\d.{0,20}---")
ADDRESS = re.compile(r"[^\s<>]@[^\s<>]")
CLOCK = re.compile(r"\b\d{1,2}[:h]\d\d")
FULL_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d{1,2}[-./]\d{1,2}[-./]\d{2}")
RULE = re.compile(r"\s*[-_]{2,}")
FORWARDED = re.compile(
    r"(?i)[-_=\s>]{0,60}(?:begin forwarded message|forwarded message|forwarded by|weitergeleitete nachricht"
    r"|anfang der weitergeleiteten|weitergeleitet von|mensaje reenviado|reenviado por|mensagem encaminhada"
    r"|mensagem reencaminhada|encaminhado por|inicio del mensaje reenviado|in[ií]cio da mensagem (?:re)?encaminhada"
    r"|message transf[ée]r[ée])"
)
FROM = re.compile(
    r"(?i)\s*\*?(?:from|von|de|da|van|gesendet von|remitente|remetente|fra|från|od|от|lähettäjä|发件人|寄件者|差出人)"
    r"\s?[:：]\*?\s*\S"
)
SENT = re.compile(
    r"(?i)\s*\*?(?:sent|date|gesendet(?: am)?|datum|verschickt|enviado(?: el| em)?|fecha|data|enviada(?: em)?"
    r"|envoy[ée]|inviato|verzonden|sendt|skickat|dato|wysłano|odesláno|отправлено|дата|lähetetty|发送时间|日期|送信日時)"
    r"\s?[:：]\*?\s*\S"
)
SUBJECT = re.compile(
    r"(?i)\s*\*?(?:subject|betreff|asunto|assunto|objet|oggetto|onderwerp|emne|ämne|temat|předmět|тема|aihe|主题|主旨|件名)"
    r"\s?[:：]\*?"
)
OTHER_FIELD = re.compile(
    r"(?i)\s*\*?(?:to|an|para|cc|kopie|reply-to|importance|priorit[äa]t|[àa]|aan|bcc|anlagen|attachments|til|till|do"
    r"|komu|кому|vastaanottaja|收件人|宛先)\s?[:：]\*?"
)
# Besides the fields above; anything else with a colon is a form that somebody filled in, not an old mail.
KNOWN_FIELD = re.compile(
    r"(?i)\s*\*?(?:cco|organi[sz]ation|wichtigkeit|vertraulichkeit|sensitivity|import[aâ]ncia|prioridade?|anh[aä]nge?"
    r"|anlage|kategorien?|categories|(?:datos )?adjuntos|anexos?|antwort an|responder a|reply to|sender|im auftrag von"
    r"|on behalf of|when|where|wann|wo|cu[aá]ndo|d[oó]nde|quando|onde|list-id|user-agent|x-[\w-]{1,40}"
    r"|(?:message|content|mime|return|delivered|in-reply)-[\w-]{1,30}|received|https?|mailto)\s?[:：]"
)
LABEL = re.compile(r"\*?[^\W\d_][\w .-]{0,24}[:：]\*?(?:\s|$)")
LABEL_OF_A_MESSAGE = re.compile(
    r"(?i)\*?(?:(?:ihre |your |su |sua |a sua |tu )?(?:nachricht|mitteilung|message|mensaje|mensagem)"
    r"|anliegen|anfrage|text|kommentare?|comments?|comentarios?|coment[áa]rios?|consulta|cuerpo del mensaje"
    r"|corpo da mensagem|message body|inhalt|frage|question|pregunta|pergunta)\s?[:：]"
)
MARK = "-- "
SIGNATURE = re.compile(r"(?:-- ?|—)\s*$")
_THING = (
    r"(?:i(?:phone|pad|pod)|android|galaxy|samsung|blackberry|huawei|honor|xiaomi|redmi|oneplus|pixel|motorola|nokia"
    r"|sony|smartphone|phone|handy|mobil\w{0,12}|telefon|tablet|m[óo]vil|celular|dispositivo|tel[ée]fono"
    r"|telem[óo]vel|device|mac|windows phone)\b"
)
_PROGRAM = (
    r"(?:(?:der |the |el |o |a )?(?:(?:gmx|web\.de|freenet|t-online|telekom|magenta|ionos) ?(?:mail)?|outlook|yahoo"
    r"|mail for|mail für|correo para|correio para|k-9|fairemail|posteo|proton|thunderbird|samsung|gmail"
    r"|e-?mail (?:app|para)))"
)
# As specific as can be: "Sent from Madrid yesterday" is an answer, and so is "My phone cannot print".
DEVICE = re.compile(
    rf"(?i)\s*(?:(?:sent from (?:my |a )|enviado desde (?:mi |un )|envoyé de mon |gesendet von mein(?:em|er) "
    rf"|enviad[oa] (?:do|de|a partir do) (?:meu |minha )).{{0,40}}?{_THING}.{{0,60}}"
    rf"|(?:diese nachricht wurde )?von mein(?:em|er) .{{0,40}}?{_THING}.{{0,60}} (?:gesendet|geschickt)\W{{0,3}}"
    rf"|(?:sent (?:from|with)|gesendet (?:mit|von|über)|enviado (?:desde|con|do|da|de|pelo)) {_PROGRAM}.{{0,80}}"
    rf"|von {_PROGRAM}.{{0,40}} gesendet\W{{0,3}}"
    r"|(?:inviato da(?:l mio)?|ver(?:zonden|stuurd) vanaf(?: mijn)?|sendt fra(?: min)?|skickat från(?: min)?"
    rf"|wysłane z) {_THING}.{{0,60}}|发自我的 ?{_THING}.{{0,60}}"
    r"|(?:sent|gesendet|enviado) (?:with|mit|con|com) .{0,40}?proton ?mail.{0,30}"
    r"|get outlook for .{0,80}"
    r"|outlook für (?:ios|android|mac)(?: ?<http.{0,80}| .{0,30}(?:beziehen|abrufen|laden)(?: ?<http.{0,80})?)"
    r"|(?:holen sie sich|hol dir) outlook .{0,80}|obtener outlook para .{0,80}|(?:obter|obtenha) o outlook .{0,80})$"
)
# Whoever says this has written into the old text; nothing below may be folded.
ANSWERS_BELOW = re.compile(
    r"(?i)\b(?:see|find|answers?|answered|comments?|commented|replies|replied|responses?)\b.{0,60}"
    r"\b(?:below|in-?line|in line|in (?:red|blue|green|bold)|in between|in your (?:text|mail|email))\b"
    r"|\bsiehe\b.{0,30}\b(?:unten|rot|blau|grün|im text)\b|\bs\. ?u\.(?:\s|$)"
    r"|\b(?:antworten?|anmerkungen?|kommentare?|geantwortet|ergänzungen?)\b.{0,60}"
    r"\b(?:unten|im text|inline|in rot|rot|blau|grün|dazwischen|in deine[rm]?|in ihre[rmn]?|darunter)\b"
    r"|\b(?:respuestas?|comentarios?|respondo|contesto|respondido|ver|v[eé]ase)\b.{0,60}"
    r"\b(?:abajo|debajo|en (?:rojo|azul|verde|negrita)|en el texto|entre l[ií]neas)\b"
    r"|\b(?:respostas?|coment[áa]rios?|respondo|respondi|ver|veja|vide)\b.{0,60}"
    r"\b(?:abaixo|em (?:vermelho|azul|verde|negrito)|no texto|no corpo|entre linhas)\b"
)

"""Charsets: right, missing, wrong and lying, in bodies and in headers."""

import base64

from tests.mail.letters.builder import FROM, TO, Letter, encoded, mail, part, with_parts

GERMAN = "Grüße aus Köln, der Drucker läßt sich nicht öffnen."
SPANISH = "¿Puede usted enviar la contraseña mañana? Gracias, Begoña"
PORTUGUESE = "A impressora não imprime. Solução, por favor: já são três avarias."
POLISH = "Drukarka wciąż nie działa, proszę o pomoc. Dziękuję, Łukasz"
CZECH = "Tiskárna stále nefunguje, prosím o pomoc. Děkuji, Jiří Dvořák, účtárna"
HUNGARIAN = "A nyomtató nem működik, kérem segítsen. Köszönöm, Győző"
TURKISH = "Yazıcı çalışmıyor, lütfen yardım edin. Teşekkürler, Gülşen Doğan"
RUSSIAN = "Здравствуйте, принтер на втором этаже не печатает. Помогите, пожалуйста."
UKRAINIAN = "Добрий день, принтер не друкує, допоможіть, будь ласка. Є помилка її."
GREEK = "Καλημέρα, ο εκτυπωτής δεν λειτουργεί. Παρακαλώ βοηθήστε."
HEBREW = "שלום, המדפסת אינה עובדת. אנא עזרו לי בבקשה."
ARABIC = "مرحبا، الطابعة لا تعمل. الرجاء المساعدة في أقرب وقت."
THAI = "สวัสดี เครื่องพิมพ์ไม่ทำงาน โปรดช่วยด้วย"
JAPANESE = "お世話になっております。プリンターが動きません。ご確認をお願いいたします。"
CHINESE = "您好,二楼的打印机坏了,请帮忙修理。谢谢!"
TRADITIONAL = "您好,二樓的印表機壞了,請幫忙修理。謝謝!"
HONGKONG = "你好,嘅喺啲係咁,影印機壞咗。"
KOREAN = "안녕하세요, 2층 프린터가 작동하지 않습니다. 도와주세요. 똠방"
VIETNAMESE = "Máy in không hoạt động"

# name, declared label, codec of the bytes, words
HONEST = [
    ("utf-8", "utf-8", "utf-8", GERMAN + " 🖨️"),
    ("utf8-without-dash", "UTF8", "utf-8", SPANISH),
    ("latin-1", "iso-8859-1", "iso-8859-1", GERMAN),
    ("latin-1-with-windows-quotes", "iso-8859-1", "cp1252", "„Größe“ – 5 €"),
    ("latin-9", "iso-8859-15", "iso-8859-15", "5 € für Žižek"),
    ("latin-2", "iso-8859-2", "iso-8859-2", POLISH),
    ("windows-1250", "windows-1250", "cp1250", HUNGARIAN),
    ("windows-1251", "windows-1251", "cp1251", RUSSIAN),
    ("koi8-r", "koi8-r", "koi8-r", RUSSIAN),
    ("koi8-u", "KOI8-U", "koi8-u", UKRAINIAN),
    ("iso-8859-5", "iso-8859-5", "iso8859-5", RUSSIAN),
    ("windows-1253", "windows-1253", "cp1253", GREEK),
    ("iso-8859-7", "iso-8859-7", "iso8859-7", GREEK),
    ("turkish", "iso-8859-9", "cp1254", TURKISH),
    ("hebrew", "windows-1255", "cp1255", HEBREW),
    ("hebrew-logical", "iso-8859-8-i", "iso8859-8", HEBREW),
    ("arabic", "windows-1256", "cp1256", ARABIC),
    ("thai", "tis-620", "cp874", THAI),
    ("gb2312", "gb2312", "gb2312", CHINESE),
    ("gb2312-with-more-letters", "gb2312", "gbk", "朱镕基 囧"),
    ("gb18030", "GB18030", "gb18030", CHINESE + " 𠮷"),
    ("big5", "big5", "big5", TRADITIONAL),
    ("big5-hkscs", "Big5-HKSCS", "big5hkscs", HONGKONG),
    ("iso-2022-jp", "ISO-2022-JP", "iso2022_jp", JAPANESE),
    ("shift-jis", "Shift_JIS", "cp932", JAPANESE + "①㈱"),
    ("euc-jp", "euc-jp", "euc_jp", JAPANESE),
    ("euc-kr", "euc-kr", "euc_kr", KOREAN.replace("똠", "돔")),
    ("ks-c-5601", "ks_c_5601-1987", "cp949", KOREAN),
    ("hz", "hz-gb-2312", "hz", CHINESE),
    ("utf-16-with-mark", "utf-16", "utf-16", GERMAN),
    ("utf-16-big-end-without-mark", "utf-16", "utf-16-be", GERMAN),
    ("mac-roman", "macintosh", "mac-roman", GERMAN),
    ("cp850", "cp850", "cp850", GERMAN),
]
# name, content type, codec of the bytes, words, notes
LIES = [
    ("nothing-said-utf-8", "text/plain", "utf-8", GERMAN, ["charset unknown: used utf-8"]),
    ("nothing-said-latin", "text/plain", "cp1252", SPANISH, ["charset unknown: used windows-1252"]),
    ("nothing-said-portuguese", "text/plain", "cp1252", PORTUGUESE, ["charset unknown: used windows-1252"]),
    ("nothing-said-polish", "text/plain", "iso8859-2", POLISH, ["charset unknown: used iso8859-2"]),
    ("nothing-said-polish-windows", "text/plain", "cp1250", POLISH, ["charset unknown: used windows-1250"]),
    ("nothing-said-czech", "text/plain", "cp1250", CZECH, ["charset unknown: used windows-1250"]),
    ("nothing-said-turkish", "text/plain", "cp1254", TURKISH, ["charset unknown: used windows-1254"]),
    ("nothing-said-russian", "text/plain", "cp1251", RUSSIAN, ["charset unknown: used windows-1251"]),
    ("nothing-said-koi8", "text/plain", "koi8-r", RUSSIAN, ["charset unknown: used koi8_r"]),
    ("nothing-said-greek", "text/plain", "cp1253", GREEK, ["charset unknown: used windows-1253"]),
    ("nothing-said-chinese", "text/plain", "gb18030", CHINESE * 2, ["charset unknown: used gb18030"]),
    ("nothing-said-jis", "text/plain", "iso2022_jp", JAPANESE, ["charset unknown: used iso-2022-jp"]),
    ("ascii-is-utf-8", "text/plain; charset=us-ascii", "utf-8", GERMAN, ["charset us-ascii was wrong: used utf-8"]),
    ("ascii-is-latin", "text/plain; charset=us-ascii", "cp1252", GERMAN, ["charset unknown: used windows-1252"]),
    ("latin-is-utf-8", "text/plain; charset=iso-8859-1", "utf-8", GERMAN, ["charset iso-8859-1 was wrong: used utf-8"]),
    ("utf-8-is-latin", "text/plain; charset=utf-8", "cp1252", GERMAN, ["charset utf-8 was wrong: used windows-1252"]),
    ("utf-8-is-jis", "text/plain; charset=utf-8", "iso2022_jp", JAPANESE, ["charset utf-8 was wrong: used iso-2022-jp"]),
    ("latin-is-russian", "text/plain; charset=iso-8859-1", "cp1251", RUSSIAN, ["charset iso-8859-1 was wrong: used windows-1251"]),
    ("gb2312-is-utf-8", "text/plain; charset=gb2312", "utf-8", GERMAN, ["charset gb2312 was wrong: used utf-8"]),
    ("utf-16-is-ascii", "text/plain; charset=utf-16", "ascii", "Plain words", ["charset utf-16 was wrong: used us-ascii"]),
    ("unknown-label", "text/plain; charset=x-klingon", "utf-8", GERMAN, ["charset x-klingon is not known", "charset unknown: used utf-8"]),
    ("unknown-8bit", "text/plain; charset=unknown-8bit", "utf-8", GERMAN, ["charset unknown: used utf-8"]),
    ("label-in-quotes-and-blanks", 'text/plain; charset=" UTF-8 "', "utf-8", GERMAN, []),
]  # fmt: skip

LETTERS = [
    Letter(
        name=f"charset-{name}",
        raw=mail(f"Content-Type: text/plain; charset={label}", "Content-Transfer-Encoding: 8bit", body=words.encode(codec))
        if not codec.startswith("utf-16")
        else mail(
            f"Content-Type: text/plain; charset={label}",
            "Content-Transfer-Encoding: base64",
            body=base64.encodebytes(words.encode(codec)),
        ),
        text=words,
    )
    for name, label, codec, words in HONEST
]  # fmt: skip
LETTERS += [
    Letter(name=f"charset-{name}", raw=mail(f"Content-Type: {said}", body=words.encode(codec)), text=words, notes=notes)
    for name, said, codec, words, notes in LIES
]
LETTERS += [
    Letter(
        name="charset-jis-with-circled-numbers",
        raw=mail(
            "Content-Type: text/plain; charset=iso-2022-jp",
            body=b"\x1b$B-!-j\x1b(B and \x1b(I1234\x1b(B",
        ),
        text="①㈱ and ｱｲｳｴ",
    ),
    Letter(
        name="charset-jis-with-bare-half-width",
        raw=mail("Content-Type: text/plain; charset=iso-2022-jp", body=b"\xb1\xb2\xb3 \x1b$B%W%j\x1b(B"),
        text="ｱｲｳ プリ",
    ),
    Letter(
        name="charset-html-says-it-itself",
        raw=mail(
            "Content-Type: text/html",
            body=b'<html><head><meta charset="windows-1251"></head><body>'
            + RUSSIAN.encode("cp1251")
            + b"</body></html>",
        ),
        text=RUSSIAN,
        html=RUSSIAN,
    ),
    Letter(
        name="charset-html-knows-better",
        raw=mail(
            "Content-Type: text/html; charset=utf-8",
            body=b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>' + RUSSIAN.encode("koi8-r"),
        ),
        text=RUSSIAN,
        html=RUSSIAN,
        notes=["charset utf-8 was wrong: used koi8-r"],
    ),
    Letter(
        name="charset-html-says-utf-16-but-is-not",
        raw=mail("Content-Type: text/html", body='<meta charset="utf-16"><p>Grüße</p>'),
        text="Grüße",
        html="<p>Grüße</p>",
        notes=["charset unknown: used utf-8"],
    ),
    Letter(
        name="charset-the-other-part-tells",
        raw=with_parts(
            "mixed",
            part("text/plain; charset=koi8-r", RUSSIAN.encode("koi8-r")),
            part("text/plain", "Да".encode("koi8-r")),
        ),
        text=f"{RUSSIAN}\n\nДа",
        notes=["charset unknown: used koi8-r"],
    ),
    Letter(
        name="charset-raw-header-as-the-body-says",
        raw=mail(
            b"Subject: " + "Принтер не печатает".encode("cp1251"),
            "Content-Type: text/plain; charset=windows-1251",
            body=RUSSIAN.encode("cp1251"),
            head=(FROM, TO),
        ),
        subject="Принтер не печатает",
        text=RUSSIAN,
    ),
    Letter(
        name="charset-raw-header-jis",
        raw=mail(b"Subject: " + "プリンター".encode("iso2022_jp"), body="x", head=(FROM, TO)),
        subject="プリンター",
        text="x",
    ),
    Letter(
        name="charset-utf-8-mark-in-front",
        raw=mail("Content-Type: text/plain; charset=iso-8859-1", body=b"\xef\xbb\xbf" + GERMAN.encode()),
        text=GERMAN,
        notes=["byte order mark says utf-8, not iso-8859-1"],
    ),
    Letter(
        name="charset-every-part-its-own",
        raw=with_parts(
            "mixed",
            part("text/plain; charset=windows-1252", GERMAN.encode("cp1252")),
            encoded("text/plain; charset=shift_jis", JAPANESE.encode("cp932")),
            part("text/plain; charset=utf-8", SPANISH),
        ),
        text=f"{GERMAN}\n\n{JAPANESE}\n\n{SPANISH}",
    ),
    Letter(
        name="charset-cut-inside-a-letter",
        raw=mail("Content-Type: text/plain; charset=utf-8", body=(GERMAN + "ü").encode()[:-1]),
        text=GERMAN + "\ufffd",
        notes=["not all bytes are valid utf-8: replaced"],
    ),
    Letter(
        name="charset-utf-8-with-a-latin-footer",
        raw=mail(
            "Content-Type: text/plain; charset=utf-8", body=GERMAN.encode() + b"\r\n-- \r\nGr\xfc\xdfe vom Verteiler"
        ),
        text=GERMAN + "\n-- \nGrüße vom Verteiler",
        notes=["not all bytes are valid utf-8: replaced"],
    ),
    Letter(
        name="charset-utf-7-is-not-decoded",
        raw=mail("Content-Type: text/plain; charset=utf-7", body="+ADw-script+AD4-"),
        text="+ADw-script+AD4-",
        notes=["charset utf-7 is not known"],
    ),
]

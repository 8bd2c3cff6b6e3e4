"""Headers: encoded words as they really come, raw bytes, doubles, broken lines."""

from tests.mail.letters.builder import FROM, TO, Letter, mail

# name, the header as written, what it says
SUBJECTS = [
    ("base64", "=?utf-8?B?R3LDvMOfZSBhdXMgS8O2bG4=?=", "Grüße aus Köln"),
    ("quoted", "=?iso-8859-1?Q?Gr=FC=DFe_aus_K=F6ln?=", "Grüße aus Köln"),
    ("split-inside-a-letter", "=?utf-8?Q?Gr=C3?=\r\n =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
    ("split-inside-base64", "=?utf-8?B?R3LD?=\r\n\t=?utf-8?B?vMOfZQ==?=", "Grüße"),
    ("without-blank-between", "=?utf-8?Q?Gr=C3=BC?==?utf-8?Q?=C3=9Fe?=", "Grüße"),
    ("glued-to-words", "Re:=?utf-8?Q?Gr=C3=BC=C3=9Fe?=!", "Re:Grüße!"),
    ("blanks-inside", "=?utf-8?Q?Gr=C3=BC=C3=9Fe aus K=C3=B6ln?=", "Grüße aus Köln"),
    ("question-mark-inside", "=?utf-8?Q?Geht=C2=A0das? Ja?=", "Geht das? Ja"),
    ("two-charsets", "=?iso-8859-1?Q?Gr=FC=DFe?= =?koi8-r?B?8NLJ18XU?=", "GrüßeПривет"),
    ("lower-case", "=?UTF-8?b?R3LDvMOfZQ==?=", "Grüße"),
    ("language", "=?utf-8*de?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
    ("no-padding", "=?utf-8?B?R3LDvMOfZQ?=", "Grüße"),
    ("mixed-encodings", "=?utf-8?Q?Gr=C3=BC?= =?utf-8?B?w59l?=", "Grüße"),
    ("jis", "=?ISO-2022-JP?B?GyRCJVclaiVzJT8hPBsoQg==?=", "プリンター"),
    ("jis-in-two-words", "=?ISO-2022-JP?B?GyRCJVclahsoQg==?= =?ISO-2022-JP?B?GyRCJXMlPyE8GyhC?=", "プリンター"),
    ("gb", "=?gb2312?B?tPLToba6?= end", "打印逗 end"),
    ("big5", "=?big5?B?pkyq7b73?=", "印表機"),
    ("jis-that-is-shift-jis", "=?ISO-2022-JP?B?g3aDioOTg16BW4LMg2WDWINn?=", "プリンターのテスト"),
    ("jis-circled", "=?ISO-2022-JP?B?GyRCLSEtIhsoQg==?=", "①②"),
    ("korean", "=?ks_c_5601-1987?B?x8G4sMXN?=", "프린터"),
    ("latin-word-that-is-utf-8", "=?iso-8859-1?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
    ("ascii-word-that-is-not", "=?us-ascii?Q?Gr=FC=DFe?=", "Grüße"),
    ("no-such-charset", "=?x-nothing?Q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
    ("broken-off", "=?utf-8?Q?Gr=C3=BC", "=?utf-8?Q?Gr=C3=BC"),
    ("emoji", "=?UTF-8?Q?=F0=9F=94=A5_on_fire_=F0=9F=91=A9=E2=80=8D=F0=9F=9A=92?=", "🔥 on fire 👩‍🚒"),
    ("line-breaks-smuggled", "=?utf-8?Q?a=0D=0ABcc:_eve@evil.example?=", "a Bcc: eve@evil.example"),
    ("folded-five-times", "one\r\n two\r\n\tthree\r\n  four\r\n \r\n five", "one two three four five"),
    ("right-to-left", "=?utf-8?B?15TXnteT16TXodeqINec15Ag16LXldeR15PXqg==?=", "המדפסת לא עובדת"),
    ("direction-trick", "=?utf-8?Q?invoice=E2=80=AEfdp.exe?=", "invoicefdp.exe"),
]
NOTED = {"no-such-charset": ["encoded word with an unknown charset", "charset x-nothing is not known", "charset unknown: used utf-8"],
    "latin-word-that-is-utf-8": ["charset iso-8859-1 was wrong: used utf-8"],
    "ascii-word-that-is-not": ["charset unknown: used windows-1252"]}  # fmt: skip

LETTERS = [
    Letter(
        name=f"subject-{name}",
        raw=mail(f"Subject: {written}", body="x", head=(FROM, TO)),
        subject=said,
        text="x",
        notes=NOTED.get(name, []),
    )
    for name, written, said in SUBJECTS
]
LETTERS += [
    Letter(
        name="header-raw-latin",
        raw=mail(b"From: J\xfcrgen M\xfcller <juergen@acme.example>", b"Subject: Gr\xfc\xdfe", body="x", head=(TO,)),
        subject="Grüße",
        sender="juergen@acme.example",
        sender_name="Jürgen Müller",
        text="x",
    ),
    Letter(
        name="header-raw-utf-8",
        raw=mail("From: Zoë Ångström <zoe@acme.example>", "Subject: Ça va", body="x", head=(TO,)),
        subject="Ça va",
        sender="zoe@acme.example",
        sender_name="Zoë Ångström",
        text="x",
    ),
    Letter(
        name="header-two-subjects",
        raw=mail("Subject: first", "Subject: second", body="x", head=(FROM, TO)),
        subject="first",
        text="x",
    ),
    Letter(name="header-no-subject", raw=mail(body="x", head=(FROM, TO)), subject="", text="x"),
    Letter(
        name="header-name-after-address",
        raw=mail("From: dana@acme.example (Dana Miller)", "Subject: Printer", body="x", head=(TO,)),
        text="x",
    ),
    Letter(
        name="header-comma-in-encoded-name",
        raw=mail("From: =?utf-8?Q?Miller=2C_Dana?= <dana@acme.example>", "Subject: Printer", body="x", head=(TO,)),
        sender_name="Miller, Dana",
        text="x",
    ),
    Letter(
        name="header-comma-without-quotes",
        raw=mail("From: Müller, Dana <dana@acme.example>", "Subject: Printer", body="x", head=(TO,)),
        sender_name="Müller, Dana",
        text="x",
    ),
    Letter(
        name="header-address-after-brackets",
        raw=mail("From: Dana Miller <dana@acme.example", "Subject: Printer", body="x", head=(TO,)),
        text="x",
    ),
    Letter(
        name="header-torn-apart",
        raw=b"Message-ID: <1@acme.example>\r\n\r\n  \r\n" + mail(body="x"),
        text="x",
        notes=["empty line inside of the header"],
    ),
    Letter(
        name="header-encoded-name-in-quotes",
        raw=mail('From: "=?utf-8?B?RMOhbmE=?= Miller" <dana@acme.example>', "Subject: Printer", body="x", head=(TO,)),
        sender_name="Dána Miller",
        text="x",
    ),
    Letter(
        name="header-broken-line-between",
        raw=mail("this is no header", "Subject: Printer", body="x", head=(FROM, TO)),
        text="x",
        notes=["broken header line"],
    ),
    Letter(
        name="header-blank-before-colon",
        raw=mail("Subject : Printer", "Content-Type : text/plain; charset=utf-8", body="Grüße", head=(FROM, TO)),
        text="Grüße",
    ),
    Letter(
        name="header-no-empty-line",
        raw=b"\r\n".join([FROM.encode(), TO.encode(), b"Subject: Printer", b"It hums.", b"", b"And stops."]),
        text="It hums.\n\nAnd stops.",
        notes=["no empty line between header and body"],
    ),
    Letter(
        name="header-mbox-line",
        raw=b"From dana@acme.example Tue Nov 17 09:12:00 2026\r\n" + mail(body="x"),
        text="x",
        notes=["mbox separator line skipped"],
    ),
    Letter(
        name="header-quoted-mbox-line",
        raw=b">From dana@acme.example Tue Nov 17 09:12:00 2026\n" + mail(body="x"),
        text="x",
        notes=["mbox separator line skipped"],
    ),
    Letter(
        name="header-a-thousand-received",
        raw=b"Received: from a by b\r\n" * 1_000 + mail(body="x"),
        text="x",
    ),
    Letter(
        name="header-one-of-300000-letters",
        raw=mail("X-Long: " + "y" * 300_000, body="x"),
        text="x",
    ),
    Letter(
        name="header-content-type-twice",
        raw=mail("Content-Type: text/plain; charset=utf-8", "Content-Type: text/html", body="Grüße <b>"),
        text="Grüße <b>",
    ),
    Letter(
        name="header-content-type-nonsense",
        raw=mail("Content-Type: text", "Content-Transfer-Encoding: 7-bit", body="It hums."),
        text="It hums.",
    ),
    Letter(
        name="header-html-by-half-a-name",
        raw=mail("Content-Type: html", body="<p>It hums.</p>"),
        text="It hums.",
        html="<p>It hums.</p>",
    ),
]  # fmt: skip

"""Names of files in every dress (RFC 2231, encoded words, raw bytes, paths)."""

from tests.mail.letters.builder import PDF, Letter, part, with_parts

# name, the disposition as written, what the file is called
NAMES = [
    ("plain", 'attachment; filename="a plan.pdf"', "a plan.pdf"),
    ("without-quotes", "attachment; filename=a plan.pdf; size=3", "a plan.pdf"),
    ("rfc-2231", "attachment; filename*=utf-8''%e2%82%ac%20rates.pdf", "€ rates.pdf"),
    ("rfc-2231-latin", "attachment; filename*=iso-8859-1'de'Gr%fc%dfe.pdf", "Grüße.pdf"),
    ("continued", 'attachment;\r\n filename*0="a very long ";\r\n filename*1="name.pdf"', "a very long name.pdf"),
    ("continued-inside-a-letter", "attachment; filename*0*=utf-8''%e2%82; filename*1*=%ac; filename*2=.pdf", "€.pdf"),
    ("continued-out-of-order", 'attachment; filename*1=".pdf"; filename*0="name"', "name.pdf"),
    ("continued-twelve-times", "attachment; " + "; ".join(f"filename*{n}=p{n}." for n in range(12)), "p0.p1.p2.p3.p4.p5.p6.p7.p8.p9.p10.p11"),
    ("both-forms", "attachment; filename=plain.pdf; filename*=utf-8''%c3%bc.pdf", "ü.pdf"),
    ("encoded-word", 'attachment; filename="=?utf-8?B?w7wucGRm?="', "ü.pdf"),
    ("encoded-words-folded", 'attachment; filename="=?utf-8?Q?=C3=BC?=\r\n =?utf-8?Q?=2Epdf?="', "ü.pdf"),
    ("encoded-word-without-quotes", "attachment; filename==?iso-8859-1?Q?=FC.pdf?=", "ü.pdf"),
    ("jis", 'attachment; filename="=?ISO-2022-JP?B?GyRCP14bKEIucGRm?="', "図.pdf"),
    ("raw-utf-8", "attachment; filename=Größe.pdf", "Größe.pdf"),
    ("path", 'attachment; filename="../../etc/plan.pdf"', "plan.pdf"),
    ("windows-path", 'attachment; filename="C:\\\\Users\\\\Dana\\\\plan.pdf"', "plan.pdf"),
    ("line-break", "attachment; filename*=utf-8''a%0d%0aX-Evil:%20b.pdf", "a X-Evil_ b.pdf"),
    ("nul", "attachment; filename*=utf-8''plan%00.pdf", "plan.pdf"),
    ("reserved", "attachment; filename=CON.pdf", "_CON.pdf"),
    ("invisible", 'attachment; filename="\u200b.plan.pdf"', "plan.pdf"),
    ("direction", 'attachment; filename="plan\u202efdp.exe"', "planfdp.exe"),
    ("quote-never-closed", 'attachment; filename="plan.pdf', "plan.pdf"),
    ("semicolon-in-quotes", 'attachment; filename="a;b.pdf"', "a;b.pdf"),
    ("none", "attachment", "document.pdf"),
    ("empty", 'attachment; filename=""', "document.pdf"),
    ("2000-letters", f"attachment; filename={'n' * 2_000}.pdf", "n" * 146 + ".pdf"),
    ("inline", "inline; filename=plan.pdf", "plan.pdf"),
    ("apostrophes", "attachment; filename='plan.pdf'", "plan.pdf"),
    ("description", "attachment\r\nContent-Description: plan.pdf", "plan.pdf"),
    ("description-in-words", "attachment\r\nContent-Description: The plan", "document.pdf"),
    ("no-disposition-word", "; filename=plan.pdf", "plan.pdf"),
]  # fmt: skip

LETTERS = [
    Letter(
        name=f"file-name-{name}",
        raw=with_parts(
            "mixed", part("text/plain", "x"), part("application/pdf", PDF, f"Content-Disposition: {disposition}")
        ),
        text="x",
        files=[(called, PDF)],
        notes=["NUL bytes removed"] if name == "nul" else [],
    )
    for name, disposition, called in NAMES
]
LETTERS += [
    Letter(
        name="file-name-by-content-type",
        raw=with_parts("mixed", part("text/plain", "x"), part('application/pdf; name="=?utf-8?Q?=C3=BC.pdf?="', PDF)),
        text="x",
        files=[("ü.pdf", PDF)],
    ),
    Letter(
        name="file-name-by-location",
        raw=with_parts(
            "mixed", part("text/plain", "x"), part("application/pdf", PDF, "Content-Location: plan.pdf")
        ),
        text="x",
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="file-name-three-times-the-same",
        raw=with_parts("mixed", part("text/plain", "x"), *[part("application/pdf; name=a.pdf", PDF)] * 3),
        text="x",
        files=[("a.pdf", PDF)] * 3,
    ),
]  # fmt: skip

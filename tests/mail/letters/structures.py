"""Which part is the text, which are files, which are pictures of the text: MIME in every order."""

from tests.mail.letters.builder import HEAD, PDF, PNG, Letter, encoded, mail, multi, part, with_parts

PLAIN = part("text/plain; charset=utf-8", "It hums.")
RICH = part("text/html; charset=utf-8", "<p>It <b>hums</b>.</p>")
SEEN = part("text/html; charset=utf-8", '<p>See <img src="cid:pic@acme"></p>')
PICTURE = encoded("image/png", PNG, "Content-ID: <pic@acme>", "Content-Disposition: inline; filename=pic.png")
PLAN = encoded("application/pdf", PDF, "Content-Disposition: attachment; filename=plan.pdf")
LOG = part("text/plain", "line of a log", "Content-Disposition: attachment; filename=app.log")
HTML = "<p>It <b>hums</b>.</p>"

LETTERS = [
    Letter(name="structure-plain", raw=mail(body="It hums.\n\nDana\n"), text="It hums.\n\nDana"),
    Letter(
        name="structure-alternative",
        raw=with_parts("alternative", PLAIN, RICH),
        text="It hums.",
        html=HTML,
    ),
    Letter(
        name="structure-alternative-the-other-way-round",
        raw=with_parts("alternative", RICH, PLAIN),
        text="It hums.",
        html=HTML,
    ),
    Letter(
        name="structure-related-in-alternative",
        raw=with_parts("alternative", PLAIN, multi("related", SEEN, PICTURE)),
        text="It hums.",
        html="cid:pic@acme",
        files=[("pic.png", PNG)],
        shown=["pic.png"],
    ),
    Letter(
        name="structure-alternative-in-related",
        raw=with_parts("related", multi("alternative", PLAIN, SEEN), PICTURE),
        text="It hums.",
        html="cid:pic@acme",
        files=[("pic.png", PNG)],
        shown=["pic.png"],
    ),
    Letter(
        name="structure-alternative-in-related-in-mixed",
        raw=with_parts("mixed", multi("related", multi("alternative", PLAIN, SEEN, boundary="in"), PICTURE), PLAN),
        text="It hums.",
        html="cid:pic@acme",
        files=[("pic.png", PNG), ("plan.pdf", PDF)],
        shown=["pic.png"],
    ),
    Letter(
        name="structure-mixed-in-alternative",
        raw=with_parts("alternative", PLAIN, multi("mixed", RICH, PLAN)),
        text="It hums.",
        html=HTML,
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-mixed-in-related",
        raw=with_parts("related", multi("mixed", SEEN, PLAN), PICTURE),
        text="See",
        html="cid:pic@acme",
        files=[("plan.pdf", PDF), ("pic.png", PNG)],
        shown=["pic.png"],
    ),
    Letter(
        name="structure-related-with-the-root-last",
        raw=with_parts("related", PICTURE, part("text/html", '<img src="cid:pic@acme">x', "Content-ID: <root>"), more='; start="<root>"'),
        text="x",
        html="cid:pic@acme",
        files=[("pic.png", PNG)],
        shown=["pic.png"],
    ),
    Letter(
        name="structure-picture-nobody-shows",
        raw=with_parts("related", RICH, PICTURE),
        text="It hums.",
        html=HTML,
        files=[("pic.png", PNG)],
    ),
    Letter(
        name="structure-picture-by-its-location",
        raw=with_parts(
            "related",
            part("text/html", '<p>See <img src="pics/a.png"><img src="b.png"></p>'),
            encoded("image/png", PNG, "Content-Location: pics/a.png"),
        ),
        text="See",
        html='<img src="cid:location-0"><img src="b.png">',
        files=[("image.png", PNG)],
        shown=["image.png"],
    ),
    Letter(
        name="structure-words-around-a-file",
        raw=with_parts("mixed", PLAIN, PLAN, part("text/plain", "And stops.")),
        text="It hums.\n\nAnd stops.",
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-html-around-a-file",
        raw=with_parts("mixed", RICH, PLAN, part("text/html", "<p>And stops.</p>")),
        text="It hums.\n\nAnd stops.",
        html="<p>And stops.</p>",
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-text-files-are-files",
        raw=with_parts("mixed", PLAIN, LOG, part('text/html; name="report.html"', "<p>report</p>")),
        text="It hums.",
        files=[("app.log", b"line of a log"), ("report.html", b"<p>report</p>")],
    ),
    Letter(
        name="structure-only-text-has-a-name",
        raw=with_parts("mixed", part('text/plain; name="body.txt"', "It hums."), PLAN),
        text="It hums.",
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-only-text-is-a-shown-file",
        raw=with_parts("mixed", part("text/plain", "It hums.", "Content-Disposition: inline; filename=note.txt"), PLAN),
        text="It hums.",
        files=[("note.txt", b"It hums."), ("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-nothing-but-an-attached-text",
        raw=mail("Content-Type: text/plain", "Content-Disposition: attachment; filename=note.txt", body="It hums."),
        text="It hums.",
        files=[("note.txt", b"It hums.")],
    ),
    Letter(
        name="structure-empty-words-and-an-attached-text",
        raw=with_parts("mixed", part("text/plain", "\r\n"), LOG),
        text="",
        files=[("app.log", b"line of a log")],
    ),
    Letter(
        name="structure-nothing-but-a-pdf",
        raw=mail("Content-Type: application/pdf; name=scan.pdf", "Content-Transfer-Encoding: base64", body="JVBERi0xLjQgcGxhbg=="),
        text="",
        files=[("scan.pdf", PDF)],
    ),
    Letter(
        name="structure-nothing-but-a-picture",
        raw=with_parts("mixed", encoded("image/png", PNG)),
        text="",
        files=[("image.png", PNG)],
    ),
    Letter(
        name="structure-empty-alternative",
        raw=with_parts("alternative", part("text/plain", ""), RICH),
        text="It hums.",
        html=HTML,
    ),
    Letter(
        name="structure-machine-alternatives",
        raw=with_parts("alternative", PLAIN, part("text/x-amp-html", "<html amp4email>"), RICH),
        text="It hums.",
        html=HTML,
        notes=["text/x-amp-html alternative left out"],
    ),
    Letter(
        name="structure-unknown-multipart",
        raw=with_parts("x-strange", PLAIN, PLAN),
        text="It hums.",
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-digest",
        raw=with_parts("digest", b"\r\nSubject: one\r\n\r\nfirst", b"\r\nSubject: two\r\n\r\nsecond"),
        text="Subject: one\n\nfirst",
        files=[("one.eml", b"Subject: one\r\n\r\nfirst"), ("two.eml", b"Subject: two\r\n\r\nsecond")],
    ),
    Letter(
        name="structure-preamble-and-epilogue",
        raw="\r\n".join([*HEAD, ""]).encode()
        + multi("mixed", PLAIN, PLAN).replace(b"\r\n\r\n", b"\r\n\r\nThis is a message in several parts.\r\n", 1)
        + b"\r\nend of all\r\n",
        text="It hums.",
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-boundary-missing",
        raw=with_parts("mixed", PLAIN, PLAN).replace(b'; boundary="=_0"', b""),
        text="It hums.",
        files=[("plan.pdf", PDF)],
        notes=["boundary wrong or missing: guessed"],
    ),
    Letter(
        name="structure-boundary-wrong",
        raw=with_parts("mixed", PLAIN, PLAN).replace(b'boundary="=_0"', b'boundary="other"'),
        text="It hums.",
        files=[("plan.pdf", PDF)],
        notes=["boundary wrong or missing: guessed"],
    ),
    Letter(
        name="structure-boundary-inside-another",
        raw=with_parts("mixed", multi("alternative", PLAIN, RICH, boundary="=_0_1"), PLAN),
        text="It hums.",
        html=HTML,
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-same-boundary-twice",
        raw=with_parts("mixed", multi("alternative", PLAIN, RICH, boundary="=_0"), PLAN),
        text="It hums.",
        html=HTML,
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-never-closed",
        raw=with_parts("mixed", PLAIN, part("application/pdf", PDF)).replace(b"\r\n--=_0--\r\n", b""),
        text="It hums.",
        files=[("document.pdf", PDF)],
    ),
    Letter(
        name="structure-inner-never-closed",
        raw=with_parts("mixed", multi("alternative", PLAIN, RICH).replace(b"--=_1--\r\n", b""), PLAN),
        text="It hums.",
        html=HTML,
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-cut-off-in-a-file",
        raw=with_parts("mixed", PLAIN, part("application/pdf", PDF * 100))[:-700],
        text="It hums.",
        files=[("document.pdf", (PDF * 100)[: -700 + len(b"\r\n--=_0--\r\n")])],
    ),
    Letter(
        name="structure-multipart-without-parts",
        raw=mail('Content-Type: multipart/mixed; boundary="zz"', body="It hums."),
        text="It hums.",
        notes=["multipart without parts: read as text"],
    ),
    Letter(
        name="structure-parts-after-the-end",
        raw=with_parts("mixed", PLAIN) + b"\r\n--=_0\r\n" + PLAN + b"\r\n--=_0--\r\n",
        text="It hums.",
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-a-hundred-levels",
        raw="\r\n".join([*HEAD, ""]).encode()
        + b"".join(b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(100))
        + b"\r\nIt hums.",
        text="It hums.",
    ),
    Letter(
        name="structure-a-thousand-parts",
        raw=with_parts("mixed", PLAIN, *[part("image/png", b"%d" % number) for number in range(999)]),
        text="It hums.",
        files=[("image.png", b"%d" % number) for number in range(999)],
    ),
    Letter(
        name="structure-pasted-picture",
        raw=mail("Content-Type: text/html", body='<p>It hums <img src="data:image/png;base64,UE5H"></p>'),
        text="It hums",
        html="cid:pasted-",
        files=[("picture-1.png", b"PNG")],
        shown=["picture-1.png"],
    ),
    Letter(
        name="structure-apple-double",
        raw=with_parts("mixed", PLAIN, multi("appledouble", part('application/applefile; name="plan"', b"\0\5\x16\7"), PLAN)),
        text="It hums.",
        files=[("plan", b"\0\5\x16\7"), ("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-external-body",
        raw=with_parts("mixed", PLAIN, part("message/external-body; access-type=URL", b"Content-Type: image/png\r\n\r\n")),
        text="It hums.",
        files=[("file", b"Content-Type: image/png\r\n\r\n")],
    ),
    Letter(
        name="structure-enriched",
        raw=mail("Content-Type: text/enriched", body="It <bold>hums</bold>\nand\n\nstops <<here."),
        text="It hums and\nstops <here.",
    ),
    Letter(
        name="structure-markdown",
        raw=mail("Content-Type: text/markdown; charset=utf-8", body="# It hums\n\n* since Monday"),
        text="# It hums\n\n* since Monday",
    ),
    Letter(
        name="structure-only-a-kind-of-text-that-nobody-knows",
        raw=mail("Content-Type: text/x-log; charset=utf-8", body="It hums."),
        text="It hums.",
        files=[("text.txt", b"It hums.")],
    ),
    Letter(
        name="structure-list-footer-in-base64",
        raw=mail(
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            body="SXQgaHVtcy4=\n_______\nThe footer of a list\n",
        ),
        text="It hums.\n_______\nThe footer of a list",
    ),
    Letter(
        name="structure-plain-words-called-base64",
        raw=mail("Content-Type: text/plain", "Content-Transfer-Encoding: base64", body="It hums, and then it stops again."),
        text="It hums, and then it stops again.",
        notes=["text called base64 was plain"],
    ),
    Letter(
        name="structure-broken-quoted-printable",
        raw=mail("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable", body="Gr=C3=BC=c3=9fe =\n=ZZ 1=  \n00=\n"),
        text="Grüße =ZZ 100",
    ),
    Letter(
        name="structure-flowed",
        raw=mail("Content-Type: text/plain; format=flowed", body="One line \nthat goes on.\n> quoted \n> on\n-- \nDana\n"),
        text="One line that goes on.\n> quoted on\n-- \nDana",
    ),
    Letter(
        name="structure-flowed-without-blanks",
        raw=mail("Content-Type: text/plain; format=flowed; delsp=yes; charset=utf-8", body="プリン \nター"),
        text="プリンター",
    ),
    Letter(
        name="structure-multipart-that-names-no-boundary",
        raw=mail("Content-Type: multipart/alternative;", body="It hums."),
        text="It hums.",
        notes=["multipart without parts: read as text"],
    ),
    Letter(
        name="structure-multipart-of-any-kind",
        raw=mail('Content-Type: multipart/*; boundary="b"', body="--b\n\nIt hums.\n--b\nContent-Type: application/pdf; name=plan.pdf\n\n%PDF-1.4 plan\n--b--\n"),
        text="It hums.",
        files=[("plan.pdf", PDF)],
    ),
    Letter(
        name="structure-blanks-at-the-end-of-the-boundary",
        raw=mail('Content-Type: multipart/mixed; boundary="b  "', body="--b  \n\nIt hums.\n--b  --\nafter the end"),
        text="It hums.",
    ),
    Letter(
        name="structure-pages-of-which-one-has-a-plain-form",
        raw=with_parts("alternative", multi("mixed", part("text/html", "<p>First.</p>"), multi("alternative", PLAIN, RICH, boundary="=_2"))),
        text="First.\n\nIt hums.",
        html="<p>First.</p>",
    ),
    *(
        Letter(
            name=f"structure-type-{name}",
            raw=mail(f"Content-Type: text/html{mark} charset=utf-8", body="<p>Grüße</p>"),
            text="Grüße",
            html="<p>Grüße</p>",
        )
        for name, mark in (("with-a-comma", ","), ("with-a-colon", ":"), ("with-two-semicolons", ";;"))
    ),
    Letter(
        name="structure-misspelt-transfer-encoding",
        raw=mail("Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printible", body="Gr=C3=BC=C3=9Fe"),
        text="Grüße",
    ),
    Letter(
        name="structure-page-called-plain",
        raw=mail("Content-Type: text/plain; charset=utf-8", body="<!DOCTYPE html>\n<html><body><p>It hums.</p></body></html>"),
        text="It hums.",
        html="<p>It hums.</p>",
        notes=["text called plain was a page"],
    ),
    Letter(
        name="structure-page-without-a-type",
        raw=mail(body="<html lang=de><head><title>x</title></head><body>It hums.</body></html>"),
        text="It hums.",
        html="It hums.",
        notes=["text called plain was a page"],
    ),
    Letter(
        name="structure-words-about-html-are-plain",
        raw=mail(body="<html> is what the printer prints instead of my page: <p>x</p>"),
        text="<html> is what the printer prints instead of my page: <p>x</p>",
    ),
    Letter(
        name="structure-alternatives-that-are-none",
        raw=with_parts("alternative", PLAIN, part("text/plain", "Since Monday morning."), RICH, part("text/html", "<p>Since Monday morning.</p>")),
        text="It hums.\n\nSince Monday morning.",
        html="<p>It <b>hums</b>.</p>\n<p>Since Monday morning.</p>",
    ),
    Letter(
        name="structure-the-same-alternative-twice",
        raw=with_parts("alternative", PLAIN, part("text/enriched", "It <bold>hums</bold>."), part("text/html", "<p>It hums.</p>"), RICH),
        text="It hums.",
        html=HTML,
    ),
]  # fmt: skip

"""What hardly is a mail: empty, cut, without line ends, full of NULs, or in scripts that run the other way."""

from tests.mail.letters.builder import FROM, HEAD, Letter, mail

NOBODY = {"sender": "", "sender_name": "", "subject": ""}
FAMILY = "👨‍👩‍👧 says: מדפסת لا تعمل 🖨️🔥"

LETTERS = [
    Letter(name="odd-empty", raw=b"", text="", **NOBODY),
    Letter(name="odd-one-line-feed", raw=b"\n", text="", **NOBODY),
    Letter(name="odd-only-words", raw=b"just words", text="just words", **NOBODY),
    Letter(name="odd-only-headers", raw="\r\n".join(HEAD).encode(), text=""),
    Letter(name="odd-no-body", raw=mail(), text=""),
    Letter(name="odd-blank-body", raw=mail(body="\n \n\t\n"), text=""),
    Letter(
        name="odd-only-carriage-returns",
        raw=mail(body="It hums.\n\nDana").replace(b"\r\n", b"\r"),
        text="It hums.\n\nDana",
        notes=["line ends were carriage returns"],
    ),
    Letter(name="odd-only-line-feeds", raw=mail(body="It hums.\n\nDana").replace(b"\r\n", b"\n"), text="It hums.\n\nDana"),
    Letter(name="odd-mixed-line-ends", raw=mail(body=b"one\rtwo\nthree\r\nfour"), text="one\ntwo\nthree\nfour"),
    Letter(name="odd-doubled-carriage-returns", raw=mail(body=b"one\r\r\ntwo"), text="one\n\ntwo"),
    Letter(name="odd-empty-lines-in-front", raw=b"\r\n\r\n" + mail(body="x"), text="x"),
    Letter(name="odd-mark-in-front", raw=b"\xef\xbb\xbf" + mail(body="x"), text="x"),
    Letter(name="odd-nul", raw=mail(body=b"a\0b\0"), text="ab", notes=["NUL bytes removed"]),
    Letter(name="odd-line-of-a-million", raw=mail(body="x" * 1_000_000), text="x" * 1_000_000),
    Letter(name="odd-emoji-and-both-directions", raw=mail("Content-Type: text/plain; charset=utf-8", body=FAMILY), text=FAMILY),
    Letter(
        name="odd-arabic-page",
        raw=mail("Content-Type: text/html; charset=utf-8", body='<div dir="rtl"><p>الطابعة لا تعمل</p></div>'),
        text="الطابعة لا تعمل",
        html='<div dir="rtl">',
    ),
    Letter(name="odd-lone-surrogate", raw=mail("Content-Type: text/plain; charset=utf-8", body=b"ab\xed\xa0\x80" + "ünd mehr äöüßéèêçñ".encode()), text="ab\ufffd\ufffd\ufffdünd mehr äöüßéèêçñ", notes=["not all bytes are valid utf-8: replaced"]),
    Letter(name="odd-backslashes", raw=mail(body="C:\\new\\temp\\x41 and \\\\server\\users"), text="C:\\new\\temp\\x41 and \\\\server\\users"),
    Letter(name="odd-lines-from-and-dots", raw=mail(body=">From here\n.\n..\nFrom there"), text=">From here\n.\n..\nFrom there"),
    Letter(name="odd-html-with-nothing-in-it", raw=mail("Content-Type: text/html", body="<html><body></body></html>"), text="", html="<body>"),
    Letter(name="odd-html-broken", raw=mail("Content-Type: text/html", body="<p>It <b>hums<p>and stops<table><td>x"), text="It hums\n\nand stops\n\nx", html="<b>"),
    Letter(name="odd-html-with-script", raw=mail("Content-Type: text/html", body="<p>It hums</p><script>alert(1)</script><style>p{}</style>"), text="It hums", html="<p>"),
    Letter(
        name="odd-html-of-word",
        raw=mail("Content-Type: text/html", body="<p class=MsoNormal>Hello<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p>World</p>"),
        text="Hello\n\n \n\nWorld",
        html="MsoNormal",
    ),
    Letter(
        name="odd-sender-of-two",
        raw=mail("Subject: Printer", body="x", head=("From: Dana Miller <dana@acme.example>, eve@evil.example",)),
        text="x",
    ),
    Letter(name="odd-sender-without-at", raw=mail("From: root (Cron Daemon)", "Subject: Printer", body="x", head=()), sender="", sender_name="", text="x"),
    Letter(name="odd-message-id-folded", raw=mail("Message-ID:\r\n <1@acme.example>", "Subject: Printer", body="x", head=(FROM,)), text="x"),
]  # fmt: skip

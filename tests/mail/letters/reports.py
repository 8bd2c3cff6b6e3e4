"""Delivery reports: by the standard, by header, and in the words of the many programs that follow none."""

from tests.mail.letters.builder import TO, Letter, mail, multi, part

ORIGINAL = b"From: support@demo.example\r\nMessage-ID: <9.x.y@demo.example>\r\nSubject: Re: Printer\r\n\r\nold"
STATUS = (
    "Reporting-MTA: dns; mx.acme.example\n\nFinal-Recipient: rfc822; gone@acme.example\nAction: {}\nStatus: {}\n"
    "Diagnostic-Code: smtp; 550 5.1.1 no such user\n"
)
DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.acme.example>"


def report(
    name: str, text: str, failed, *, subject: str, sender: str = DAEMON, more=(), original: str = "<9.x.y@demo.example>"
) -> Letter:
    address = sender.rpartition("<")[2].rpartition(" ")[2].rstrip(">")
    shown = sender.removeprefix("From: ").partition("<")[0].strip() if "<" in sender else ""
    return Letter(
        name=f"report-{name}",
        raw=mail(f"Subject: {subject}", *more, body=text, head=(sender, TO)),
        subject=subject,
        sender=address,
        sender_name=shown,
        text=text.strip(),
        failed=failed,
        original=original,
        automatic=True,
    )  # fmt: skip


def by_standard(name: str, *, action: str, status: str, head: bytes = b"", returned: str = "message/rfc822") -> Letter:
    said = STATUS.format(action, status)
    raw = (
        head
        + mail("Subject: Undelivered", head=(DAEMON, TO))[:-2]
        + multi(
            "report",
            part("text/plain", "Sorry."),
            part("message/delivery-status", said),
            part(returned, ORIGINAL),
            more="; report-type=delivery-status",
        )
    )
    file = "message.eml" if returned == "message/rfc822" else "headers.txt"
    return Letter(
        name=f"report-{name}",
        raw=raw,
        subject="Undelivered",
        sender="MAILER-DAEMON@mx.acme.example",
        sender_name="Mail Delivery System",
        text="Sorry.",
        files=[
            ("delivery-status.txt", said.replace("\n", "\r\n").encode()),
            ("Re_ Printer.eml" if file == "message.eml" else file, ORIGINAL),
        ],
        failed=[("gone@acme.example", action, status)],
        original="<9.x.y@demo.example>",
        automatic=True,
    )  # fmt: skip


COPY = "Return-Path: <support@demo.example>\nMessage-ID: <9.x.y@demo.example>\nSubject: Re: Printer\n\nold\n"
GONE = [("gone@acme.example", "failed", "")]

LETTERS = [
    by_standard("failed", action="failed", status="5.1.1"),
    by_standard("delayed", action="delayed", status="4.4.1"),
    by_standard("relayed", action="relayed", status="2.0.0"),
    by_standard("headers-only", action="failed", status="5.7.1", returned="text/rfc822-headers"),
    by_standard("null-sender", action="failed", status="5.1.1", head=b"Return-Path: <>\r\n"),
    report(
        "qmail",
        "Hi. This is the qmail-send program at mx.acme.example.\nI'm afraid I wasn't able to deliver your message to the"
        " following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<gone@acme.example>:\n192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 no such user\n"
        "Giving up on 192.0.2.1.\n\n--- Below this line is a copy of the message.\n\n" + COPY,
        [("gone@acme.example", "failed", "5.1.1")],
        subject="failure notice",
    ),
    report(
        "exim",
        "This message was created automatically by mail delivery software.\n\nA message that you sent could not be"
        " delivered to one or more of its\nrecipients. This is a permanent error. The following address(es) failed:\n\n"
        "  gone@acme.example\n    host mx.acme.example [192.0.2.1]\n    SMTP error from remote mail server after RCPT TO:\n"
        "    550 unknown user\n\n------ This is a copy of the message, including all the headers. ------\n\n" + COPY,
        GONE,
        subject="Mail delivery failed: returning message to sender",
    ),
    report(
        "exim-header",
        "This message was created automatically by mail delivery software.\n\n" + COPY,
        GONE,
        subject="Mail delivery failed: returning message to sender",
        more=["X-Failed-Recipients: gone@acme.example"],
    ),
    report(
        "in-a-sentence",
        "There was an error delivering your mail to <gone@acme.example>.\n\nmx.acme.example did not like it.\n\n"
        "Message headers follow.\n\n" + COPY,
        GONE,
        subject="Mail delivery failed",
    ),
    report(
        "exim-warning",
        "This message was created automatically by mail delivery software.\nA message that you sent has not yet been"
        " delivered to one or more of its\nrecipients after more than 24 hours on the queue.\n\n  gone@acme.example\n",
        [("gone@acme.example", "delayed", "")],
        subject="Warning: message delayed 24 hours",
        original="",
    ),
    report(
        "sendmail",
        "   ----- The following addresses had permanent fatal errors -----\n<gone@acme.example>\n"
        "    (reason: 550 5.1.1 <gone@acme.example>... User unknown)\n\n   ----- Transcript of session follows -----\n",
        [("gone@acme.example", "failed", "5.1.1")],
        subject="Returned mail: see transcript for details",
        original="",
    ),
    report(
        "postfix-without-parts",
        "This is the mail system at host mx.acme.example.\n\nI'm sorry to have to inform you that your message could not"
        "\nbe delivered to one or more recipients.\n\n<gone@acme.example>: host mx.acme.example[192.0.2.1] said: 550"
        " 5.1.1\n    no such user (in reply to RCPT TO command)\n",
        [("gone@acme.example", "failed", "5.1.1")],
        subject="Undelivered Mail Returned to Sender",
        original="",
    ),
    report(
        "exchange-old",
        "Your message did not reach some or all of the intended recipients.\n\n      Subject:  Re: Printer\n"
        "      Sent:     17.11.2026 09:12\n\nThe following recipient(s) could not be reached:\n\n"
        "      gone@acme.example on 17.11.2026 09:13\n            The e-mail account does not exist.\n"
        "            <mx.acme.example #5.1.1>\n",
        [("gone@acme.example", "failed", "5.1.1")],
        subject="Undeliverable: Re: Printer",
        sender="From: System Administrator <postmaster@acme.example>",
        original="",
    ),
    report(
        "exchange-german",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger:\n\ngone@acme.example\n"
        "Die eingegebene E-Mail-Adresse konnte nicht gefunden werden.\n",
        GONE,
        subject="Unzustellbar: Re: Printer",
        sender="From: postmaster@acme.example",
        original="",
        more=["Content-Type: text/plain; charset=utf-8"],
    ),
    report(
        "exchange-spanish",
        "No se pudo entregar el mensaje a los siguientes destinatarios:\n\ngone@acme.example\nNo se encontró.\n",
        GONE,
        subject="No se puede entregar: Re: Printer",
        sender="From: postmaster@acme.example",
        original="",
        more=["Content-Type: text/plain; charset=utf-8"],
    ),
    report(
        "exchange-portuguese",
        "Falha na entrega para estes destinatários:\n\ngone@acme.example\nO endereço não foi encontrado.\n",
        GONE,
        subject="Não é possível entregar: Re: Printer",
        sender="From: postmaster@acme.example",
        original="",
        more=["Content-Type: text/plain; charset=utf-8"],
    ),
    report(
        "web-de",
        "Diese Nachricht wurde automatisch erzeugt.\n\nDie folgende Nachricht konnte nicht zugestellt werden:\n\n"
        "  gone@acme.example:\n    SMTP error from remote server for RCPT TO command\n    550 unknown\n\n" + COPY,
        GONE,
        subject="Mail delivery failed: returning message to sender",
        more=["Content-Type: text/plain; charset=utf-8"],
    ),
    Letter(
        name="report-with-an-empty-status",
        raw=mail("Subject: Oops", "X-Failed-Recipients: gone@acme.example", head=(DAEMON, TO))[:-2]
        + multi("report", part("text/plain", "No."), part("message/delivery-status", ""), more="; report-type=delivery-status"),
        subject="Oops",
        sender="MAILER-DAEMON@mx.acme.example",
        sender_name="Mail Delivery System",
        text="No.",
        files=[("delivery-status.txt", b"")],
        failed=GONE,
        automatic=True,
    ),
    Letter(
        name="report-without-its-status",
        raw=mail("Subject: Oops", head=(DAEMON, TO))[:-2]
        + multi("report", part("text/plain", "<gone@acme.example>: 550 no"), more="; report-type=delivery-status"),
        subject="Oops",
        sender="MAILER-DAEMON@mx.acme.example",
        sender_name="Mail Delivery System",
        text="<gone@acme.example>: 550 no",
        failed=GONE,
        automatic=True,
    ),
    Letter(
        name="report-about-reading-is-none",
        raw=mail(head=("From: Dana Miller <dana@acme.example>", TO, "Subject: Read: Printer"))[:-2]
        + multi(
            "report",
            part("text/plain", "Read."),
            part("message/disposition-notification", "Disposition: manual-action; displayed"),
            more="; report-type=disposition-notification",
        ),
        subject="Read: Printer",
        text="Read.",
        files=[("disposition-notification.txt", b"Disposition: manual-action; displayed")],
        automatic=True,
    ),
    Letter(
        name="report-told-by-a-person-is-none",
        raw=mail("Subject: Undeliverable mail", body="I got 'could not be delivered' for gone@acme.example. Why?", head=("From: Dana Miller <dana@acme.example>", TO)),
        subject="Undeliverable mail",
        text="I got 'could not be delivered' for gone@acme.example. Why?",
    ),
    Letter(
        name="report-of-absence-is-none",
        raw=b"Return-Path: <>\r\n" + mail("Subject: Automatische Antwort: Zustellung", "Auto-Submitted: auto-replied", body="Ich bin bis Montag nicht da. Vertretung: erik@acme.example", head=("From: Dana Miller <dana@acme.example>", TO)),
        subject="Automatische Antwort: Zustellung",
        text="Ich bin bis Montag nicht da. Vertretung: erik@acme.example",
        automatic=True,
    ),
    report(
        "exim-header-with-reasons",
        "This message was created automatically by mail delivery software.\n\nThe following address(es) failed:\n\n"
        "  gone@acme.example\n    SMTP error from remote mail server after RCPT TO:<gone@acme.example>:\n"
        "    host mx.acme.example [192.0.2.1]: 550 5.1.1 no such user\n  full@acme.example\n    552 5.2.2 over quota\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n" + COPY,
        [("gone@acme.example", "failed", "5.1.1"), ("full@acme.example", "failed", "5.2.2")],
        subject="Mail delivery failed: returning message to sender",
        more=["X-Failed-Recipients: gone@acme.example,\r\n full@acme.example"],
    ),
    report(
        "after-a-colon",
        "Unknown user: gone@acme.example\n\nOriginal message follows.\n\n" + COPY,
        GONE,
        subject="Undeliverable Mail",
    ),
    report(
        "in-quotation-marks",
        'The following address failed:\n\n"gone@acme.example":\nremote server said after RCPT command:\n5.1.1 unknown\n\n'
        "--- The header of the original message is following. ---\n\n" + COPY,
        [("gone@acme.example", "failed", "5.1.1")],
        subject="Mail delivery failed",
    ),
    report(
        "reason-after-a-colon",
        "The following address failed:\n\ngone@acme.example\n\nFor the following reason:\n\n552 5.3.4 too large\n\n"
        "--- The header of the original message is following. ---\n\n" + COPY,
        [("gone@acme.example", "failed", "5.3.4")],
        subject="Mail delivery failed",
    ),
    report(
        "address-within-the-words",
        "Your message wasn't delivered to gone@acme.example because it is full.\nAsk postmaster@acme.example.\n\n"
        "The server said:\n552 5.2.2 over quota\n",
        [("gone@acme.example", "failed", "5.2.2")],
        subject="Delivery Status Notification (Failure)",
        original="",
    ),
    *(
        Letter(
            name=f"report-status-{name}",
            raw=mail("Subject: Undelivered", head=(DAEMON, TO))[:-2]
            + multi(
                "report",
                part("text/plain", "Sorry."),
                part("message/delivery-status", "Reporting-MTA: dns; mx.acme.example\n\n" + fields),
                more="; report-type=delivery-status",
            ),
            subject="Undelivered",
            sender="MAILER-DAEMON@mx.acme.example",
            sender_name="Mail Delivery System",
            text="Sorry.",
            files=[("delivery-status.txt", ("Reporting-MTA: dns; mx.acme.example\n\n" + fields).replace("\n", "\r\n").encode())],
            failed=[("gone@acme.example", action, status)],
            automatic=True,
        )
        for name, fields, action, status in (
            ("with-comments", "Final-Recipient: rfc822; gone@acme.example\nAction: failed (no mailbox)\nStatus: 5.1.1 (gone)\n", "failed", "5.1.1"),
            ("without-action", "Final-Recipient: rfc822; gone@acme.example\nStatus: 4.2.2\n", "delayed", "4.2.2"),
            ("in-the-diagnosis", "Final-Recipient: rfc822; gone@acme.example\nAction: failed\nDiagnostic-Code: smtp; 550 5.7.1 no relay\n", "failed", "5.7.1"),
            ("too-general", "Final-Recipient: rfc822; gone@acme.example\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n", "failed", "5.1.1"),
            ("of-x400", "Final-Recipient: x400; /S=gone/O=acme/\nOriginal-Recipient: rfc822; gone@acme.example\nAction: failed\nStatus: 5.1.1\n", "failed", "5.1.1"),
        )
    ),
    Letter(
        name="report-that-names-nobody",
        raw=mail("Subject: Returned mail", head=(DAEMON, TO))[:-2]
        + multi("mixed", part("text/plain", "It came back."), part("message/rfc822", b"To: <gone@acme.example>\r\n" + ORIGINAL)),
        subject="Returned mail",
        sender="MAILER-DAEMON@mx.acme.example",
        sender_name="Mail Delivery System",
        text="It came back.",
        files=[("Re_ Printer.eml", b"To: <gone@acme.example>\r\n" + ORIGINAL)],
        failed=GONE,
        original="<9.x.y@demo.example>",
        automatic=True,
    ),
    Letter(
        name="report-with-a-partial-original",
        raw=mail("Subject: Returned mail", head=(DAEMON, TO))[:-2]
        + multi("mixed", part("text/plain", "<gone@acme.example> is gone."), part("message/partial", ORIGINAL)),
        subject="Returned mail",
        sender="MAILER-DAEMON@mx.acme.example",
        sender_name="Mail Delivery System",
        text="<gone@acme.example> is gone.",
        files=[("file", ORIGINAL)],
        failed=GONE,
        original="<9.x.y@demo.example>",
        automatic=True,
    ),
    Letter(
        name="report-of-abuse-is-none",
        raw=mail(head=("From: Dana Miller <dana@acme.example>", TO, "Subject: complaint"))[:-2]
        + multi("report", part("text/plain", "Unwanted."), part("message/feedback-report", "Feedback-Type: abuse"), more="; report-type=feedback-report"),
        subject="complaint",
        text="Unwanted.",
        files=[("file", b"Feedback-Type: abuse")],
        automatic=True,
    ),
    report(
        "from-no-known-machine",
        "Message could not be delivered to mobile.\n\n<gone@acme.example>: no valid recipients\n",
        GONE,
        subject="Undeliverable Message",
        sender="From: Messages <sysadmin@mx.acme.example>",
        more=["Return-Path: <>"],
        original="",
    ),
    report(
        "in-its-own-words",
        "We had trouble delivering your message. 1 error:\n\n gone@acme.example. Reason: SMTP Server <192.0.2.1> refused to"
        " accept your message: [554 5.4.6 mail loop]\n",
        [("gone@acme.example", "failed", "5.4.6")],
        subject="There was an error sending your mail",
        original="",
    ),
    report(
        "header-names-another-than-the-words",
        "The following address(es) failed:\n\n  gone\n    error after MAIL FROM:<support@demo.example> SIZE=1:\n    550 5.7.0 no\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n" + COPY,
        [("gone@acme.example", "failed", "5.7.0")],
        subject="Mail delivery failed: returning message to sender",
        more=["X-Failed-Recipients: gone@acme.example"],
    ),
    Letter(
        name="report-of-absence-about-a-report-is-none",
        raw=b"Return-Path: <>\r\n" + mail("Subject: Re: Undeliverable message", body="I am away until Monday.", head=("From: Dana Miller <dana@acme.example>", TO)),
        subject="Re: Undeliverable message",
        text="I am away until Monday.",
        automatic=True,
    ),
]  # fmt: skip

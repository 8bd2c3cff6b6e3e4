"""The journey by protocols alone: SMTP in, SMTP out, REST; no browser and no short cut into the database."""

import time
from email.message import EmailMessage

import httpx
import pytest

from tests.journey.installation import Installation, until, write

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("journey")]

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc000000301010018dd8db0"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def api(installation: Installation) -> httpx.Client:
    token = installation.manage("api_token", "bea@demo.example").strip()
    return httpx.Client(base_url=f"{installation.url}/api/v1", headers={"Authorization": f"Bearer {token}"})


def ticket_with(api: httpx.Client, words: str) -> dict | None:
    found = api.get("/tickets/", params={"q": words}).json()["results"]
    return found[0] if found else None


def mail_with_files() -> EmailMessage:
    message = write("Nia Okoro <nia@nowhere.example>", "support@demo.example", "Wobbly zeppelin", "It wobbles.\n")
    message.add_alternative('<p>It <b>wobbles</b>.</p><img src="cid:pic"><script>alert(1)</script>', subtype="html")
    message.get_payload()[1].add_related(PNG, "image", "png", cid="<pic>")
    message.add_attachment(b"%PDF-1.4 wobble", maintype="application", subtype="pdf", filename="wobble.pdf")
    return message


def test_a_mail_becomes_a_ticket_is_answered_and_the_answer_comes_back(installation, api):
    sink = installation.sink

    # 1. A stranger writes; within three seconds there is a ticket in Support, and a receipt.
    first = mail_with_files()
    sent_at = time.monotonic()
    installation.mail(first, sender="nia@nowhere.example", recipient="support@demo.example")
    ticket = until(lambda: ticket_with(api, "zeppelin"), seconds=3, what="the ticket")
    assert time.monotonic() - sent_at < 3
    assert ticket["queue"]["name"] == "Support"
    receipt = until(lambda: sink.to("nia@nowhere.example"), what="the receipt")[0]
    assert receipt.sender in ("", "<>")
    assert f"[#{ticket['number']}]" in receipt.message["Subject"]
    assert receipt.message["Auto-Submitted"] == "auto-replied"
    assert receipt.message["In-Reply-To"] == first["Message-ID"]
    assert f"{installation.url}/welcome/" in receipt.text

    # 6. A program reads the ticket: text, clean HTML, files.
    number = ticket["number"]
    article = api.get(f"/tickets/{number}/articles/").json()["results"][0]
    assert (article["sender"], article["channel"], article["visible_to_customer"]) == ("customer", "email", True)
    assert article["body"].strip() == "It wobbles."
    assert "<b>wobbles</b>" in article["html"]
    assert "script" not in article["html"]
    assert {file["name"] for file in article["attachments"]} >= {"wobble.pdf"}

    # 3. It answers; the mail leaves with the right headers and both parts.
    answer = api.post(f"/tickets/{number}/articles/", json={"body": "Please <hold> it.", "channel": "email"})
    assert answer.status_code == 201, answer.text
    reply = until(lambda: [m for m in sink.to("nia@nowhere.example") if "hold" in m.text], what="the reply")[0]
    assert reply.message["From"] == "Demo Bikes Support <support@demo.example>"
    assert reply.message["Subject"] == f"Re: [#{number}] Wobbly zeppelin" or f"[#{number}]" in reply.message["Subject"]
    assert reply.message["In-Reply-To"] == first["Message-ID"]
    assert first["Message-ID"] in reply.message["References"]
    assert reply.message["Message-ID"].endswith("@demo.example>")
    assert "Please <hold> it." in reply.text
    assert "Please &lt;hold&gt; it." in reply.html
    assert reply.message["Auto-Submitted"] is None

    # An agent closes it; the customer's answer, with another subject, joins it and reopens it.
    assert api.patch(f"/tickets/{number}/", json={"state": "closed successful"}).status_code == 200
    installation.mail(
        write(
            "nia@nowhere.example",
            "support@demo.example",
            "Something else entirely",
            "Held. It still wobbles.",
            In_Reply_To=reply.message["Message-ID"],
            References=f"{first['Message-ID']} {reply.message['Message-ID']}",
        ),
        sender="nia@nowhere.example",
        recipient="support@demo.example",
    )
    until(lambda: len(api.get(f"/tickets/{number}/articles/").json()["results"]) == 4, what="the answer")
    assert api.get(f"/tickets/{number}/").json()["state"]["name"] == "open"

    # T19: a stranger who guesses the number does not get in.
    installation.mail(
        write("eve@evil.example", "support@demo.example", f"Re: [#{number}] Aardvark", "Let me in."),
        sender="eve@evil.example",
        recipient="support@demo.example",
    )
    other = until(lambda: ticket_with(api, "aardvark"), what="the stranger's ticket")
    assert other["number"] != number
    assert len(api.get(f"/tickets/{number}/articles/").json()["results"]) == 4

    # 7. The history tells all of it, with actor and cause.
    history = api.get(f"/tickets/{number}/history/").json()["results"]
    told = [(event["kind"], event["actor"]["name"], event["cause"]["kind"]) for event in history]
    assert told == [
        ("ticket.created", "Nia Okoro", "mail"),
        ("article.added", "Mail", "automatic"),
        ("article.added", "Bea Costa", "token"),
        ("state.changed", "Bea Costa", "token"),
        ("ticket.closed", "Bea Costa", "token"),
        ("article.added", "Nia Okoro", "mail"),
        ("ticket.reopened", "Nia Okoro", "mail"),
    ]


def test_mail_to_an_unknown_address_is_refused_at_once(installation):
    with pytest.raises(Exception, match="550"):
        installation.mail(
            write("nia@nowhere.example", "nobody@demo.example", "Hello", "Hello"),
            sender="nia@nowhere.example",
            recipient="nobody@demo.example",
        )


def test_the_pipe_command_answers_with_one_line_of_json(installation):
    message = write("pip@nowhere.example", "billing@demo.example", "Piped quokka", "Through the pipe.")
    line = installation.manage("receive_mail", "--mailbox", "billing@demo.example", stdin=message.as_bytes())
    assert line.count("\n") == 1
    assert '"outcome": "new"' in line.replace('":"', '": "')

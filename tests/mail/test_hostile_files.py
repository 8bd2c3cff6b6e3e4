"""Files that would like to be opened, unpacked or printed: they stay bytes, and downloads."""

import io
import struct
import time
import zipfile
import zlib
from email.message import EmailMessage

import pytest
from django.urls import reverse

from core.blobs import load

ACTIVE = [
    ("x.svg", "image/svg+xml", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'),
    ("x.html", "text/html", b"<script>alert(1)</script>"),
    ("x.xml", "text/xml", b'<?xml-stylesheet type="text/xsl" href="#x"?><x/>'),
    ("x.mhtml", "multipart/x-mixed-replace", b"MIME-Version: 1.0\r\n\r\n<script>alert(1)</script>"),
    ("x.pdf", "application/pdf", b"%PDF-1.7 /OpenAction << /S /JavaScript /JS (app.alert(1)) >>"),
    ("x.png", "image/png", b"<script>alert(1)</script>"),
]  # fmt: skip


def letter(html: str = "", files=(), *, inline: bool = False) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "dana@acme.example", "support@demo.example", "Files"
    message["Message-ID"] = "<files@acme.example>"
    message.set_content("See the files.")
    if html:
        message.add_alternative(html, subtype="html")
    for number, (name, kind, content) in enumerate(files):
        main, _slash, sub = kind.partition("/")
        more = {"cid": f"<f{number}@x>", "disposition": "inline"} if inline else {}
        message.add_attachment(content, "application" if main == "multipart" else main, sub, filename=name, **more)
    return message.as_bytes()


@pytest.mark.parametrize("inline", [False, True])
def test_T03_files_with_programs_in_them_are_downloads_alone(take_in, world, signed_in, inline):
    pictures = "".join(f'<img src="cid:f{number}@x">' for number in range(len(ACTIVE))) if inline else ""
    article = take_in(letter(f"<p>Look{pictures}</p>", ACTIVE, inline=inline)).article
    bea, files = signed_in(world.bea), list(article.attachments.all())
    assert len(files) == len(ACTIVE)
    for file in files:
        answer = bea.get(reverse("attachment", args=[file.uuid]))
        assert answer["Content-Type"] in ("application/octet-stream", "application/pdf", "image/png")
        assert answer["Content-Disposition"].startswith("attachment")
        assert (answer["X-Content-Type-Options"], answer["Content-Security-Policy"]) == (
            "nosniff",
            "sandbox; default-src 'none'",
        )
        assert bea.get(reverse("inline_image", args=[file.uuid])).status_code == 404


HOSTILE_PRINT = (
    '<p>Paper</p><iframe src="file:///etc/passwd"></iframe><link rel="attachment" href="file:///etc/shadow">'
    '<img src="file:///etc/hosts"><object data="http://169.254.169.254/latest/meta-data/"></object>'
    '<a href="file:///etc/passwd">open</a><style>@import url("http://169.254.169.254/")</style>'
)


def test_T09_the_print_page_reads_no_file_and_asks_nobody(take_in, world, signed_in):
    """Printing is the browser's: there is no renderer of ours that a message could send anywhere."""
    ticket = take_in(letter(HOSTILE_PRINT)).article.ticket
    answer = signed_in(world.bea).get(reverse("desk:paper", args=[ticket.number]))
    body = answer.content.decode()
    assert "Paper" in body
    for forbidden in ("file:", "169.254", "<iframe", "<object", "@import"):
        assert forbidden not in body
    assert "default-src 'none'" in answer["Content-Security-Policy"] or "'self'" in answer["Content-Security-Policy"]


def bombs() -> list[tuple[str, str, bytes]]:
    zeros = io.BytesIO()
    with (
        zipfile.ZipFile(zeros, "w", zipfile.ZIP_DEFLATED) as packed,
        packed.open("zeros", "w", force_zip64=True) as file,
    ):
        for _megabyte in range(256):
            file.write(bytes(1 << 20))
    nested = io.BytesIO()
    with zipfile.ZipFile(nested, "w") as outer:
        for number in range(20):
            outer.writestr(f"{number}.zip", zeros.getvalue())
    size = struct.pack(">II5B", 60_000, 60_000, 8, 2, 0, 0, 0)
    header = struct.pack(">I", 13) + b"IHDR" + size + struct.pack(">I", zlib.crc32(b"IHDR" + size))
    pages = b"%PDF-1.4\n1 0 obj << /Type /Pages /Count 1000000 >> endobj\n"
    return [
        ("zeros.zip", "application/zip", zeros.getvalue()),
        ("nested.zip", "application/zip", nested.getvalue()),
        ("large.png", "image/png", b"\x89PNG\r\n\x1a\n" + header),
        ("pages.pdf", "application/pdf", pages),
    ]


def test_T13_nothing_is_unpacked_or_drawn(take_in, world, signed_in):
    files = bombs()
    raw = letter("<p>Look</p>", files)
    begun = time.process_time()
    incoming = take_in(raw)
    ticket = incoming.article.ticket
    assert signed_in(world.bea).get(reverse("desk:ticket", args=[ticket.number])).status_code == 200
    assert time.process_time() - begun < 10
    kept = {file.name: load(file.digest) for file in incoming.article.attachments.all()}
    assert kept == {name: content for name, _kind, content in files}

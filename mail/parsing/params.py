"""Content-Type and Content-Disposition: the value and its parameters (RFC 2045, RFC 2231, and encoded words)."""

import re
from urllib.parse import unquote_to_bytes

from mail.parsing.charsets import decode
from mail.parsing.words import decode_words

MAX_VALUE = 32 * 1024
MAX_PARAMETERS = 200
MAX_SEGMENTS = 100

_PARAMETER = re.compile(
    r"""(?:;\s*+|(?<![\s;])\s++)([^\s=;"()<>@,/:]{1,60})\s*+=\s*+("(?:[^"\\]++|\\.)*+"|[^;]*+)""", re.DOTALL
)
_SEGMENT = re.compile(r"(?s)([^*]+)\*(?:(\d{1,3})(\*?))?$")
_QUOTED_PAIR = re.compile(r"\\([\"\\])")


def read_parameters(value: str, notes: list[str]) -> tuple[str, dict[str, str]]:
    """("text/plain", {"charset": "utf-8"}): names in lower case, values decoded, the first of a name counts."""
    value = value[:MAX_VALUE]
    main = re.split(r"[;,:\s]", value.strip(), maxsplit=1)[0].lower()
    plain: dict[str, str] = {}
    segments: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count >= MAX_PARAMETERS:
            notes.append("too many parameters in a header")
            break
        name, written = match[1].lower(), _unquoted(match[2])
        segment = _SEGMENT.match(name)
        if segment is None:
            plain.setdefault(name, decode_words(written, notes))
        elif len(segments.setdefault(segment[1], {})) < MAX_SEGMENTS:
            number, encoded = (int(segment[2]), bool(segment[3])) if segment[2] else (0, True)
            segments[segment[1]].setdefault(number, (written, encoded))
    for name, found in segments.items():
        if 0 in found or name not in plain:
            plain[name] = _joined(found, notes)
    return main, plain


def _unquoted(written: str) -> str:
    written = written.strip()
    if len(written) > 1 and written.startswith('"') and written.endswith('"'):
        return _QUOTED_PAIR.sub(r"\1", written[1:-1])
    if len(written) > 2 and written.startswith("'") and written.endswith("'") and written.count("'") == 2:
        return written[1:-1]
    return written.strip('"')


def _joined(found: dict[int, tuple[str, bool]], notes: list[str]) -> str:
    """RFC 2231 continuations in order; the charset stands in the first of the encoded ones."""
    charset, data = "utf-8", b""
    for index, number in enumerate(sorted(found)):
        written, encoded = found[number]
        if encoded and index == 0 and written.count("'") >= 2:
            charset, _, written = written.split("'", 2)
        data += unquote_to_bytes(written) if encoded else written.encode("utf-8", "replace")
    if not any(encoded for _, encoded in found.values()):
        return decode_words(data.decode("utf-8", "replace"), notes)
    return decode(data, charset or "utf-8", notes)

"""Japanese as mail programs write it: more letters than the standards have (circled numbers, half-width kana).

Used when the strict codec gives up. Two bytes of JIS X 0208 are turned into those of Shift_JIS, whose Microsoft
flavour knows the letters of NEC and IBM, as every mail program in Japan does.
"""

import re

_ESCAPE = re.compile(rb"\x1b(\([ABIJ]|\$[@AB]|\$\([A-Q])|(\x0e)|(\x0f)")
_PLAIN, _KANJI, _KANA, _MORE_KANJI = "plain", "kanji", "kana", "more kanji"
_SETS = {b"(I": _KANA, b"$@": _KANJI, b"$B": _KANJI, b"$(D": _MORE_KANJI, b"$(B": _KANJI, b"$(@": _KANJI}
_PAIRS = re.compile(rb"[\xa1-\xfe]{2}|\x8e[\xa1-\xdf]|\x8f[\xa1-\xfe]{2}|[\x00-\x7f]++|[\x80-\xff]")
JAPANESE_ESCAPE = re.compile(rb"\x1b(?:\$[@B]|\([IJ]|\$\()")


def decode_jis(data: bytes) -> str:
    """ISO-2022-JP with all that is found under this name; what has no meaning becomes U+FFFD."""
    pieces = []
    position, current, before_shift = 0, _PLAIN, _PLAIN
    for match in _ESCAPE.finditer(data):
        pieces.append(_decoded(data[position : match.start()], current))
        position = match.end()
        if match[1]:
            current = _SETS.get(match[1], _PLAIN)
        elif match[2]:
            before_shift, current = current, _KANA
        else:
            current = before_shift
    pieces.append(_decoded(data[position:], current))
    return "".join(pieces)


def decode_euc(data: bytes) -> str:
    """EUC-JP with the letters of Microsoft's flavour."""
    pieces = []
    for piece in _PAIRS.findall(data):
        if len(piece) == 2 and piece[0] not in {0x8E, 0x8F} and piece[0] > 0x7F:
            pieces.append(_kanji(bytes([piece[0] & 0x7F, piece[1] & 0x7F])))
        else:
            pieces.append(piece.decode("euc-jp", "replace"))
    return "".join(pieces)


def _decoded(data: bytes, current: str) -> str:
    if current == _PLAIN:
        return data.decode("cp932", "replace")  # bytes above 0x7f are half-width kana, against the rules
    lines = data.split(b"\n")  # a forgotten way back ends with the line
    first, rest = lines[0], b"\n".join(lines[1:])
    if current == _KANA:
        text = bytes(byte | 0x80 if 0x21 <= byte <= 0x5F else byte for byte in first).decode("cp932", "replace")
    elif current == _MORE_KANJI:
        text = b"".join(b"\x8f" + bytes([a | 0x80, b | 0x80]) for a, b in _two(first)).decode("euc-jp", "replace")
    else:
        text = _kanji(first)
    return text + ("\n" + rest.decode("cp932", "replace") if len(lines) > 1 else "")


def _kanji(data: bytes) -> str:
    shifted = bytearray()
    for row, cell in _two(data):
        row, cell = row & 0x7F, cell & 0x7F
        if row < 0x21:
            shifted += bytes([row, cell])
            continue
        shifted.append((row + 1) // 2 + (0x70 if row < 0x5F else 0xB0))
        shifted.append(cell + 0x7E if row % 2 == 0 else cell + (0x20 if cell >= 0x60 else 0x1F))
    return bytes(shifted).decode("cp932", "replace")


def _two(data: bytes) -> zip:
    return zip(data[::2], data[1::2], strict=False)

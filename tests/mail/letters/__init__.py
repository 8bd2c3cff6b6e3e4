"""A corpus of mails written for this product: each with its bytes and with what the parser has to make of it."""

from tests.mail.letters import charsets, containers, events, headers, names, odd, reports, structures
from tests.mail.letters.builder import Letter

LETTERS: list[Letter] = [
    letter
    for module in (charsets, containers, events, headers, names, odd, reports, structures)
    for letter in module.LETTERS
]

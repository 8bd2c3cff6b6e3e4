"""Collects every translatable text of the code and the templates and keeps the catalogues in step.

Works with Babel alone, so that neither a developer nor the tests need GNU gettext.
"""

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation.template import templatize

FOLDERS = (
    *(
        "accounts",
        "api",
        "automation",
        "core",
        "helpdesk",
        "imports",
        "knowledge",
        "mail",
        "processes",
        "reports",
        "sla",
        "tickets",
    ),
    "web",
)
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def collect() -> Catalog:
    """A template with every text, without places in files, so that moving code changes no catalogue."""
    catalog = Catalog(project="Helpdesk", charset="utf-8", fuzzy=False)
    for source in _sources():
        found = extract("python", io.BytesIO(source), keywords=KEYWORDS, comment_tags=("Translators:",))
        for _line, message, comments, context in found:
            catalog.add(message, auto_comments=comments, context=context)
    return catalog


def catalogue_path(language: str) -> Path:
    return Path(settings.LOCALE_PATHS[0]) / language / "LC_MESSAGES" / "django.po"


def load(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language, charset="utf-8", fuzzy=False)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str, template: Catalog) -> list[str]:
    """Bring one catalogue in step with the texts; returns those that are not translated yet."""
    catalog = load(language)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    write(language, catalog)
    return untranslated(catalog)


def write(language: str, catalog: Catalog) -> None:
    """The same texts give the same file: messages in order, each text on one line, nothing about when and by whom."""
    path = catalogue_path(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    buffer.write(_header(language, catalog).encode())
    write_po(buffer, catalog, width=0, no_location=True, omit_header=True, sort_output=True)
    path.write_bytes(buffer.getvalue())


def untranslated(catalog: Catalog) -> list[str]:
    return [str(message.id) for message in catalog if message.id and not _translated(message)]


def _translated(message) -> bool:
    strings = message.string if isinstance(message.string, list | tuple) else [message.string]
    return all(strings) and not message.fuzzy


def _sources() -> Iterator[bytes]:
    root = Path(settings.BASE_DIR)
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.py")):
            yield path.read_bytes()
    for path in sorted((root / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield _as_python(path)


def _as_python(path: Path) -> bytes:
    """Django turns a template into something like Python for xgettext; without indentation it can be tokenised."""
    text = templatize(path.read_text(), origin=str(path))
    return "\n".join(line.strip() for line in text.splitlines()).encode()


def _header(language: str, catalog: Catalog) -> str:
    """What programs must know of a catalogue; Babel's own header names people, dates and itself."""
    lines = {
        "Project-Id-Version": "Helpdesk",
        "Language": language,
        "Plural-Forms": catalog.plural_forms,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return 'msgid ""\nmsgstr ""\n' + "".join(f'"{name}: {value}\\n"\n' for name, value in lines.items()) + "\n"

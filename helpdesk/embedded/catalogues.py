"""Compiles the translation catalogues, because `msgfmt` may not be on the machine."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from helpdesk.embedded.places import ROOT


def compile_stale_catalogues(root: Path = ROOT) -> None:
    """Write `django.mo` beside every `django.po` that is newer than it; unfinished (fuzzy) entries stay English."""
    for source in sorted(root.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            _compile(source, target=target)


def _compile(source: Path, *, target: Path) -> None:
    with source.open("rb") as handle:
        catalogue = read_po(handle)
    # Another start may be doing the same, and a running one may be reading the old file.
    draft = target.with_name(f"{target.name}.{os.getpid()}")
    with draft.open("wb") as handle:
        write_mo(handle, catalogue, use_fuzzy=False)
    draft.replace(target)

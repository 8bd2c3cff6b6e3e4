"""Whether the collected and compressed static files are still those of the source; making them takes seconds."""

import hashlib
from pathlib import Path

from helpdesk.embedded.places import ROOT, Places

# Besides the files themselves, what decides where they come from and how they are stored.
_DECISIVE = ("requirements.lock", "helpdesk/settings/pages.py")


def are_fresh(places: Places) -> bool:
    try:
        return (places.data / "static").exists() and _record(places).read_text() == fingerprint(ROOT)
    except FileNotFoundError:
        return False


def remember(places: Places) -> None:
    """Called after they were made."""
    _record(places).write_text(fingerprint(ROOT))


def fingerprint(root: Path) -> str:
    """Changes when a static file is added, removed or saved."""
    sources = [root / name for name in _DECISIVE] + sorted(file for file in root.glob("static/**/*") if file.is_file())
    digest = hashlib.sha256()
    for file in sources:
        facts = file.stat()
        digest.update(f"{file.relative_to(root)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _record(places: Places) -> Path:
    return places.run / "static-files"

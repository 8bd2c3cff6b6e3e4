"""Files by content: a blob is named by the SHA-256 of its bytes, is durable once stored and never changes."""

import hashlib
import os
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage


class DurableFiles(FileSystemStorage):
    """Files on disk that survive a power cut: written aside, synced, then renamed into place."""

    def _save(self, name, content):
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f"{target.name}.{os.getpid()}.{os.urandom(4).hex()}.part")
        try:
            with aside.open("xb") as file:
                for chunk in content.chunks():
                    file.write(chunk)
                file.flush()
                os.fsync(file.fileno())
            aside.rename(target)
        finally:
            aside.unlink(missing_ok=True)
        _sync_folder(target.parent)
        return name

    def get_available_name(self, name, max_length=None):
        return name


def store(content: bytes) -> str:
    """Keep `content` and return its digest (64 hex digits). Storing the same bytes twice keeps them once."""
    digest = hashlib.sha256(content).hexdigest()
    name = blob_name(digest)
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(content))
    return digest


def load(digest: str) -> bytes:
    """The bytes with this digest; FileNotFoundError when they are gone."""
    with open_blob(digest) as file:
        return file.read()


def open_blob(digest: str) -> File:
    return default_storage.open(blob_name(digest), "rb")


def blob_name(digest: str) -> str:
    """Where a blob lies in the storage: `blobs/ab/cd/abcd…`."""
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Files by content: a blob is named by the SHA-256 of its bytes, is durable once stored and never changes."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from io import BufferedReader
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, default_storage

# What is stored while something is only tried out, by digest; None: in earnest.
_aside: ContextVar[dict[str, bytes] | None] = ContextVar("aside", default=None)


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

    def refresh(self, name: str) -> bool:
        """Note that somebody stores these bytes again, so that they stay; false when they were just taken away."""
        try:
            os.utime(self.path(name))
        except FileNotFoundError:
            return False
        return True

    def take_away(self, name: str, *, stored_before: float) -> bool:
        """Remove a file that nobody has stored since that moment. Whoever was ended in the middle may begin again.

        It is moved aside first: who stores the same bytes meanwhile finds nothing there and writes them anew, and who
        was faster has left a newer time on it.
        """
        path = Path(self.path(name))
        aside = path.with_name(f"{path.name}.gone")
        with suppress(FileNotFoundError):
            if path.stat().st_mtime >= stored_before:
                return False
            path.rename(aside)
        with suppress(FileNotFoundError):
            if aside.stat().st_mtime >= stored_before:
                aside.rename(path)
                return False
            aside.unlink()
        return True


def store(content: bytes) -> str:
    """Keep `content` and return its digest (64 hex digits). Storing the same bytes twice keeps them once."""
    digest = hashlib.sha256(content).hexdigest()
    if (aside := _aside.get()) is not None:
        aside[digest] = content
        return digest
    name = blob_name(digest)
    if not _is_there(name):
        default_storage.save(name, ContentFile(content))
    return digest


def store_file(file: BufferedReader) -> tuple[str, int]:
    """Keep what stands in a seekable file that no memory needs to hold; its digest and its size in bytes."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = file.tell()
    name = blob_name(digest)
    if not _is_there(name):
        file.seek(0)
        default_storage.save(name, File(file))
    return digest, size


@contextmanager
def kept_aside() -> Iterator[None]:
    """What is stored within this block is in memory only and gone after it: for trying something out."""
    token = _aside.set({})
    try:
        yield
    finally:
        _aside.reset(token)


def remove(digest: str, *, stored_before: float) -> bool:
    """Let the bytes go, unless somebody has stored them since that moment (seconds of the epoch).

    The caller knows that no row names them. False where they stay, as in a storage that cannot tell.
    """
    take_away = getattr(default_storage, "take_away", None)
    return take_away is not None and take_away(blob_name(digest), stored_before=stored_before)


def load(digest: str) -> bytes:
    """The bytes with this digest; FileNotFoundError when they are gone."""
    with open_blob(digest) as file:
        return file.read()


def open_blob(digest: str) -> File:
    if (content := (_aside.get() or {}).get(digest)) is not None:
        return ContentFile(content)
    return default_storage.open(blob_name(digest), "rb")


def blob_name(digest: str) -> str:
    """Where a blob lies in the storage: `blobs/ab/cd/abcd…`."""
    return f"blobs/{digest[:2]}/{digest[2:4]}/{digest}"


def _is_there(name: str) -> bool:
    if not default_storage.exists(name):
        return False
    refresh = getattr(default_storage, "refresh", None)
    return refresh is None or refresh(name)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

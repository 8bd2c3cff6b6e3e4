"""What the person at the terminal reads: plain sentences, and how a command ends."""

import errno
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NoReturn


class Trouble(Exception):
    """Something that stops us and that a person can understand and mend; its text is for that person."""


class Interrupted(BaseException):
    """Somebody asked for a clean stop (SIGINT, SIGTERM or SIGHUP)."""


def say(text: str) -> None:
    """Tell the person something; on stderr, because stdout belongs to the command that runs."""
    # A terminal that went away must not stop a server that works.
    with suppress(OSError):
        print(text, file=sys.stderr, flush=True)


def finish(main: Callable[[list[str]], int], *, code_for_trouble: int = 1) -> NoReturn:
    """Run a command and leave with its exit code; trouble becomes one plain sentence, never a traceback."""
    try:
        code = main(sys.argv[1:])
    except Interrupted:
        code = 0
    except KeyboardInterrupt:
        code = 130
    except Trouble as trouble:
        say(str(trouble))
        code = code_for_trouble
    except OSError as error:
        say(in_plain_words(error))
        code = code_for_trouble
    sys.exit(code)


def in_plain_words(error: OSError) -> str:
    """One sentence for the failures of a disk that everybody meets one day."""
    where = str(error.filename) if error.filename else "The data folder"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return FULL_DISK
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{where} cannot be written: correct its permissions, or choose another data folder."
    return f"{where} cannot be used: {error.strerror or error}."


def is_full_disk(output: str, *, folder: Path, needed: int = 1024 * 1024) -> bool:
    """Whether a program failed for want of room: it says so, unless there was no room for its log either."""
    return "No space left on device" in output or shutil.disk_usage(folder).free < needed


FULL_DISK = "The disk is full, so nothing more can be stored: free some space and start again."

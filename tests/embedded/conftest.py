"""A made database to start from: making one takes seconds, copying one does not."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from helpdesk.embedded.places import Places
from helpdesk.embedded.services import services


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a stopped installation."""
    data = tmp_path_factory.mktemp("made") / "data"
    kept = {name: os.environ.pop(name) for name in ("DATABASE_URL", "REDIS_URL") if name in os.environ}
    with services(Places(data)):
        pass
    os.environ.update(kept)
    return data


@pytest.fixture
def like_made(made: Path) -> Callable[[Path], Path]:
    """Puts a copy of it at another place, which data folders allow."""
    return lambda data: Path(shutil.copytree(made, data, symlinks=True))

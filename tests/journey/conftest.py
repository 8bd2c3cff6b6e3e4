"""One running installation for all journeys (they are in one xdist group, so one worker runs them)."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journey.installation import Installation


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder: Path = tmp_path_factory.mktemp("installation")
    house = Installation(folder)
    house.start()
    yield house
    assert house.stop() == 0

"""Fixtures of the administrators' door."""

import re
from collections.abc import Callable

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import ConfigChange


@pytest.fixture
def door(world, signed_in) -> Client:
    """Alex's browser: administrator, and agent in Support."""
    return signed_in(world.alex)


@pytest.fixture
def last_change(db) -> Callable[[], ConfigChange]:
    return lambda: ConfigChange.objects.order_by("-pk").first()


@pytest.fixture
def text_of() -> Callable[[HttpResponse], str]:
    """The page as people read it: no tags, one blank between words."""

    def read(response: HttpResponse) -> str:
        return " ".join(re.sub(r"<[^>]*>", " ", response.content.decode()).split())

    return read

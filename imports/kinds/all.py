"""All kinds of rows, by name."""

from collections.abc import Mapping
from typing import Any

from imports.kinds.articles import Articles
from imports.kinds.base import Kind
from imports.kinds.organisations import Organisations
from imports.kinds.people import People
from imports.kinds.tickets import Tickets
from imports.models import What

KINDS: Mapping[str, Kind[Any]] = {
    What.PEOPLE: People(),
    What.ORGANISATIONS: Organisations(),
    What.ARTICLES: Articles(),
    What.TICKETS: Tickets(),
}

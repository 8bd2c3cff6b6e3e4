"""Texts that administrators write: Liquid, with no way to anything but the values handed in."""

from typing import Any

from liquid import Environment
from liquid.exceptions import LiquidError
from liquid.undefined import Undefined

_environment = Environment(undefined=Undefined, autoescape=False)


def render(template: str, values: dict[str, Any]) -> str:
    """The text with its placeholders filled. A name that is not there becomes empty.

    Raises `ValueError` with a plain message when the template cannot be read.
    """
    try:
        return _environment.from_string(template).render(**values)
    except LiquidError as error:
        raise ValueError(str(error)) from error

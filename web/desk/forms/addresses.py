"""Several mail addresses in one text field, with or without names."""

import re
from collections.abc import Iterable
from email.utils import getaddresses
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from core.text import clean_line

_SPECIAL = re.compile(r"[()<>@,:;.\[\]]")
MOST = 50
LENGTH = 5_000


class AddressesField(forms.CharField):
    """`Dana Miller <dana@acme.example>, erik@globex.example` as a list of `{"name", "address"}`."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("required", False)
        super().__init__(max_length=LENGTH, **options)

    def clean(self, value: Any) -> list[dict[str, str]]:
        text = super().clean(value).replace(";", ",").replace("\n", ",").strip(", ")
        # quoted names may hold commas, so getaddresses splits; what it cannot read comes back as an empty pair
        pairs = getaddresses([text]) if text else []
        if not all(any(pair) for pair in pairs):
            raise ValidationError(_("“%(text)s” is not an email address."), params={"text": clean_line(text, 80)})
        if len(pairs) > MOST:
            raise ValidationError(_("Write to at most %(number)s people at once."), params={"number": MOST})
        return list({address: self._person(name, address) for name, address in pairs}.values())

    def _person(self, name: str, address: str) -> dict[str, str]:
        try:
            validate_email(address)
        except ValidationError as error:
            message = _("“%(text)s” is not an email address.")
            raise ValidationError(message, params={"text": clean_line(address or name, 80)}) from error
        return {"name": clean_line(name, 150), "address": address}


def written(people: Iterable[dict[str, str]]) -> str:
    """People as the field takes them."""
    return ", ".join(_written(person.get("name", ""), person["address"]) for person in people)


def _written(name: str, address: str) -> str:
    if not name:
        return address
    plain = name.replace("\\", "").replace('"', "")
    return f'"{plain}" <{address}>' if _SPECIAL.search(plain) else f"{plain} <{address}>"

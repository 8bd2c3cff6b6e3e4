"""The addresses of one queue as rows of a form; an empty row at the end is for the next one."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import BooleanField, CharField, Form, HiddenInput, IntegerField, TextInput
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import remove_audited
from accounts.models import User
from core.text import normalise_address
from mail.addressing import check_address, save_address
from mail.models import Address
from tickets.models import Queue
from web.setup.forms.problems import Problem

MAX_ROWS = 50


class AddressForm(Form):
    """One address; without a number it is a new one, and an empty new one is no address."""

    number = IntegerField(required=False, widget=HiddenInput)
    address = CharField(
        label=gettext_lazy("Address"),
        required=False,
        max_length=254,
        widget=TextInput(attrs={"type": "text", "inputmode": "email", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = CharField(label=gettext_lazy("Sender name"), required=False, max_length=100)
    remove = BooleanField(label=gettext_lazy("Remove"), required=False)

    def __init__(self, *args, known: Address | None = None, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.known = known

    def clean(self) -> dict:
        cleaned = super().clean()
        text = cleaned.get("address", "")
        if cleaned.get("remove") or not (text or self.known or cleaned.get("name")):
            return cleaned
        try:
            cleaned["address"] = check_address(text, known=self.known.pk if self.known else None)
        except ValidationError as error:
            self.add_error("address", error)
        return cleaned


class AddressRows:
    """All rows of a queue, in the order in which they were made: replies leave from the first."""

    def __init__(self, forms: list[AddressForm]) -> None:
        self.forms = forms

    @classmethod
    def of_queue(cls, queue: Queue, data: QueryDict | None) -> "AddressRows":
        known = list(Address.objects.filter(queue=queue).order_by("pk")) if queue.pk else []
        if data is None:
            return cls([AddressForm(prefix=_prefix(i), known=a, initial=_initial(a)) for i, a in _rows([*known, None])])
        by_number = {str(address.pk): address for address in known}
        sent = [by_number.get(data.get(f"{_prefix(index)}-number", "")) for index in range(_count(data))]
        return cls([AddressForm(data, prefix=_prefix(index), known=address) for index, address in _rows(sent)])

    @classmethod
    def with_one_more(cls, queue: Queue, data: QueryDict) -> "AddressRows":
        """As they were typed, not yet checked, and an empty row."""
        forms = []
        for index, row in _rows([*cls.of_queue(queue, data).forms, None]):
            typed = {name: data.get(f"{_prefix(index)}-{name}") for name in AddressForm.base_fields} if row else {}
            forms.append(AddressForm(prefix=_prefix(index), known=row.known if row else None, initial=typed))
        return cls(forms)

    def is_valid(self) -> bool:
        valid = [form.is_valid() for form in self.forms]
        return self._no_doubles() and all(valid)

    def problems(self) -> list[Problem]:
        """None beside those of the forms."""
        return []

    def _no_doubles(self) -> bool:
        seen: set[str] = set()
        for form in self.forms:
            address = normalise_address(form.cleaned_data.get("address") or "")
            if address in seen and not form.cleaned_data["remove"]:
                form.add_error("address", _("This address is listed twice."))
                return False
            seen.add(address)
            seen.discard("")
        return True


def save_rows(rows: AddressRows, queue: Queue, *, by: User) -> None:
    """Addresses that go first, so that one may move to another row."""
    for form in rows.forms:
        if form.known and form.cleaned_data["remove"]:
            remove_audited(form.known, by=by)
    for form in rows.forms:
        if form.cleaned_data["remove"] or not form.cleaned_data["address"]:
            continue
        address = form.known or Address(queue=queue)
        address.address, address.name = form.cleaned_data["address"], form.cleaned_data["name"]
        save_address(address, by=by)


def _initial(address: Address | None) -> dict:
    return {"number": address.pk, "address": address.address, "name": address.name} if address else {}


def _prefix(index: int) -> str:
    return f"address-{index}"


def _rows(items: Iterable[Any]) -> Iterable[tuple[int, Any]]:
    return enumerate(islice(items, MAX_ROWS))


def _count(data: QueryDict) -> int:
    text = data.get("address-rows", "")
    return min(int(text), MAX_ROWS) if text.isascii() and text.isdigit() and len(text) < 4 else 0

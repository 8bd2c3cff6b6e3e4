"""A field of domains."""

from typing import Any

from django import forms

from accounts.domains import clean_domain


class Domains(forms.CharField):
    """One domain a line."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "autocomplete": "off", "inputmode": "url"})

    def to_python(self, value: Any) -> list[str]:
        return sorted({clean_domain(word) for word in str(value or "").replace(",", " ").split()})

    def validate(self, value: Any) -> None:
        """Each was looked at already."""

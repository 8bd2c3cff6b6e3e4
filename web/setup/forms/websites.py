"""Addresses of websites in forms made from models."""

from typing import Any

from django import forms
from django.db import models


def with_safe_scheme(field: models.Field, **options: Any) -> forms.Field | None:
    """Who writes an address without its scheme means the safe one (a `formfield_callback`)."""
    if isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    return field.formfield(**options)

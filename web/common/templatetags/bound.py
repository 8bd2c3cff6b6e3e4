"""What `{% field %}` must know about a form's field: which kind of control it is and how it is wired for readers."""

from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.safestring import SafeString

# Widget class -> kind, the first that fits; the kinds are the branches of components/field.html.
KINDS = [
    (forms.HiddenInput, "hidden"),
    (forms.CheckboxInput, "check"),
    (forms.RadioSelect, "choices"),
    (forms.CheckboxSelectMultiple, "choices"),
    (forms.SelectMultiple, "input"),
    (forms.Select, "select"),
    (forms.Textarea, "textarea"),
    (forms.FileInput, "file"),
    (forms.PasswordInput, "password"),
]
CLASSES = {"input": "input", "password": "input", "select": "select", "textarea": "textarea"}


def kind_of(bound: BoundField) -> str:
    return next((kind for widget, kind in KINDS if isinstance(bound.field.widget, widget)), "input")


def described(bound: BoundField, *, id: str, hint: str) -> str:
    """The ids of what explains the control, the error first."""
    ids = [f"{id}-e"] if bound.errors else []
    return " ".join(ids + ([f"{id}-h"] if hint else []))


def control(bound: BoundField, *, id: str, kind: str, size: str, hint: str, attrs: dict[str, Any]) -> SafeString:
    """The widget with our classes and its aria attributes."""
    wired = {"id": id, **attrs}
    classes = bound.field.widget.attrs.get("class", "").split()
    base = CLASSES.get(kind)
    if base and base not in classes:
        classes = [base, *([f"{base}--{size}"] if size else []), *classes]
    if classes:
        wired["class"] = " ".join(classes)
    if about := described(bound, id=id, hint=hint):
        wired["aria-describedby"] = about
    if bound.errors:
        wired["aria-invalid"] = "true"
    return bound.as_widget(attrs=wired)

"""Ready templates: processes with forms and texts in four languages, to begin with and to change."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.db import transaction

from accounts.models import User
from automation.contents import save_content
from automation.models import Content
from processes.actions import configuring
from processes.models import Process
from processes.ready import access, change, incident, onboarding, purchase
from processes.ready.writing import Field, Template, Words
from processes.words import in_language
from tickets.customfields import forget_kinds
from tickets.fielddefinitions import save_field
from tickets.models import FieldDefinition

_MAKERS: Mapping[str, Callable[[], Template]] = {
    "access": access.template,
    "onboarding": onboarding.template,
    "purchase": purchase.template,
    "incident": incident.template,
    "change": change.template,
}


@dataclass(frozen=True)
class Offer:
    """A template as it is offered, in the reader's language."""

    key: str
    name: str
    description: str


def offers() -> list[Offer]:
    made = {key: make() for key, make in _MAKERS.items()}
    return [Offer(key, in_language(one.names), in_language(one.descriptions)) for key, one in made.items()]


def from_template(key: str, *, by: User) -> Process:
    """A new process of this template, as a draft, with the custom fields that it asks for. Raises `KeyError`."""
    template = _MAKERS[key]()
    with transaction.atomic():
        for field in template.fields:
            _make_field(field, by=by)
        for content, texts in template.texts.items():
            _make_text(content, texts, by=by)
        forget_kinds()
        names = {language: text for language, text in template.names.items() if language != "en"}
        process = Process(
            key=configuring.free_key(template.key),
            name=template.names["en"],
            names=names,
            description=in_language(template.descriptions)[:300],
        )
        return configuring.create(process, xml=template.xml(), by=by)


def _make_text(key: str, texts: Words, *, by: User) -> None:
    if not Content.objects.filter(key=key).exists():
        save_content(Content(key=key, name=key.replace("_", " ").capitalize(), texts=dict(texts)), by=by)


def _make_field(field: Field, *, by: User) -> None:
    if FieldDefinition.objects.filter(key=field.key).exists():
        return
    labels = {language: text for language, text in field.labels.items() if language != "en"}
    definition = FieldDefinition(
        key=field.key,
        kind=field.kind,
        label=field.labels["en"],
        labels=labels,
        options=list(field.options),
        position=FieldDefinition.objects.count(),
    )
    save_field(definition, {"queues": [], "types": []}, by=by)

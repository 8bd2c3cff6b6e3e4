"""Web forms as administrators keep them: configuration, so every change is audited."""

import re
from collections.abc import Sequence

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.audit import note, note_change, remove_audited, snapshot
from accounts.models import ConfigChange, User
from core.text import ascii_domain, clean_line
from tickets.models import FieldDefinition, WebForm, WebFormField

MOST_SITES = 50
TEXTS = {"title": 200, "intro": 2000, "thanks": 2000, "consent": 1000}
# A host with maybe all below it, and a port: nothing else may get into the header.
_SITE = re.compile(r"\A(https?)://(\*\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(:\d{1,5})?\Z")


def save_form(form: WebForm, questions: Sequence[tuple[FieldDefinition, bool]], *, by: User) -> WebForm:
    """Save a form with the custom fields it asks, each with whether it must be filled in, in their order.

    Raises `ValidationError` for sites that are none.
    """
    form.name = clean_line(form.name, 100)
    form.sites = checked_sites(form.sites)
    form.texts = _cleaned(form.texts)
    with transaction.atomic():
        old = WebForm.objects.select_for_update(of=("self",)).filter(pk=form.pk).first() if form.pk else None
        before = snapshot(old) | {"questions": _questions(old)} if old else {}
        form.save()
        form.questions.all().delete()
        WebFormField.objects.bulk_create(
            WebFormField(form=form, field=field, is_required=is_required, position=position)
            for position, (field, is_required) in enumerate(questions)
        )
        after = snapshot(form) | {"questions": _questions(form)}
        if old is None:
            note(form, action=ConfigChange.Action.CREATED, before={}, after=after, by=by)
        else:
            note_change(form, before=before, after=after, by=by)
    return form


def remove_form(form: WebForm, *, by: User) -> None:
    """Its tickets stay; in the websites that show it there is nothing any more."""
    remove_audited(form, by=by)


def checked_sites(sites: Sequence[str]) -> list[str]:
    """Origins as browsers compare them. Raises `ValidationError`."""
    found = dict.fromkeys(_site(site) for site in sites if site.strip())
    if len(found) > MOST_SITES:
        raise ValidationError({"sites": _("Those are too many sites for one form.")})
    return list(found)


def _site(text: str) -> str:
    scheme, _colon, rest = text.strip().rstrip("/").partition("://")
    host, colon, port = rest.partition(":") if not rest.startswith("[") else (rest, "", "")
    site = f"{scheme.lower()}://{ascii_domain(host)}{colon}{port}"
    if not _SITE.match(site):
        words = _("“%(site)s” is no site. Write it like https://www.example.com, without a path.")
        raise ValidationError({"sites": words % {"site": clean_line(text, 100)}})
    return site


def _cleaned(texts: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    found = {
        language: {name: text[:limit] for name, limit in TEXTS.items() if (text := said.get(name, "").strip())}
        for language, said in texts.items()
    }
    return {language: said for language, said in found.items() if said}


def _questions(form: WebForm) -> list[str]:
    return [
        f"{question.field.key}{' *' if question.is_required else ''}"
        for question in form.questions.select_related("field")
    ]

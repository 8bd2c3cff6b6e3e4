"""Macros as administrators keep them; agents run them on tickets (api/v1/effort.py)."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from api import examples
from api.v1.automation.forms import NewMacroForm
from api.v1.automation.placing import move_to
from api.v1.automation.shapes import MacroSettingShape
from api.v1.kinds import Kind, Values, detail_of, list_of, put
from automation.macro_setup import move_macro, remove_macro, save_macro
from automation.models import Macro


def _save(macro: Macro, values: Values, by: User) -> None:
    place = values.pop("position", None)
    sets = {name: values.pop(name, None) for name in ("roles", "queues")}
    put(macro, values)
    if macro.key and Macro.objects.filter(key=macro.key).exclude(pk=macro.pk).exists():
        raise ValidationError({"key": _("Another macro has this key.")})
    roles, queues = (
        rows if rows is not None else (list(getattr(macro, name).all()) if macro.pk else [])
        for name, rows in sets.items()
    )
    save_macro(macro, roles=roles, queues=queues, by=by)
    if place is not None:
        move_to(macro, place, move_macro, by=by)


MACROS = Kind(
    name="Macro",
    many="AllMacros",
    one="a macro",
    some="all macros",
    tag="Automation",
    shape=MacroSettingShape,
    form=NewMacroForm,
    rows=lambda: Macro.objects.prefetch_related("roles", "queues"),
    save=_save,
    remove=remove_macro,
    order=("position", "id"),
    about={
        "list": "In the order in which agents find them. For administrators; `listMacros` says which may be run on a "
        "ticket.",
        "add": "At the end. What is wrong in `effects` is named by its place.",
        "change": "What is not named stays as it is. `is_active` pauses it.",
    },
    examples=[examples.MACRO],
)
MacroSettingList, MacroSettingDetail = list_of(MACROS), detail_of(MACROS)

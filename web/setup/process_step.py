"""The panel of one element while it is edited: forms bound to what was typed, and the drawing with what they say."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.functional import cached_property

from accounts.models import User
from processes import editing, kinds, wiring
from processes.drawing import Drawing, Element, Flow, Kind, Trigger
from web.setup.admin_choices import AdminChoices
from web.setup.effect_asks import Offered
from web.setup.effects_editor import EffectsEditor
from web.setup.forms.problems import Problem, problems
from web.setup.forms.process_steps import StepForm
from web.setup.forms.processes import FlowForm
from web.setup.process_conditions import ProcessChoices
from web.setup.process_fields import FieldsEditor
from web.setup.process_page import kind_in_words, name_in_words
from web.setup.process_rows import AskedPanel, Rows, asks_for

AUTOMATIC = (Kind.SERVICE, Kind.SEND)


class StepPanel:
    """`draws` says that a button asked for the form anew, so that nothing is wrong yet."""

    template = "setup/processes/_step.html"

    def __init__(self, drawing: Drawing, element: Element, user: User, data: QueryDict | None, *, draws: bool) -> None:
        self.drawing, self.element = drawing, element
        self.id, self.title, self.kind = element.id, name_in_words(element), kind_in_words(element)
        self.form = _bound(StepForm, element, data=data, draws=draws)
        kept = element.settings.get("form", ())
        self.fields = FieldsEditor.of(kept) if data is None else FieldsEditor.typed(data, kept)
        self.fields.worded(AdminChoices(user))
        self.effects: EffectsEditor | None = None
        if element.kind in AUTOMATIC:
            self.effects = _effects(element.settings.get("effects", ()), data, draws=draws)
        self.is_bound = data is not None and not draws

    def is_valid(self) -> bool:
        if self.form.new_kind:
            return bool(self.form.is_valid())
        return all([self.form.is_valid(), self.effects is None or self.effects.is_valid()])

    @property
    def problems(self) -> list[Problem]:
        if not self.is_bound:
            return []
        is_asked = self.effects is not None and not self.form.new_kind
        return [*problems(self.form), *(self.effects.problems() if self.effects and is_asked else [])]

    def written(self, xml: str) -> str:
        """The drawing with what was typed."""
        given = self.form.cleaned_data
        xml = editing.with_name(xml, self.id, given["name"])
        if self.form.new_kind:
            return kinds.with_kind(xml, self.drawing, self.id, self.form.new_kind)
        effects = self.effects.effects if self.effects else None
        settings = self.form.stored(form=self.fields.stored, effects=effects)
        xml = editing.with_settings(xml, self.id, settings)
        if "message" in given:
            xml = wiring.with_message(xml, self.id, given["message"])
        if "code" in given:
            xml = wiring.with_error(xml, self.id, given["code"])
        if "interrupts" in given:
            xml = wiring.with_interrupts(xml, self.id, given["interrupts"])
        if "calls" in given:
            xml = wiring.with_called(xml, self.id, given["calls"])
        return xml

    @cached_property
    def leads_to(self) -> list[tuple[str, str, str]]:
        """The ways on: id, name, and the name of the next step."""
        names = self.drawing.by_id
        flows = self.drawing.flows_from(self.id)
        return [(flow.id, flow.name, name_in_words(names[flow.target])) for flow in flows if flow.target in names]

    @property
    def is_waiting_for_choice(self) -> bool:
        """An event that is about something BPMN knows and we ask nothing about."""
        return self.element.trigger == Trigger.NONE


class FlowPanel:
    template = "setup/processes/_flow.html"

    def __init__(self, drawing: Drawing, flow: Flow, user: User, data: QueryDict | None, *, draws: bool) -> None:
        self.drawing, self.flow, self.id = drawing, flow, flow.id
        self.source, target = drawing.by_id[flow.source], drawing.by_id.get(flow.target)
        self.to = name_in_words(target) if target else ""
        self.title = flow.name or self.to
        initial = {"name": flow.name, "otherwise": self.source.default == flow.id}
        self.form = _bound(FlowForm, data=data, draws=draws, initial=initial)
        self.rows = Rows(flow.condition or {}, ProcessChoices(user, drawing), data, draws=draws)
        self.is_bound = data is not None and not draws

    @property
    def decides(self) -> bool:
        """Whether a condition has a meaning here: where one of several ways is chosen."""
        return self.source.kind in (Kind.EXCLUSIVE, Kind.INCLUSIVE) and len(self.drawing.flows_from(self.source.id)) > 1

    def is_valid(self) -> bool:
        is_valid = self.form.is_valid()
        return is_valid and (bool(self.form.cleaned_data.get("otherwise")) or self.rows.is_valid())

    @property
    def problems(self) -> list[Problem]:
        if not self.is_bound:
            return []
        return [*problems(self.form), *self.rows.problems]

    def written(self, xml: str) -> str:
        given = self.form.cleaned_data
        xml = editing.with_name(xml, self.id, given["name"])
        xml = editing.with_condition(xml, self.id, self.rows.condition)
        if self.decides and given["otherwise"] != (self.source.default == self.id):
            xml = wiring.with_default(xml, self.source.id, self.id if given["otherwise"] else "")
        return xml


Panel = StepPanel | FlowPanel | AskedPanel


def panel_for(request: HttpRequest, drawing: Drawing, id: str) -> Panel | None:
    """Of what is chosen; None where the drawing has no such thing (any more)."""
    data = request.POST if request.method == "POST" else None
    draws = "draw" in request.GET
    if id in drawing.by_id:
        element, field = drawing.by_id[id], request.GET.get("field", "")
        if asks_for(element, field):
            return AskedPanel(drawing, element, field, request.user, data, draws=draws)
        return StepPanel(drawing, element, request.user, data, draws=draws)
    flow = drawing.flow_by_id.get(id)
    if flow is None or flow.source not in drawing.by_id:
        return None
    return FlowPanel(drawing, flow, request.user, data, draws=draws)


def _bound(kind: Any, *args: Any, data: QueryDict | None, draws: bool, initial: dict[str, Any] | None = None) -> Any:
    """Bound to what was sent; when it is only to be drawn, with what was typed and no errors."""
    if data is None or not draws:
        return kind(*args, data=data, initial=initial)
    form = kind(*args, initial=initial)
    for name, field in form.fields.items():
        form.initial[name] = field.widget.value_from_datadict(data, {}, name)
    return form


def _effects(kept: Any, data: QueryDict | None, *, draws: bool) -> EffectsEditor:
    offered = Offered()
    if data is None:
        return EffectsEditor.of(kept, offered)
    return EffectsEditor.typed(data, offered) if draws else EffectsEditor.sent(data, offered)

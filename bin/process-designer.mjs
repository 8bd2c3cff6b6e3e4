// What the process designer is made of; bin/vendor bundles it into static/vendor. One function for the browser:
// create({container, words, icons}) -> bpmn-js with the kinds of steps that run here, and the token simulator. Left out is
// what writes style attributes into markup, which the content security policy refuses, and every text of its own.

import BaseModeler from "bpmn-js/lib/BaseModeler";
import Modeler from "bpmn-js/lib/Modeler";
import ContextPadModule from "bpmn-js/lib/features/context-pad";
import LabelEditingModule from "bpmn-js/lib/features/label-editing";
import PaletteModule from "bpmn-js/lib/features/palette";
import SearchModule from "bpmn-js/lib/features/search";
import LabelEditingProvider from "bpmn-js/lib/features/label-editing/LabelEditingProvider";
import { is } from "bpmn-js/lib/util/ModelUtil";
import AlignElementsModule from "bpmn-js/lib/features/align-elements";
import DistributeElementsModule from "bpmn-js/lib/features/distribute-elements";
import { trial } from "./process-trial.mjs";

const TIMER = "bpmn:TimerEventDefinition";
const MESSAGE = "bpmn:MessageEventDefinition";
const ERROR = "bpmn:ErrorEventDefinition";

// key: type, options and font icon; the labels come from the page
const KINDS = {
  user: ["bpmn:UserTask", {}, "user-task"],
  service: ["bpmn:ServiceTask", {}, "service-task"],
  manual: ["bpmn:ManualTask", {}, "manual-task"],
  exclusive: ["bpmn:ExclusiveGateway", {}, "gateway-xor"],
  parallel: ["bpmn:ParallelGateway", {}, "gateway-parallel"],
  inclusive: ["bpmn:InclusiveGateway", {}, "gateway-or"],
  event: ["bpmn:EventBasedGateway", {}, "gateway-eventbased"],
  timer: ["bpmn:IntermediateCatchEvent", { eventDefinitionType: TIMER }, "intermediate-event-catch-timer"],
  message: ["bpmn:IntermediateCatchEvent", { eventDefinitionType: MESSAGE }, "intermediate-event-catch-message"],
  sub: ["bpmn:SubProcess", { isExpanded: true }, "subprocess-expanded"],
  call: ["bpmn:CallActivity", {}, "call-activity"],
  start: ["bpmn:StartEvent", {}, "start-event-none"],
  end: ["bpmn:EndEvent", {}, "end-event-none"],
  end_error: ["bpmn:EndEvent", { eventDefinitionType: ERROR }, "end-event-error"],
  deadline: ["bpmn:BoundaryEvent", { eventDefinitionType: TIMER }, "intermediate-event-catch-timer"],
  failure: ["bpmn:BoundaryEvent", { eventDefinitionType: ERROR }, "intermediate-event-catch-error"],
  lane: ["bpmn:Participant", {}, "participant"],
};
const APPEND = ["user", "service", "exclusive", "timer", "end"];
const LEFT_OUT = [AlignElementsModule, DistributeElementsModule, PaletteModule, SearchModule];

// The buttons beside a selected element.
class Pad {
  static $inject = ["contextPad", "connect", "modeling", "steps", "config.words"];
  constructor(contextPad, connect, modeling, steps, words) {
    Object.assign(this, { connect, modeling, steps, words });
    contextPad.registerProvider(this);
  }
  getContextPadEntries(element) {
    const entries = {};
    const start = (event, source) => this.connect.start(event, source);
    if (element.type !== "label" && is(element, "bpmn:FlowNode") && !is(element, "bpmn:EndEvent")) {
      for (const kind of APPEND) entries[`append.${kind}`] = this.entry("model", kind, () => this.steps.append(element, kind));
      if (is(element, "bpmn:Activity")) {
        for (const kind of ["deadline", "failure"]) {
          entries[`attach.${kind}`] = this.entry("attach", kind, () => this.steps.attach(element, kind));
        }
      }
      entries.connect = this.named("connect", "connect", "connection-multi", { click: start, dragstart: start });
    }
    if (is(element, "bpmn:Participant") || is(element, "bpmn:Lane")) {
      entries.lane = this.named("model", "lane_below", "lane-insert-below", { click: () => this.modeling.addLane(element, "bottom") });
    }
    entries.delete = this.named("edit", "remove", "trash", { click: () => this.modeling.removeElements([element]) });
    return entries;
  }
  getMultiElementContextPadEntries(elements) {
    return { delete: this.named("edit", "remove", "trash", { click: () => this.modeling.removeElements([...elements]) }) };
  }
  entry(group, kind, click) {
    return this.named(group, kind, KINDS[kind][2], { click });
  }
  named(group, word, icon, action) {
    return { group, className: `bpmn-icon-${icon}`, title: this.words[word] ?? word, action };
  }
}

// Making steps, by mouse (dragged to their place) and by key (placed behind what is selected).
class Steps {
  static $inject = ["elementFactory", "autoPlace", "create", "modeling", "selection", "canvas", "config.words"];
  constructor(elementFactory, autoPlace, create, modeling, selection, canvas, words) {
    Object.assign(this, { elementFactory, autoPlace, create, modeling, selection, canvas, words });
  }
  shape(kind) {
    const [type, options] = KINDS[kind];
    if (type === "bpmn:Participant") return this.elementFactory.createParticipantShape();
    return this.elementFactory.createShape({ type, ...options });
  }
  append(element, kind) {
    return this.autoPlace.append(element, this.shape(kind));
  }
  attach(host, kind) {
    const place = { x: host.x + host.width - 20, y: host.y + host.height };
    const made = this.modeling.createShape(this.shape(kind), place, host, { attach: true });
    this.selection.select(made);
    return made;
  }
  drag(event, kind) {
    this.create.start(event, this.shape(kind));
  }
  add(kind) {
    const [chosen] = this.selection.get();
    const boundary = KINDS[kind][0] === "bpmn:BoundaryEvent";
    if (boundary) return chosen && is(chosen, "bpmn:Activity") ? this.attach(chosen, kind) : null;
    const joins = chosen && is(chosen, "bpmn:FlowNode") && !is(chosen, "bpmn:EndEvent");
    if (joins && !["start", "lane"].includes(kind)) return this.append(chosen, kind);
    const { x, y, width, height } = this.canvas.viewbox();
    const made = this.modeling.createShape(this.shape(kind), { x: x + width / 2, y: y + height / 2 }, this.canvas.getRootElement());
    this.selection.select(made);
    return made;
  }
}

// Names, written where they stand. bpmn-js takes a text field that is a hair larger than at first, as it is at most
// scales, for another name, and there would be something to undo that nobody has done.
class Names extends LabelEditingProvider {
  static $inject = LabelEditingProvider.$inject;
  update(element, text, before, bounds) {
    if (text !== before || is(element, "bpmn:TextAnnotation")) super.update(element, text, before, bounds);
  }
}

// What somebody else has changed of one element, taken over so that it can be undone; its place stays.
const TAKEN = ["name", "extensionElements", "documentation", "loopCharacteristics", "conditionExpression", "eventDefinitions", "calledElement", "cancelActivity", "default"];

class Takeover {
  static $inject = ["elementRegistry", "modeling", "bpmnReplace", "commandStack"];
  constructor(elementRegistry, modeling, bpmnReplace, commandStack) {
    Object.assign(this, { registry: elementRegistry, modeling, bpmnReplace, commandStack });
    // one thing to undo, whatever it is made of
    commandStack.register("process.take", { preExecute: ({ found, fresh }) => this.change(found, fresh) });
  }
  take(fresh) {
    const found = this.registry.get(fresh.id);
    if (found) this.commandStack.execute("process.take", { found, fresh });
  }
  change(found, fresh) {
    const element = kindOf(fresh) === kindOf(found.businessObject) ? found : this.replaced(found, fresh);
    this.modeling.updateProperties(element, this.properties(element.businessObject, fresh));
  }
  replaced(element, fresh) {
    return this.bpmnReplace.replaceElement(element, { type: fresh.$type, eventDefinitionType: fresh.eventDefinitions?.[0]?.$type });
  }
  properties(old, fresh) {
    const found = {};
    for (const name of TAKEN.filter((one) => fresh.$descriptor.propertiesByName[one])) {
      const value = fresh.get(name);
      if (name === "default") {
        found[name] = value && this.registry.get(value.id)?.businessObject;
        continue;
      }
      if (!Array.isArray(value) || value.length || old.get(name)?.length) found[name] = value;
      for (const part of [value].flat()) if (part?.$type) part.$parent = old;
    }
    return found;
  }
}

const kindOf = (node) => `${node.$type} ${node.eventDefinitions?.[0]?.$type ?? ""}`;

// Problems at their elements: a border, and a mark with the reason.
class Problems {
  static $inject = ["elementRegistry", "canvas", "overlays"];
  constructor(elementRegistry, canvas, overlays) {
    Object.assign(this, { registry: elementRegistry, canvas, overlays });
  }
  show(problems, icon) {
    this.overlays.remove({ type: "problem" });
    this.registry.forEach((element) => this.canvas.removeMarker(element, "has-problem"));
    for (const { id, text } of problems) {
      const element = this.registry.get(id);
      if (!element?.parent) continue;
      this.canvas.addMarker(element, "has-problem");
      if (element.waypoints) continue;
      const html = document.createElement("span");
      html.className = "problem-mark";
      html.title = text;
      html.append(icon.cloneNode(true));
      this.overlays.add(element, "problem", { position: { top: -10, left: -10 }, html });
    }
  }
}

const ours = {
  __depends__: [ContextPadModule, LabelEditingModule],
  __init__: ["contextPadProvider"],
  contextPadProvider: ["type", Pad],
  labelEditingProvider: ["type", Names],
  steps: ["type", Steps],
  takeover: ["type", Takeover],
  problems: ["type", Problems],
  palette: ["value", { _update() {} }],
};

export function create({ container, words, colours }) {
  const modules = Modeler.prototype._modules.filter((one) => !LEFT_OUT.includes(one));
  return new BaseModeler({
    container,
    words,
    bpmnRenderer: colours,
    modules: [...modules, trial, ours],
  });
}

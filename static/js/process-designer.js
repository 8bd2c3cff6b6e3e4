// <process-designer data-module data-source data-panel data-words>: a BPMN drawing, changed here and kept by the server.
// What is drawn is saved after a moment ([data-save], a form of htmx); a chosen step has its panel (#step-panel). What
// the panel has saved comes back by the event `process:changed`, problems by the list in #process-problems.

const PAUSE = 700;
const KEPT = ["name", "extensionElements", "documentation", "loopCharacteristics", "conditionExpression", "eventDefinitions", "calledElement", "default"];
const COLOURS = { defaultFillColor: "var(--bg-surface)", defaultStrokeColor: "var(--text-muted)", defaultLabelColor: "var(--text)" };

class ProcessDesigner extends HTMLElement {
  async connectedCallback() {
    this.canvas = this.querySelector("[data-canvas]");
    this.save = this.querySelector("form[data-save]");
    this.words = JSON.parse(this.dataset.words);
    for (const name of ["click", "pointerdown"]) this.addEventListener(name, this);
    for (const name of ["process:changed", "process:saved", "htmx:after:request", "htmx:after:swap"]) document.body.addEventListener(name, this);
    addEventListener("beforeunload", this);
    const { create } = await import(this.dataset.module);
    this.bpmn = create({ container: this.canvas, words: this.words, colours: COLOURS });
    this.get = (name) => this.bpmn.get(name);
    await this.draw(await this.fetched());
    this.bpmn.on("commandStack.changed", () => this.changed());
    this.bpmn.on("selection.changed", ({ newSelection }) => this.chosen(newSelection));
    this.whole();
    this.mark();
    this.dataset.ready = "";
    const first = this.get("elementRegistry").get(this.dataset.element);
    if (first) this.get("selection").select(first);
  }

  disconnectedCallback() {
    for (const name of ["process:changed", "process:saved", "htmx:after:request", "htmx:after:swap"]) document.body.removeEventListener(name, this);
    removeEventListener("beforeunload", this);
    clearTimeout(this.timer);
    this.bpmn?.destroy();
  }

  async fetched() {
    const answer = await fetch(this.dataset.source, { headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(answer.status);
    return answer.text();
  }

  async draw(xml) {
    try {
      await this.bpmn.importXML(xml);
    } catch (error) {
      this.say(`${this.words.unreadable} ${error.message}`);
    }
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === "beforeunload") this.timer && event.preventDefault();
    else if (type === "process:changed") this.merge(event.detail);
    else if (type === "process:saved") this.seen(event.detail);
    else if (type === "htmx:after:request") this.answered(event.detail.ctx);
    else if (type === "htmx:after:swap") this.mark();
    else if (type === "pointerdown") this.drag(event);
    else this.press(target.closest("button, a"), event);
  }

  // ---- tools: a press adds behind what is chosen, a drag puts it where it is dropped

  drag(event) {
    const button = event.target.closest("[data-add]");
    if (!button || event.pointerType === "touch" || event.button || this.trying) return;
    const leave = (moved) => {
      if (moved.type === "pointermove" && Math.hypot(moved.x - event.x, moved.y - event.y) < 6) return;
      for (const name of ["pointermove", "pointerup"]) removeEventListener(name, leave);
      if (moved.type === "pointerup") return;
      this.dragged = true;
      this.get("steps").drag(moved, button.dataset.add);
    };
    for (const name of ["pointermove", "pointerup"]) addEventListener(name, leave);
  }

  press(button, event) {
    if (!button) return;
    const { add, do: what, element } = button.dataset;
    if (add && !this.dragged) this.get("steps").add(add) ?? this.say(this.words.choose_first);
    this.dragged = false;
    if (what) this[what]?.(button);
    if (element && this.bpmn) {
      const found = this.get("elementRegistry").get(element);
      if (!found) return;
      event.preventDefault();
      this.get("selection").select(found);
      this.get("canvas").scrollToElement(found);
    }
  }

  undo() {
    this.get("commandStack").undo();
  }

  redo() {
    this.get("commandStack").redo();
  }

  nearer() {
    this.get("zoomScroll").stepZoom(1);
  }

  farther() {
    this.get("zoomScroll").stepZoom(-1);
  }

  // all of it, with some room around
  whole() {
    if (!this.canvas.offsetHeight) return;
    const canvas = this.get("canvas");
    const scale = canvas.zoom("fit-viewport", "auto");
    if (scale < 1) canvas.zoom(scale * 0.92, "auto");
  }

  async try(button) {
    await this.flush();
    this.trying = !this.trying;
    button.setAttribute("aria-pressed", this.trying);
    this.toggleAttribute("data-trying", this.trying);
    this.get("selection").select(null);
    this.get("eventBus").fire("tokenSimulation.toggleMode", { active: this.trying });
    this.say(this.trying ? this.words.trying : this.words.tried);
  }

  again() {
    this.get("eventBus").fire("tokenSimulation.resetSimulation");
  }

  // ---- saving

  changed() {
    if (this.merging || this.trying) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), PAUSE);
    this.say(this.words.unsaved);
  }

  async flush() {
    if (!this.timer) return this.saving;
    clearTimeout(this.timer);
    this.timer = 0;
    const { xml } = await this.bpmn.saveXML({ format: true });
    this.save.elements.xml.value = xml;
    this.saving = new Promise((done) => (this.done = done));
    this.save.requestSubmit();
    return this.saving;
  }

  answered({ sourceElement, response }) {
    if (sourceElement !== this.save) return;
    this.say(response?.status < 300 ? this.words.saved : this.words.not_saved);
    this.done?.();
  }

  // every form of the page saves upon what was saved last
  seen({ seen }) {
    for (const field of document.querySelectorAll("[name=seen]")) field.value = seen;
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }

  // ---- one step and its panel

  async chosen(elements) {
    const [element] = elements;
    if (this.trying || elements.length > 1 || element?.id === this.shown) return;
    const { id = "" } = element?.labelTarget ?? element ?? {};
    this.shown = id;
    await this.flush();
    if (this.shown !== id) return;
    const url = `${this.dataset.panel}?element=${encodeURIComponent(id)}`;
    window.htmx.ajax("GET", url, { source: this, target: "#step-panel" });
  }

  // the panel was saved: what it may change is taken over from the drawing that the server has now
  async merge({ element: id }) {
    const { rootElement, elementsById } = await this.get("moddle").fromXML(await this.fetched());
    const [element, fresh] = [this.get("elementRegistry").get(id), elementsById[id]];
    if (!element || !fresh || !rootElement) return;
    const properties = {};
    for (const name of KEPT) {
      if (!fresh.$descriptor.propertiesByName[name]) continue;
      const value = fresh.get(name);
      const old = element.businessObject.get(name);
      if (name === "default") {
        properties[name] = value && this.get("elementRegistry").get(value.id)?.businessObject;
      } else if (!Array.isArray(value) || value.length || old?.length) properties[name] = value;
      for (const part of [value].flat()) if (part?.$type && name !== "default") part.$parent = element.businessObject;
    }
    this.merging = true;
    this.get("modeling").updateProperties(element, properties);
    this.merging = false;
  }

  // ---- problems at their elements

  mark() {
    if (!this.bpmn) return;
    const [registry, canvas, overlays] = ["elementRegistry", "canvas", "overlays"].map(this.get);
    overlays.remove({ type: "problem" });
    registry.forEach((element) => canvas.removeMarker(element, "has-problem"));
    for (const line of document.querySelectorAll("#process-problems [data-element]")) {
      const element = registry.get(line.dataset.element);
      if (!element || !element.parent) continue;
      canvas.addMarker(element, "has-problem");
      const html = document.createElement("span");
      html.className = "problem-mark";
      html.title = line.textContent.trim();
      html.append(document.getElementById("problem-icon").content.cloneNode(true));
      if (!element.waypoints) overlays.add(element, "problem", { position: { top: -10, left: -10 }, html });
    }
  }
}

customElements.define("process-designer", ProcessDesigner);

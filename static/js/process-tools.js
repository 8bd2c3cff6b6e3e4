// <process-tools> inside <process-designer>: the bar below a drawing. [data-add=KIND] adds a step behind what is chosen, or
// where it is dragged to; [data-do] undoes, looks nearer, shows all of it, tries it out with tokens.

const FAR_ENOUGH = 6;

class ProcessTools extends HTMLElement {
  connectedCallback() {
    this.designer = this.closest("process-designer");
    for (const name of ["click", "pointerdown"]) this.addEventListener(name, this);
    document.body.addEventListener("designer:ready", this, { once: true });
  }

  // how near one looks, in per cent
  watch() {
    const said = this.querySelector("[data-zoom]");
    const percent = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
    const say = () => (said.value = percent.format(this.get("canvas").zoom()));
    this.get("eventBus").on("canvas.viewbox.changed", say);
    say();
  }

  get(name) {
    return this.designer.get(name);
  }

  handleEvent(event) {
    if (event.type === "designer:ready") return this.watch();
    const button = event.target.closest("button");
    if (!button || !this.designer.bpmn) return;
    if (event.type === "pointerdown") this.drag(button, event);
    else this.press(button);
  }

  press(button) {
    const { add, do: what } = button.dataset;
    if (add && !this.dragged) this.get("steps").add(add) ?? this.designer.say(this.designer.words.choose_first);
    this.dragged = false;
    if (what) this[what](button);
  }

  drag(button, event) {
    if (!button.dataset.add || event.pointerType === "touch" || event.button || this.designer.trying) return;
    const leave = (moved) => {
      if (moved.type === "pointermove" && Math.hypot(moved.x - event.x, moved.y - event.y) < FAR_ENOUGH) return;
      for (const name of ["pointermove", "pointerup"]) removeEventListener(name, leave);
      if (moved.type === "pointerup") return;
      this.dragged = true;
      this.get("steps").drag(moved, button.dataset.add);
    };
    for (const name of ["pointermove", "pointerup"]) addEventListener(name, leave);
  }

  undo() {
    this.finish();
    this.get("commandStack").undo();
  }

  redo() {
    this.get("commandStack").redo();
  }

  // a name that is being written is one thing to undo, like every other
  finish() {
    this.get("directEditing").complete();
  }

  nearer() {
    this.get("zoomScroll").stepZoom(1);
  }

  farther() {
    this.get("zoomScroll").stepZoom(-1);
  }

  whole() {
    this.designer.whole();
  }

  async try(button) {
    const { designer } = this;
    this.finish();
    await designer.flush();
    designer.trying = !designer.trying;
    button.setAttribute("aria-pressed", designer.trying);
    designer.toggleAttribute("data-trying", designer.trying);
    this.get("selection").select(null);
    this.get("eventBus").fire("tokenSimulation.toggleMode", { active: designer.trying });
    designer.say(designer.trying ? designer.words.trying : designer.words.tried);
  }

  again() {
    this.get("eventBus").fire("tokenSimulation.resetSimulation");
  }
}

customElements.define("process-tools", ProcessTools);

// <process-choice data-panel data-element> inside <process-designer>: a chosen step has its panel (#step-panel). What the panel
// has saved is taken over into the drawing (`process:changed`), and what was drawn is in the panel once it is saved, unless
// something is typed there, which is never lost without a question (js/leave-guard.js).

const TOLD = ["designer:ready", "designer:saved", "process:changed"];

class ProcessChoice extends HTMLElement {
  connectedCallback() {
    this.designer = this.closest("process-designer");
    for (const name of TOLD) document.body.addEventListener(name, this);
    if ("ready" in this.designer.dataset) this.begin();
  }

  disconnectedCallback() {
    for (const name of TOLD) document.body.removeEventListener(name, this);
  }

  handleEvent({ type, detail }) {
    if (type === "designer:ready") this.begin();
    else if (type === "process:changed") this.takeOver(detail);
    else if (this.shown && !this.choosing && !this.isTyped) this.show(this.shown);
  }

  get(name) {
    return this.designer.get(name);
  }

  begin() {
    this.designer.bpmn.on("selection.changed", ({ newSelection, oldSelection }) => this.chosen(newSelection, oldSelection));
    const first = this.get("elementRegistry").get(this.dataset.element);
    if (first) this.get("selection").select(first);
  }

  async chosen(elements, [old]) {
    const { designer } = this;
    const [element] = elements;
    if (designer.trying || designer.merging || elements.length > 1 || element?.id === this.shown) return;
    if (!element && old && (await this.isBack(old))) return;
    const { id = "" } = element?.labelTarget ?? element ?? {};
    if (this.isTyped && id !== this.shown && !confirm(designer.words.typed)) return this.stay();
    this.shown = id;
    this.choosing = true;
    await designer.flush();
    this.choosing = false;
    if (this.shown === id) this.show(id);
  }

  // undone or done again: what was chosen has given way to another of the same id, or another is chosen already
  async isBack(old) {
    await null;
    const back = !old.parent && this.get("elementRegistry").get(this.shown);
    if (back) this.get("selection").select(back);
    return this.get("selection").get().length > 0;
  }

  show(id) {
    const url = `${this.dataset.panel}?element=${encodeURIComponent(id)}`;
    window.htmx.ajax("GET", url, { source: this, target: "#step-panel" });
  }

  // what is in the panel and not saved
  get isTyped() {
    return document.querySelector("#step-panel leave-guard")?.on;
  }

  // back to the step whose panel is there, once the drawing has done with the choice
  stay() {
    const back = this.get("elementRegistry").get(this.shown);
    setTimeout(() => this.get("selection").select(back ?? null));
  }

  // the panel was saved: what it may change is taken over from the drawing that the server has now
  async takeOver({ element }) {
    const { designer } = this;
    const { elementsById } = await this.get("moddle").fromXML(await designer.fetched());
    designer.merging = true;
    if (elementsById[element]) this.get("takeover").take(elementsById[element]);
    designer.merging = false;
  }
}

customElements.define("process-choice", ProcessChoice);

// <process-designer data-module data-source data-panel data-words>: a BPMN drawing, changed here and kept by the server.
// What is drawn is saved after a moment ([data-save], a form of htmx); a chosen step has its panel (#step-panel). What
// the panel has saved comes back by the event `process:changed`, and what was drawn is in the panel once it is saved,
// unless something is typed there, which is never lost without a question (js/leave-guard.js). Says `designer:ready` once it is drawn.

const PAUSE = 700;
const COLOURS = { defaultFillColor: "var(--bg-surface)", defaultStrokeColor: "var(--text-muted)", defaultLabelColor: "var(--text)" };
const TOLD = ["process:changed", "process:saved", "htmx:after:request"];

class ProcessDesigner extends HTMLElement {
  async connectedCallback() {
    this.canvas = this.querySelector("[data-canvas]");
    this.save = this.querySelector("form[data-save]");
    this.words = JSON.parse(this.dataset.words);
    for (const name of TOLD) document.body.addEventListener(name, this);
    addEventListener("beforeunload", this);
    const { create } = await import(this.dataset.module);
    this.bpmn = create({ container: this.canvas, words: this.words, colours: COLOURS });
    this.get = (name) => this.bpmn.get(name);
    await this.draw(await this.fetched());
    this.bpmn.on("commandStack.changed", () => this.changed());
    this.bpmn.on("selection.changed", ({ newSelection, oldSelection }) => this.chosen(newSelection, oldSelection));
    this.whole();
    this.dataset.ready = "";
    document.body.dispatchEvent(new CustomEvent("designer:ready"));
    const first = this.get("elementRegistry").get(this.dataset.element);
    if (first) this.get("selection").select(first);
  }

  disconnectedCallback() {
    for (const name of TOLD) document.body.removeEventListener(name, this);
    removeEventListener("beforeunload", this);
    clearTimeout(this.timer);
    this.bpmn?.destroy();
  }

  handleEvent(event) {
    const { type, detail } = event;
    if (type === "beforeunload") this.timer && event.preventDefault();
    else if (type === "process:changed") this.takeOver(detail);
    else if (type === "process:saved") this.seen(detail);
    else this.answered(detail.ctx);
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

  // all of it, with some room around
  whole() {
    if (!this.canvas.offsetHeight) return;
    const canvas = this.get("canvas");
    const scale = canvas.zoom("fit-viewport", "auto");
    if (scale < 1) canvas.zoom(scale * 0.92, "auto");
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
    const isSaved = response?.status < 300;
    this.say(isSaved ? this.words.saved : this.words.not_saved);
    if (isSaved && !this.choosing && this.shown && !this.isTyped) this.show(this.shown);
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

  async chosen(elements, [old]) {
    const [element] = elements;
    if (this.trying || this.merging || elements.length > 1 || element?.id === this.shown) return;
    if (!element && old && (await this.isBack(old))) return;
    const { id = "" } = element?.labelTarget ?? element ?? {};
    if (this.isTyped && id !== this.shown && !confirm(this.words.typed)) return this.stay();
    this.shown = id;
    this.choosing = true;
    await this.flush();
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
    const { elementsById } = await this.get("moddle").fromXML(await this.fetched());
    this.merging = true;
    if (elementsById[element]) this.get("takeover").take(elementsById[element]);
    this.merging = false;
  }
}

customElements.define("process-designer", ProcessDesigner);

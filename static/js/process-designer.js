// <process-designer data-module data-source data-words>: a BPMN drawing, changed here and kept by the server. What is drawn
// is saved after a moment ([data-save], a form of htmx). Says `designer:ready` once it is drawn and `designer:saved`; what is
// chosen in it is the concern of <process-choice>.

const PAUSE = 700;
const COLOURS = { defaultFillColor: "var(--bg-surface)", defaultStrokeColor: "var(--text-muted)", defaultLabelColor: "var(--text)" };
const TOLD = ["process:saved", "htmx:after:request"];

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
    this.whole();
    this.dataset.ready = "";
    document.body.dispatchEvent(new CustomEvent("designer:ready"));
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
    if (isSaved) document.body.dispatchEvent(new CustomEvent("designer:saved"));
    this.done?.();
  }

  // every form of the page saves upon what was saved last
  seen({ seen }) {
    for (const field of document.querySelectorAll("[name=seen]")) field.value = seen;
  }

  say(words) {
    this.querySelector("[data-said]").textContent = words;
  }
}

customElements.define("process-designer", ProcessDesigner);

// <composer-box> around a message form: reply, note or forward with a text each (data-for), Ctrl Enter, Esc, one line at rest.

const FIELDS = "input, textarea, select, button";

class ComposerBox extends HTMLElement {
  constructor() {
    super();
    for (const name of ["change", "click", "keydown"]) this.addEventListener(name, this);
  }

  connectedCallback() {
    // a morph may set the element up before its children are there
    queueMicrotask(() => this.show());
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === "keydown") this.key(event);
    else if (type === "change" && target.name === "kind") this.show();
    else if (type === "click") this.click(target);
  }

  click(target) {
    const wake = target.closest("[data-wake]");
    if (wake?.dataset.wake) this.querySelector(`[name=kind][value=${wake.dataset.wake}]`).checked = true;
    // a label sends a second click to its radio field: that one counts
    if (!wake && target.name !== "kind") return;
    this.show();
    delete this.dataset.idle;
    this.querySelector("textarea:not(:disabled)")?.focus();
  }

  show() {
    const kind = this.querySelector("[name=kind]:checked")?.value;
    if (!kind) return;
    this.classList.toggle("composer--note", kind === "note");
    for (const part of this.querySelectorAll("[data-for]")) {
      const rests = !part.dataset.for.split(" ").includes(kind);
      part.hidden = rests;
      for (const field of [part, ...part.querySelectorAll(FIELDS)]) if (field.matches(FIELDS)) field.disabled = rests;
    }
  }

  key(event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      const button = this.querySelector(`[data-send${event.shiftKey ? "-next" : ""}]:not(:disabled)`);
      button?.form.requestSubmit(button);
    } else if (event.key === "Escape" && event.target.matches("textarea, [contenteditable]")) {
      event.target.blur();
      if ("rest" in this.dataset) this.dataset.idle = "";
    }
  }
}

customElements.define("composer-box", ComposerBox);

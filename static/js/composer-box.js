// <composer-box> around message forms: reply, note or forward with a text each (data-for), Ctrl Enter, Esc, one line at rest.

const FIELDS = "input, textarea:not([data-html]), select, button";

class ComposerBox extends HTMLElement {
  constructor() {
    super();
    for (const name of ["change", "click", "keydown"]) this.addEventListener(name, this);
  }

  connectedCallback() {
    document.addEventListener("htmx:after:swap", this);
    // a morph may set the element up before its children are there, and somebody may have been quicker than this script
    queueMicrotask(() => {
      const chosen = this.querySelector("[name=kind]:checked");
      chosen && !chosen.defaultChecked ? this.wake() : this.show();
    });
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:after:swap", this);
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === "keydown") this.key(event);
    else if (type === "htmx:after:swap") this.swapped();
    else if (type === "change" && target.name === "kind") this.show();
    else if (type === "change" && target.name === "to") this.markTo(target);
    else if (type === "click") this.click(target);
  }

  click(target) {
    const to = target.closest("[data-to]");
    if (to) return this.put("to", to.dataset.to);
    const button = target.closest("[data-wake]");
    // a label sends a second click to its radio field: that one counts
    if (!button && target.name !== "kind") return;
    if (button?.dataset.cc) this.copyTo(button.dataset.cc);
    this.wake(button?.dataset.wake);
  }

  wake(kind) {
    const choice = kind && this.querySelector(`[name=kind][value=${kind}]`);
    if (choice) choice.checked = true;
    this.show();
    delete this.dataset.idle;
    const part = this.querySelector("[data-for]:not([hidden])") ?? this;
    part.querySelector("rich-editor")?.focus();
  }

  // a form that came from the server: to be written into, or in place of one that was sent
  swapped() {
    const woken = this.querySelector("form[data-woken]");
    woken?.removeAttribute("data-woken");
    if (woken) return this.wake(woken.dataset.for);
    const kind = this.querySelector("[name=kind]:checked");
    if (kind && kind.value !== "reply" && !this.querySelector(`[data-for~=${kind.value}]`)) {
      this.querySelector("[name=kind]").checked = true;
    }
    this.show();
  }

  copyTo(people) {
    this.put("cc", people);
    this.querySelector("[data-for=reply] details").open = true;
  }

  put(name, people) {
    const field = this.querySelector("[data-for=reply]").elements[name];
    field.value = people;
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  // which of the addresses that a message offers gets the answer
  markTo(field) {
    for (const one of field.form.querySelectorAll("[data-to]")) one.ariaPressed = one.dataset.to === field.value;
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
    } else if (event.key === "Escape" && event.target.matches("textarea, [contenteditable=true]")) {
      // the focus goes where reading goes on, never to nowhere
      (document.querySelector("#conversation") ?? document.querySelector("main")).focus({ preventScroll: true });
      if ("rest" in this.dataset) this.dataset.idle = "";
    }
  }
}

customElements.define("composer-box", ComposerBox);

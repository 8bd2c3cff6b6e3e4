// <token-input> around one text field with values between commas: each value is shown as a chip, the field stays.

const VALUE = /(?:"[^"]*"|[^,;\n"])+/g;
const split = (text) => (text.match(VALUE) ?? []).map((value) => value.trim()).filter(Boolean);

class TokenInput extends HTMLElement {
  connectedCallback() {
    // a morph may set the element up before its children are there
    queueMicrotask(() => this.typing || this.setUp());
  }

  setUp() {
    this.field = this.querySelector("input[name]");
    if (!this.field) return;
    this.typing = document.createElement("input");
    for (const name of ["id", "list", "placeholder", "inputmode", "aria-label", "aria-describedby", "aria-invalid"]) {
      if (this.field.hasAttribute(name)) this.typing.setAttribute(name, this.field.getAttribute(name));
    }
    this.typing.autocomplete = "off";
    const focused = document.activeElement === this.field;
    Object.assign(this.field, { id: "", type: "hidden" });
    this.append(this.typing);
    if (focused) this.typing.focus();
    this.typing.addEventListener("keydown", (event) => this.key(event));
    this.typing.addEventListener("change", () => this.take());
    this.typing.addEventListener("paste", () => setTimeout(() => /[,;\n]/.test(this.typing.value) && this.take()));
    this.addEventListener("click", ({ target }) => this.click(target));
    // a restored draft or another script changes the field itself
    this.field.addEventListener("change", () => this.draw());
    this.draw();
  }

  get values() {
    return split(this.field.value);
  }

  set values(values) {
    this.field.value = [...new Set(values)].join(", ");
    for (const name of ["input", "change"]) this.field.dispatchEvent(new Event(name, { bubbles: true }));
  }

  draw() {
    const template = this.querySelector("template");
    this.querySelectorAll(".token").forEach((chip) => chip.remove());
    for (const value of this.values) {
      const chip = template.content.firstElementChild.cloneNode(true);
      chip.dataset.value = value;
      chip.querySelector("[data-slot]").textContent = value;
      chip.querySelector("button").ariaLabel = this.dataset.remove.replace("%s", value);
      this.typing.before(chip);
    }
  }

  take() {
    const added = split(this.typing.value);
    this.typing.value = "";
    if (added.length) this.values = [...this.values, ...added];
  }

  key(event) {
    const text = this.typing.value.trim();
    if (event.key === "," || (event.key === "Enter" && text && !event.isComposing)) {
      event.preventDefault();
      this.take();
    } else if (event.key === "Backspace" && !text) this.values = this.values.slice(0, -1);
  }

  click(target) {
    const chip = target.closest("button")?.closest(".token");
    if (!chip && target !== this) return;
    if (chip) this.values = this.values.filter((value) => value !== chip.dataset.value);
    this.typing.focus();
  }
}

customElements.define("token-input", TokenInput);

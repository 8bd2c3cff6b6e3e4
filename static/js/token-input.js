// <token-input> around one text field with values between commas: each becomes a chip, a hidden field takes over the name.

const VALUE = /(?:"[^"]*"|[^,;\n"])+/g;
const split = (text) => (text.match(VALUE) ?? []).map((value) => value.trim()).filter(Boolean);

class TokenInput extends HTMLElement {
  constructor() {
    super();
    for (const name of ["change", "click", "keydown", "paste"]) this.addEventListener(name, this);
  }

  connectedCallback() {
    this.setUp();
  }

  // also when a morph has brought the plain field back; what is being typed then stays
  setUp() {
    const box = this.querySelector("input:not([type=hidden])");
    if (!box?.name || !this.querySelector("template")) return;
    const value = this.field ? box.defaultValue : box.value;
    if (box.value === value) box.value = "";
    this.field?.remove();
    const field = Object.assign(document.createElement("input"), { type: "hidden", name: box.name, value });
    Object.assign(box, { name: "", required: false });
    this.append(field);
    Object.assign(this, { box, field });
    this.draw();
  }

  get values() {
    return split(this.field.value);
  }

  set values(values) {
    this.field.value = [...new Set(values)].join(", ");
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
  }

  draw() {
    const template = this.querySelector("template");
    this.querySelectorAll(".token").forEach((chip) => chip.remove());
    for (const value of this.values) {
      const chip = template.content.firstElementChild.cloneNode(true);
      chip.dataset.value = value;
      chip.querySelector("[data-slot]").textContent = value;
      chip.querySelector("button").ariaLabel = this.dataset.remove.replace("%s", value);
      this.box.before(chip);
    }
  }

  handleEvent(event) {
    const { type, target, key, ctrlKey, metaKey } = event;
    const { box } = this;
    const empty = !box.value.trim();
    if (type === "click") this.click(target);
    else if (type === "change") target === box ? this.take() : this.draw();
    else if (type === "paste") setTimeout(() => /[,;\n]/.test(box.value) && this.take());
    else if (target !== box) return;
    else if (key === "," || (key === "Enter" && !empty && !event.isComposing)) {
      // Ctrl Enter goes on to whoever sends
      if (key === "," || !(ctrlKey || metaKey)) event.preventDefault();
      this.take();
    } else if (key === "Backspace" && empty) this.values = this.values.slice(0, -1);
  }

  take() {
    const added = split(this.box.value);
    this.box.value = "";
    if (added.length) this.values = [...this.values, ...added];
  }

  click(target) {
    const chip = target.closest("button")?.closest(".token");
    if (!chip && target !== this) return;
    if (chip) this.values = this.values.filter((value) => value !== chip.dataset.value);
    this.box.focus();
  }
}

customElements.define("token-input", TokenInput);
document.addEventListener("htmx:after:settle", () => document.querySelectorAll("token-input").forEach((one) => one.setUp()));

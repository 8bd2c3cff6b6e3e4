// <cmd-palette>: every [data-command] of the page in one dialog; what the server finds comes by htmx into the same list.

const SCOPES = ["", "#", "@", ">"];

class CmdPalette extends HTMLElement {
  constructor() {
    super();
    this.addEventListener("click", this);
    this.addEventListener("keydown", this);
  }

  open() {
    const dialog = this.querySelector("dialog");
    const field = this.querySelector("[role=combobox]");
    if (dialog.open) return;
    this.fill();
    field.value = "";
    dialog.showModal();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  fill() {
    const list = this.querySelector("[data-commands]");
    const template = this.querySelector("template[data-item]");
    this.sources = new Map();
    list.querySelectorAll("[role=option]").forEach((old) => old.remove());
    const labels = new Set();
    for (const source of document.querySelectorAll("[data-command]")) {
      const label = source.dataset.command || source.getAttribute("aria-label") || source.textContent.trim();
      if (labels.has(label) || source.disabled || source.closest("dialog")) continue;
      labels.add(label);
      const entry = template.content.firstElementChild.cloneNode(true);
      const icon = source.querySelector("svg.icon");
      if (icon) entry.querySelector("svg").replaceWith(icon.cloneNode(true));
      entry.querySelector("[data-slot=label]").textContent = label;
      this.showKeys(entry.querySelector("[data-slot=key]"), source.dataset.key?.split(/, */)[0] ?? "");
      this.sources.set(entry, source);
      list.append(entry);
    }
  }

  // "g t" and "Mod+k" as keys side by side
  showKeys(place, keys) {
    const mod = document.querySelector("key-map")?.dataset.mod ?? "Ctrl";
    place.replaceWith(...keys.split(/[ +]/).filter(Boolean).map((part) => {
      const key = place.cloneNode();
      key.textContent = part === "Mod" ? mod : part.length === 1 ? part.toUpperCase() : part;
      return key;
    }));
  }

  // Tab goes from one scope to the next: everything, tickets, people, commands
  narrow(event) {
    const field = this.querySelector("[role=combobox]");
    if (event.key !== "Tab" || event.target !== field || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const [, scope, words] = /^([#@>]?)(.*)$/s.exec(field.value);
    const next = SCOPES.at((SCOPES.indexOf(scope) + (event.shiftKey ? -1 : 1)) % SCOPES.length);
    field.value = next + words.trimStart();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  handleEvent(event) {
    if (event.type === "keydown") return this.narrow(event);
    const { target } = event;
    const dialog = this.querySelector("dialog");
    const entry = target.closest("[role=option]");
    if (target === dialog || entry) dialog.close();
    const source = this.sources.get(entry);
    if (source?.matches("input, textarea")) source.focus();
    else source?.click();
  }
}

customElements.define("cmd-palette", CmdPalette);

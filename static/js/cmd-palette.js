// <cmd-palette>: every [data-command] of the page in one dialog; what the server finds comes by htmx into the same list.

class CmdPalette extends HTMLElement {
  constructor() {
    super();
    this.addEventListener("click", this);
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
      const hint = entry.querySelector("[data-slot=key]");
      hint.textContent = source.dataset.key?.split(",")[0].toUpperCase() ?? "";
      hint.hidden = !hint.textContent;
      this.sources.set(entry, source);
      list.append(entry);
    }
  }

  handleEvent({ target }) {
    const dialog = this.querySelector("dialog");
    const entry = target.closest("[role=option]");
    if (target === dialog || entry) dialog.close();
    const source = this.sources.get(entry);
    if (source?.matches("input, textarea")) source.focus();
    else source?.click();
  }
}

customElements.define("cmd-palette", CmdPalette);

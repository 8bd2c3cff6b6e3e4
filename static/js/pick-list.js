// <pick-list>: a search field over options (combobox pattern); options in [data-remote] come filtered from the server.

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();

class PickList extends HTMLElement {
  constructor() {
    super();
    for (const name of ["input", "keydown", "pointermove", "htmx:after:settle"]) this.addEventListener(name, this);
  }

  get field() {
    return this.querySelector("[role=combobox]");
  }

  get options() {
    return [...this.querySelectorAll("[role=option]")];
  }

  get visible() {
    return this.options.filter((option) => !option.closest("[hidden]"));
  }

  connectedCallback() {
    if (this.field) this.filter();
  }

  handleEvent(event) {
    const option = event.target.closest("[role=option]");
    if (event.type === "keydown") this.key(event);
    else if (event.type !== "pointermove") this.filter();
    else if (option) this.activate(option);
  }

  filter() {
    // in the palette # and @ ask for what the server finds, > for commands and places
    const [, scope, words] = /^([#@>]?)(.*)$/s.exec(this.field.value.trim());
    const wanted = fold(this.closest("cmd-palette") ? words : this.field.value);
    const rest = this.closest("cmd-palette") && "#@".includes(scope || " ");
    for (const option of this.options) {
      if (!option.closest("[data-remote]")) option.hidden = rest || !fold(option.textContent).includes(wanted);
    }
    for (const group of this.querySelectorAll("[role=group]")) {
      group.hidden = !group.querySelector("[role=option]:not([hidden])");
    }
    const { visible } = this;
    const empty = this.querySelector("[data-empty]");
    if (empty) empty.hidden = visible.length;
    if (!visible.includes(this.active)) this.activate(visible[0]);
  }

  activate(option) {
    this.active?.setAttribute("aria-selected", false);
    this.active = option;
    if (option) {
      option.id ||= `option-${Math.random().toString(36).slice(2)}`;
      option.setAttribute("aria-selected", true);
    }
    this.field.setAttribute("aria-activedescendant", option?.id ?? "");
  }

  key(event) {
    const { visible } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const run = event.key === "Enter" && event.target === this.field && !event.isComposing;
    if (!step && !run) return;
    event.preventDefault();
    if (run) return this.active?.click();
    this.activate(visible.at((visible.indexOf(this.active) + step) % visible.length));
    this.active?.scrollIntoView({ block: "nearest" });
  }
}

customElements.define("pick-list", PickList);

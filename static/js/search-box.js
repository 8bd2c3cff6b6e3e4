// <search-box data-url>: a search field that is offered what may follow; arrows choose, Enter or Tab takes, Escape closes.

const PAUSE = 120;
// the server counts characters, a field counts units of two bytes
const characters = (text) => [...text].length;
const units = (text, count) => [...text].slice(0, count).join("").length;

class SearchBox extends HTMLElement {
  connectedCallback() {
    for (const name of ["input", "keydown", "click", "pointerdown", "focusout"]) this.addEventListener(name, this);
    // an error points at its place
    const { from, to } = this.field.dataset;
    if (from) {
      this.field.focus();
      this.select(from, Math.max(+to, +from + 1));
    }
  }

  get field() {
    return this.querySelector("[role=combobox]");
  }

  get list() {
    return this.querySelector("[role=listbox]");
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  get active() {
    return this.list.querySelector("[aria-selected=true]");
  }

  select(from, to) {
    const { value } = this.field;
    this.field.setSelectionRange(units(value, +from), units(value, +to));
  }

  handleEvent(event) {
    const option = event.target.closest("[role=option]");
    if (event.type === "keydown") this.key(event);
    else if (event.type === "focusout") this.contains(event.relatedTarget) || this.show(false);
    else if (event.type === "pointerdown") option && event.preventDefault();
    else if (option) this.take(option);
    else if (event.target === this.field) this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), PAUSE);
  }

  async ask() {
    const { field, list } = this;
    const values = { q: field.value, at: characters(field.value.slice(0, field.selectionStart)) };
    const asked = (this.asked = JSON.stringify(values));
    await window.htmx.ajax("GET", this.dataset.url, { source: list, target: list, values });
    if (asked === this.asked) this.show(document.activeElement === field);
  }

  show(open) {
    const any = open && this.options.length > 0;
    if (!open) clearTimeout(this.timer);
    this.list.hidden = !any;
    this.field.setAttribute("aria-expanded", any);
    this.activate(null);
  }

  activate(option) {
    for (const one of this.options) one.setAttribute("aria-selected", one === option);
    this.field.setAttribute("aria-activedescendant", option?.id ?? "");
    option?.scrollIntoView({ block: "nearest" });
  }

  take({ dataset: { text, from, to } }) {
    const { field } = this;
    this.select(from, to);
    field.setRangeText(text + (text.endsWith(":") ? "" : " "), field.selectionStart, field.selectionEnd, "end");
    field.focus();
    this.ask();
  }

  key(event) {
    const { options, active, list } = this;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.target !== this.field || event.isComposing) return;
    if (step && list.hidden) this.later();
    else if (step) {
      const at = options.indexOf(active) + step;
      this.activate(options[at < 0 ? options.length - 1 : at % options.length]);
    } else if (!list.hidden && event.key === "Escape") this.show(false);
    else if (!list.hidden && active && (event.key === "Enter" || event.key === "Tab")) this.take(active);
    else return;
    event.preventDefault();
  }
}

customElements.define("search-box", SearchBox);

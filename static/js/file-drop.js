// <file-drop> around an <input type="file" multiple>: takes dropped and pasted files too and lists what was chosen.
// No draft keeps files: leaving the page with some that were not sent asks first.

const EVENTS = ["dragover", "dragleave", "drop", "paste", "reset", "htmx:after:request"];

class FileDrop extends HTMLElement {
  kept = [];

  connectedCallback() {
    // drops and pastes count anywhere in the form
    this.zone = this.closest("form") ?? this;
    for (const name of EVENTS) this.zone.addEventListener(name, this);
    for (const name of ["change", "click"]) this.addEventListener(name, this);
    this.guard();
  }

  disconnectedCallback() {
    for (const name of EVENTS) this.zone.removeEventListener(name, this);
    this.guard(false);
  }

  get input() {
    return this.querySelector("input[type=file]");
  }

  handleEvent(event) {
    const { type, target } = event;
    const data = event.dataTransfer ?? event.clipboardData;
    if (type === "beforeunload") event.preventDefault();
    // sent by the browser itself, or taken by the server, which leads on to another page
    else if (type === "submit") target === this.zone && !event.defaultPrevented && this.guard(false);
    else if (type === "htmx:after:request") event.detail.ctx.response.headers.has("HX-Redirect") && this.guard(false);
    else if (type === "reset") this.set([]);
    else if (type === "click") this.click(target);
    else if (type === "change" && target === this.input) this.add(this.input.files);
    else if (data?.types.includes("Files")) {
      event.preventDefault();
      this.classList.toggle("is-over", type === "dragover");
      if (data.files.length && type !== "dragover") this.add(data.files);
    }
  }

  add(files) {
    const max = Number(this.dataset.max) || Infinity;
    const large = [...files].filter((file) => file.size > max);
    const known = (file) => this.kept.some((one) => one.name === file.name && one.size === file.size);
    this.set([...this.kept, ...[...files].filter((file) => file.size <= max && !known(file))]);
    const note = this.querySelector("[data-file-error]");
    note.hidden = !large.length;
    note.querySelector("[data-slot]").textContent = large.map((file) => this.dataset.tooLarge.replace("%s", file.name)).join(" ");
  }

  guard(on = this.kept.length > 0) {
    for (const name of ["beforeunload", "submit"]) (on ? addEventListener : removeEventListener)(name, this);
  }

  set(files) {
    const transfer = new DataTransfer();
    files.forEach((file) => transfer.items.add(file));
    this.kept = files;
    this.guard();
    this.input.files = transfer.files;
    const list = this.querySelector("[data-files]");
    const template = this.querySelector("template");
    list.replaceChildren(...files.map((file) => {
      const entry = template.content.firstElementChild.cloneNode(true);
      entry.querySelector("[data-slot=name]").textContent = file.name;
      entry.querySelector("[data-slot=size]").textContent = this.size(file.size);
      entry.querySelector("button").ariaLabel = this.dataset.remove.replace("%s", file.name);
      return entry;
    }));
  }

  size(bytes) {
    const [unit, length] = bytes < 1e6 ? ["kilobyte", 1e3] : ["megabyte", 1e6];
    const { lang, dataset } = document.documentElement;
    const number = new Intl.NumberFormat(dataset.locale || lang, { style: "unit", unit, maximumFractionDigits: 1 });
    return number.format(Math.max(1, bytes / length));
  }

  click(target) {
    const buttons = () => [...this.querySelectorAll("[data-files] button")];
    const at = buttons().indexOf(target.closest("button"));
    if (at < 0) return;
    this.set(this.kept.filter((_, index) => index !== at));
    (buttons()[at] ?? this.input).focus();
  }
}

customElements.define("file-drop", FileDrop);

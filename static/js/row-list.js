// <row-list> around a list: J and K or arrows, Enter or O, X, Shift for ranges, Ctrl A, Esc. Tells by the event
// `selection` what is ticked (bulk-bar.js), and keeps the focus in the list when its row leaves it.

const TYPING = "textarea, select, [contenteditable], [role=textbox], [role=menu], input:not([type=checkbox])";
const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };
const box = (row) => row?.querySelector("input[type=checkbox]");
const select = (rows, on) => rows.map(box).forEach((field) => field && (field.checked = on));

class RowList extends HTMLElement {
  constructor() {
    super();
    for (const name of ["change", "click", "htmx:config:request"]) this.addEventListener(name, this);
  }

  connectedCallback() {
    this.mark();
  }

  get rows() {
    return [...this.querySelectorAll(this.dataset.rows || ".trow")];
  }

  get selected() {
    return this.rows.filter((row) => box(row)?.checked);
  }

  get cursor() {
    return this.rows.find((row) => row.matches(".is-cursor"));
  }

  handleEvent({ type, target, shiftKey, detail }) {
    // who asks what is new in the list says whether its beginning is in sight
    if (detail?.ctx) return detail.ctx.request.body?.set("top", this.querySelector(".scroll")?.scrollTop > 48 ? "" : 1);
    const { rows } = this;
    const row = rows.find((one) => box(one) === target);
    if (type === "change") {
      if (target.matches("[data-select-all]")) select(rows, target.checked);
      this.mark();
    } else if (row) {
      const [from, to] = [rows.indexOf(this.last), rows.indexOf(row)].sort((a, b) => a - b);
      if (shiftKey && from >= 0) select(rows.slice(from, to + 1), target.checked);
      this.last = row;
    }
  }

  key(event) {
    const { rows, cursor, selected } = this;
    const { target, shiftKey } = event;
    const single = event.key.length === 1;
    const key = single ? event.key.toLowerCase() : event.key;
    const mod = event.ctrlKey || event.metaKey;
    const off = document.documentElement.dataset.keys === "off";
    if (!rows.length || (single && off && !mod) || (!single && target !== document.body && !this.contains(target))) return;
    const link = cursor?.querySelector("a");
    if (mod) {
      if (key !== "a" || !box(rows[0])) return;
      select(rows, true);
    } else if (STEPS[key]) this.move(STEPS[key], shiftKey);
    else if (key === "x" && box(cursor)) box(cursor).click();
    else if (link && (key === "o" || (key === "Enter" && !target.closest("a, button, summary")))) link.click();
    else if (key === "Escape" && selected.length) this.clear();
    else return;
    event.preventDefault();
    this.mark();
  }

  move(step, extend) {
    const { rows, cursor } = this;
    const next = rows[Math.max(0, Math.min(rows.length - 1, rows.indexOf(cursor) + step))];
    if (extend) select([cursor, next], true);
    cursor?.classList.remove("is-cursor");
    this.point(next, rows);
    next.scrollIntoView({ block: "nearest" });
  }

  point(row, rows) {
    row.classList.add("is-cursor");
    this.cursorId = row.id;
    this.cursorAt = rows.indexOf(row);
    row.querySelector("a")?.focus({ preventScroll: true });
  }

  // the row of the cursor alone, unless something is ticked; false without either
  settle() {
    if (!this.selected.length && box(this.cursor)) box(this.cursor).checked = true;
    this.mark();
    return this.selected.length > 0;
  }

  clear() {
    select(this.rows, false);
    this.mark();
    const row = this.cursor ?? this.rows[0];
    (row?.querySelector("a") ?? this.querySelector(".scroll"))?.focus({ preventScroll: true });
  }

  mark() {
    const { rows, selected } = this;
    const some = selected.length > 0;
    for (const row of rows) {
      // without any selection the attribute is away: the boxes rest until the pointer comes
      if (some) row.setAttribute("aria-selected", selected.includes(row));
      else row.removeAttribute("aria-selected");
      if (row.id && row.id === this.cursorId) row.classList.add("is-cursor");
    }
    const all = this.querySelector("[data-select-all]");
    if (all) Object.assign(all, { checked: some && selected.length === rows.length, indeterminate: some && selected.length < rows.length });
    this.dispatchEvent(new CustomEvent("selection"));
  }

  keep() {
    const { rows } = this;
    if (!this.cursorId || this.cursor || document.activeElement !== document.body) return;
    const row = rows[Math.min(this.cursorAt, rows.length - 1)];
    if (row) this.point(row, rows);
    else this.querySelector(".scroll")?.focus();
  }
}

customElements.define("row-list", RowList);

const each = (act) => document.querySelectorAll("row-list").forEach(act);
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.altKey || event.target.closest?.(TYPING)) return;
  if (!document.querySelector("dialog:modal, :popover-open")) each((list) => list.key(event));
});
document.addEventListener("htmx:after:settle", () => each((list) => (list.mark(), list.keep())));
// what was asked for is done: the selection has served
document.addEventListener("bulk-done", () => each((list) => list.clear()));

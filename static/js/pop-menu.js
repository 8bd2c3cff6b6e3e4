// <pop-menu>: a button with `popovertarget` and the menu it opens; adds the place on screen and the keys of a menu.

const GAP = 6;
const EDGE = 8;
const between = (low, value, high) => Math.max(low, Math.min(value, high));

class PopMenu extends HTMLElement {
  constructor() {
    super();
    for (const name of ["beforetoggle", "toggle"]) this.addEventListener(name, this, true);
    for (const name of ["keydown", "click", "htmx:after:settle"]) this.addEventListener(name, this);
  }

  get button() {
    return this.querySelector("[popovertarget]");
  }

  get menu() {
    return document.getElementById(this.button?.getAttribute("popovertarget"));
  }

  get items() {
    return [...this.menu.querySelectorAll("[role^=menuitem]:not([disabled], [aria-disabled=true])")];
  }

  handleEvent(event) {
    const { menu } = this;
    const open = menu?.matches(":popover-open");
    if (event.type === "beforetoggle") this.toggling(event);
    else if (event.type === "toggle") this.toggled(open);
    else if (event.type === "keydown") open ? this.key(event) : this.openBy(event);
    else if (open && event.type === "click") this.chosen(event.target);
    else if (open) {
      this.place();
      if (!menu.contains(document.activeElement)) this.enter();
    }
  }

  // a menu gives the focus back to where it was when it opened; from nowhere, by a key, that is its button: the next key
  // must not fall into a field that nobody sees any more
  toggling({ newState, target }) {
    if (newState !== "open") return;
    if (target === this.menu && document.activeElement === document.body) this.button.focus({ preventScroll: true });
    requestAnimationFrame(() => this.place());
  }

  toggled(open) {
    this.button.setAttribute("aria-expanded", open);
    if (open) this.enter();
  }

  enter() {
    const { menu, items } = this;
    const field = menu.querySelector("input:not([type=hidden], [type=radio], [type=checkbox])");
    (field ?? menu.querySelector("[aria-checked=true]") ?? items[0])?.focus();
  }

  chosen(target) {
    const item = target.closest("[role^=menuitem], [role=option]");
    if (item && !item.closest("[data-stay], [aria-disabled=true]")) this.menu.hidePopover();
  }

  openBy(event) {
    if (!/^Arrow(Up|Down)$/.test(event.key) || !this.button.contains(event.target)) return;
    event.preventDefault();
    this.button.click();
  }

  key(event) {
    const { key, target } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || key === "Escape") return;
    event.stopPropagation();
    if (target.closest("input, textarea, select")) return;
    if (key === "Tab" && this.menu.role === "menu") this.menu.hidePopover();
    const { items } = this;
    const at = items.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[key];
    if (to !== undefined) {
      event.preventDefault();
      items.at(to % items.length)?.focus();
    } else if (key.length === 1 && key !== " ") {
      const ring = [...items.slice(at + 1), ...items];
      ring.find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()))?.focus();
    }
  }

  place() {
    const { menu, button } = this;
    if (!menu?.matches(":popover-open")) return;
    Object.assign(menu.style, { inset: "auto", margin: 0 });
    const from = button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = menu;
    const rtl = getComputedStyle(this).direction === "rtl";
    const side = this.dataset.place === "side" && innerWidth > 704;
    const above = from.bottom + height > innerHeight - EDGE && from.top > innerHeight - from.bottom;
    let top = above ? from.top - GAP - height : from.bottom + GAP;
    let left = (this.dataset.align === "end") === rtl ? from.left : from.right - width;
    if (side) {
      top = from.bottom - height;
      left = rtl ? from.left - GAP - width : from.right + GAP;
    }
    menu.style.top = `${between(EDGE, top, innerHeight - EDGE - height)}px`;
    menu.style.left = `${between(EDGE, left, innerWidth - EDGE - width)}px`;
  }
}

customElements.define("pop-menu", PopMenu);

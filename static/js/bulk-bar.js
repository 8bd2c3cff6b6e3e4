// <bulk-bar> in a <row-list>: shows how many rows are ticked and what can be done with them. Without a tick its buttons
// and their keys are about the row of the cursor. [data-all] means all of the list, also what is not loaded yet.

class BulkBar extends HTMLElement {
  connectedCallback() {
    this.list = this.closest("row-list");
    this.list.addEventListener("selection", this);
    this.list.addEventListener("change", this);
    this.addEventListener("click", this, true);
    customElements.whenDefined("row-list").then(() => this.show());
  }

  get every() {
    return this.querySelector("[data-all]");
  }

  handleEvent(event) {
    const { type, target } = event;
    const button = type === "click" && target.closest("button");
    if (type === "selection") this.show();
    else if (type === "change") this.changed(target);
    else if (button?.matches("[data-clear]")) this.list.clear();
    else if (button && !this.list.settle()) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  changed(target) {
    // a row less is no longer all of them
    if (target.name === "ticket" && !target.checked) this.every.querySelector("input").checked = false;
    this.show();
  }

  show() {
    const { list, every } = this;
    const number = list.selected.length;
    const field = every.querySelector("input");
    // not `hidden`: its keys work without a selection too
    this.toggleAttribute("data-idle", !number);
    every.hidden = number < list.rows.length || !list.querySelector("[name=more]");
    if (every.hidden) field.checked = false;
    const words = field.checked ? "every" : number === 1 ? "one" : "other";
    this.querySelector("[data-number]").textContent = this.dataset[words].replace("%n", number);
  }
}

customElements.define("bulk-bar", BulkBar);

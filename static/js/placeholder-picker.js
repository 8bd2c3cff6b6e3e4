// <placeholder-picker data-into="ID">: what is chosen of [data-insert] goes into that field, where its cursor is.

class PlaceholderPicker extends HTMLElement {
  constructor() {
    super();
    this.addEventListener("click", this);
  }

  handleEvent(event) {
    const text = event.target.closest("[data-insert]")?.dataset.insert;
    const field = text && document.getElementById(this.dataset.into);
    if (!field) return;
    const list = this.querySelector("pick-list");
    list.field.value = "";
    list.filter();
    const { selectionStart, selectionEnd } = field;
    field.focus();
    field.setRangeText(text, selectionStart, selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("placeholder-picker", PlaceholderPicker);

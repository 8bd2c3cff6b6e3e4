// <row-mover>: around a table or a list ([data-row]) whose rows have buttons "up" and "down"; Alt with an arrow presses
// that of the row one is in.

const BUTTONS = { ArrowUp: "up", ArrowDown: "down" };

class RowMover extends HTMLElement {
  connectedCallback() {
    this.addEventListener("keydown", this);
  }

  handleEvent(event) {
    const wanted = event.altKey && BUTTONS[event.key];
    const button = wanted && event.target.closest("tr, [data-row]")?.querySelector(`button:is([value=${wanted}], [data-move=${wanted}])`);
    if (!button) return;
    event.preventDefault();
    // so that it has the focus again when the rows have been drawn anew
    button.focus();
    button.click();
  }
}

customElements.define("row-mover", RowMover);

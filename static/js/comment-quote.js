// <comment-quote> around a text field: what is selected in the words of the article ([data-quotable]) stands there.

class CommentQuote extends HTMLElement {
  connectedCallback() {
    document.addEventListener("selectionchange", this);
  }

  disconnectedCallback() {
    document.removeEventListener("selectionchange", this);
  }

  handleEvent() {
    const chosen = getSelection();
    const field = this.querySelector("input");
    const words = chosen.toString().trim().replace(/\s+/g, " ");
    const within = chosen.anchorNode?.parentElement?.closest("[data-quotable]");
    if (words && within && words.length <= field.maxLength) field.value = words;
  }
}

customElements.define("comment-quote", CommentQuote);

// <based-on> in a reply form: what stands in the conversation when somebody begins to write is what is answered.

class BasedOn extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.form?.addEventListener("input", this);
  }

  disconnectedCallback() {
    this.form?.removeEventListener("input", this);
  }

  handleEvent({ target }) {
    if (!target.matches("textarea")) return;
    const begins = !this.writing && target.value;
    this.writing = Boolean(target.value);
    const newest = [...document.querySelectorAll("[data-article]")].at(-1);
    if (begins && newest) this.querySelector("input").value = newest.dataset.article;
  }
}

customElements.define("based-on", BasedOn);

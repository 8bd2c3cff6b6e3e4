// <framed-form> around a form in another website. Instead of asking a question it reckons: it looks for a number whose
// digest with the stamp begins with zero bits. And it tells the page around how high it is.

const BATCH = 128;

class FramedForm extends HTMLElement {
  connectedCallback() {
    new ResizeObserver(() => this.tell()).observe(document.documentElement);
    this.tell();
    this.form = this.querySelector("form[data-stamp]");
    // Only where the page is safe do browsers have digests; elsewhere the question stays.
    if (!this.form || !window.crypto?.subtle) return;
    const question = this.querySelector("[data-question]");
    if (question.querySelector("[aria-invalid]")) return;
    question.hidden = true;
    this.form.addEventListener("focusin", () => this.prove(), { once: true });
    this.form.addEventListener("submit", (event) => this.send(event));
  }

  tell() {
    const height = this.closest("main").getBoundingClientRect().height;
    if (window.parent !== window) window.parent.postMessage({ framedForm: Math.ceil(height) }, "*");
  }

  async send(event) {
    const { proof } = this.form.elements;
    if (proof.value) return;
    event.preventDefault();
    const status = this.querySelector("[data-wait]");
    status.textContent = status.dataset.wait;
    await this.prove();
    this.form.submit();
  }

  prove() {
    this.proof ??= this.reckon();
    return this.proof;
  }

  async reckon() {
    const { stamp, bits } = this.form.dataset;
    const encoder = new TextEncoder();
    const fits = async (number) => {
      const digest = await crypto.subtle.digest("SHA-256", encoder.encode(`${stamp}:${number}`));
      return new DataView(digest).getUint32(0) >>> (32 - Number(bits)) === 0;
    };
    for (let start = 0; ; start += BATCH) {
      const found = await Promise.all(Array.from({ length: BATCH }, (_, index) => fits(start + index)));
      if (found.includes(true)) {
        this.form.elements.proof.value = String(start + found.indexOf(true));
        return;
      }
    }
  }
}

customElements.define("framed-form", FramedForm);

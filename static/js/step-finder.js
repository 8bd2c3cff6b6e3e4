// <step-finder>: a picture of a process that is wider than its place begins where the process stands.

class StepFinder extends HTMLElement {
  connectedCallback() {
    const step = this.querySelector(".bp-is-now, .bp-is-stuck");
    if (!step) return;
    const [at, here] = [step.getBoundingClientRect(), this.getBoundingClientRect()];
    this.scrollLeft += at.left + at.width / 2 - here.left - here.width / 2;
    this.scrollTop += at.top + at.height / 2 - here.top - here.height / 2;
  }
}

customElements.define("step-finder", StepFinder);

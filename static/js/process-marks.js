// <process-marks> around the panel of a <process-designer>: the problems of #process-problems are marked at their elements,
// and links to steps ([data-element]) lead to them in the drawing.

class ProcessMarks extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", this);
    for (const name of ["designer:ready", "htmx:after:swap"]) document.body.addEventListener(name, this);
  }

  disconnectedCallback() {
    for (const name of ["designer:ready", "htmx:after:swap"]) document.body.removeEventListener(name, this);
  }

  handleEvent(event) {
    this.designer = document.querySelector("process-designer[data-ready]");
    if (!this.designer) return;
    if (event.type === "click") this.lead(event);
    else this.mark();
  }

  lead(event) {
    const id = event.target.closest("a[data-element]")?.dataset.element;
    const found = id && this.designer.get("elementRegistry").get(id);
    if (!found) return;
    event.preventDefault();
    this.designer.get("selection").select(found);
    this.designer.get("canvas").scrollToElement(found);
  }

  mark() {
    const lines = [...document.querySelectorAll("#process-problems li[data-element]")];
    const problems = lines.map((line) => ({ id: line.dataset.element, text: line.textContent.trim() }));
    this.designer.get("problems").show(problems, document.getElementById("problem-icon").content);
  }
}

customElements.define("process-marks", ProcessMarks);

// <live-rows> around a list that asks for its news: says whether the list's beginning is in sight, and what it shows.

const NEAR = 48;
// more would make the address too long; rows further down are simply not refreshed
const REPORTED = 300;

class LiveRows extends HTMLElement {
  constructor() {
    super();
    this.addEventListener("htmx:config:request", this);
  }

  handleEvent({ target, detail: { ctx: { request: { body } } } }) {
    if (!target.matches("#list") || !body) return;
    const scroller = this.closest(".scroll");
    body.set("top", scroller && scroller.scrollTop > NEAR ? "" : "1");
    const rows = body.getAll("r").slice(0, REPORTED);
    body.delete("r");
    for (const row of rows) body.append("r", row);
  }
}

customElements.define("live-rows", LiveRows);

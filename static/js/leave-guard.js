// <leave-guard> in a form: the browser asks before what was typed there is lost. Another form of the page that leads
// away without it (data-unless-typed="DIALOG") opens that dialog first, where the ways out are; data-leave goes anyway.

class LeaveGuard extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    for (const name of ["input", "click"]) this.form.addEventListener(name, this);
    document.addEventListener("submit", this, true);
    for (const name of ["submit", "click", "htmx:after:request"]) document.addEventListener(name, this);
    this.guard("typed" in this.dataset);
  }

  disconnectedCallback() {
    document.removeEventListener("submit", this, true);
    for (const name of ["submit", "click", "htmx:after:request"]) document.removeEventListener(name, this);
    this.guard(false);
  }

  guard(on) {
    this.on = on;
    (on ? addEventListener : removeEventListener)("beforeunload", this);
  }

  handleEvent(event) {
    const { type, target, currentTarget, eventPhase } = event;
    if (type === "beforeunload") event.preventDefault();
    else if (currentTarget === this.form) this.look(type, target);
    else if (type === "submit") this.submit(event, eventPhase === Event.CAPTURING_PHASE);
    // taken by the server, which leads on to another page
    else if (type === "htmx:after:request") event.detail.ctx.response?.headers.has("HX-Redirect") && this.guard(false);
    else if (target.closest?.("a[data-leave]")) this.guard(false);
  }

  // what only tries things out changes nothing; a row more or less does
  look(type, target) {
    const changes = type === "input" ? !target.closest("[data-untyped]") : target.closest("button[formaction]");
    if (changes) this.guard(true);
  }

  submit(event, isEarly) {
    const { target, submitter } = event;
    const dialog = document.getElementById(target.dataset.unlessTyped);
    if (isEarly) {
      if (!this.on || !dialog || submitter?.hasAttribute("data-leave")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      dialog.showModal();
    } else if (!event.defaultPrevented && (target === this.form || dialog)) this.guard(false);
  }
}

customElements.define("leave-guard", LeaveGuard);

// <who-is-here data-hint>: tells the server every 20 s that this page is open and whether somebody writes, by the event
// `live:beat` that htmx answers; asks at once when the stream says that somebody came or went.

const EVERY = 20_000;
const STILL_WRITING = 12_000;
const EVENTS = ["visibilitychange", "pagehide", "pageshow"];

class WhoIsHere extends HTMLElement {
  connectedCallback() {
    this.doing = this.querySelector("[name=doing]");
    this.querySelector("[name=page]").value = Math.random().toString(36).slice(2, 12);
    for (const name of EVENTS) addEventListener(name, this);
    document.addEventListener("input", this);
    document.body.addEventListener(this.dataset.hint, this);
    this.timer = setInterval(() => document.hidden || this.beat(), EVERY);
    setTimeout(() => document.hidden || this.beat());
  }

  disconnectedCallback() {
    for (const name of EVENTS) removeEventListener(name, this);
    document.removeEventListener("input", this);
    document.body.removeEventListener(this.dataset.hint, this);
    clearInterval(this.timer);
  }

  handleEvent({ type, target }) {
    if (type === "input") this.typed(target.closest?.("composer-box [data-for]")?.dataset.for);
    else if (type === this.dataset.hint) document.hidden || this.beat();
    else if (type === "pagehide" || document.hidden) this.leave();
    else this.beat();
  }

  typed(kind) {
    if (!kind) return;
    clearTimeout(this.still);
    this.still = setTimeout(() => this.change("viewing"), STILL_WRITING);
    this.change(kind);
  }

  change(doing) {
    if (this.doing.value === doing) return;
    this.doing.value = doing;
    this.beat();
  }

  beat() {
    this.dispatchEvent(new CustomEvent("live:beat"));
  }

  leave() {
    const body = new FormData();
    body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    body.set("page", this.querySelector("[name=page]").value);
    body.set("doing", "gone");
    navigator.sendBeacon(this.getAttribute("hx-post"), body);
  }
}

customElements.define("who-is-here", WhoIsHere);

// <live-stream src data-renew>: server-sent hints ("ticket 48213") become events on the body (`live:ticket-48213`, `tick`).

const FRESH = 45_000;
const LONGEST = 120_000;
const EVENTS = ["visibilitychange", "pagehide", "pageshow"];

class LiveStream extends HTMLElement {
  hints = new Set();
  failures = 0;

  connectedCallback() {
    for (const name of EVENTS) addEventListener(name, this);
    this.handleEvent({});
  }

  disconnectedCallback() {
    for (const name of EVENTS) removeEventListener(name, this);
    this.close();
  }

  handleEvent({ type }) {
    // a hidden tab gives its connection back
    if (type === "pagehide" || document.hidden) return this.close();
    if (this.source || this.turn) return;
    this.failures = 0;
    this.open();
  }

  async open() {
    clearTimeout(this.again);
    const turn = (this.turn = Symbol());
    const address = await this.address().catch(() => null);
    if (this.turn !== turn) return;
    this.turn = null;
    if (!address) return this.failed();
    this.source = new EventSource(address);
    this.source.onopen = () => this.opened();
    this.source.onerror = () => this.failed();
    this.source.addEventListener("hint", ({ data }) => this.hear(data));
    this.source.addEventListener("renew", () => {
      this.source.close();
      this.open();
    });
  }

  // the token in src lives for a minute and is for one connection
  async address() {
    const src = this.getAttribute("src");
    this.removeAttribute("src");
    if (src && performance.now() < FRESH) return src;
    const answer = await fetch(this.dataset.renew);
    return answer.ok && !answer.redirected && (await answer.text()).trim();
  }

  opened() {
    // what happened between two streams, or since the page was made, was heard by nobody
    this.send("tick");
    this.failures = 0;
    this.state(true);
  }

  failed() {
    this.close();
    const pause = Math.min(LONGEST, 1000 * 2 ** this.failures++);
    this.again = setTimeout(() => document.hidden || this.open(), pause * (0.5 + Math.random()));
  }

  close() {
    clearTimeout(this.again);
    this.turn = null;
    this.source?.close();
    this.source = null;
    this.state(false);
  }

  // many hints at once become one question, and many readers do not ask in the same instant
  hear(data) {
    this.hints.add(`live:${data.trim().replace(/\s+/g, "-")}`);
    // who comes and goes changes nothing else on the page
    if (!data.startsWith("presence")) this.hints.add("tick");
    this.pending ??= setTimeout(() => {
      this.pending = null;
      this.hints.forEach((name) => this.send(name));
      this.hints.clear();
    }, 150 + Math.random() * 600);
  }

  state(open) {
    document.dispatchEvent(new CustomEvent("live:state", { detail: { open } }));
  }

  send(name) {
    document.body.dispatchEvent(new CustomEvent(name));
  }
}

customElements.define("live-stream", LiveStream);

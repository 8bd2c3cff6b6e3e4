// <draft-saver data-url> around a form: what is typed is saved on the server, for any computer; the hint says when.

const PAUSE = 1200;

class DraftSaver extends HTMLElement {
  constructor() {
    super();
    for (const name of ["input", "change", "htmx:before:request", "htmx:after:request"]) this.addEventListener(name, this);
  }

  connectedCallback() {
    addEventListener("pagehide", this);
    addEventListener("online", this);
  }

  disconnectedCallback() {
    removeEventListener("pagehide", this);
    removeEventListener("online", this);
    clearTimeout(this.timer);
  }

  get form() {
    return this.querySelector("form");
  }

  handleEvent({ type, target, detail }) {
    if (type === "pagehide") this.dirty && this.save({ keepalive: true });
    else if (type === "online") this.dirty && this.save();
    else if (!type.startsWith("htmx:")) this.typed(target);
    else if (detail.ctx.sourceElement === this.form) {
      // what is being sent is no draft; if it was not taken, it is one again
      if (type === "htmx:before:request") this.stop();
      else if (!(detail.ctx.response?.status < 300)) this.later();
    }
  }

  typed(field) {
    if (field.type === "file" || field.closest("[data-no-draft]")) return;
    this.dirty = true;
    this.later();
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), PAUSE);
  }

  stop() {
    clearTimeout(this.timer);
    this.request?.abort();
    this.dirty = false;
  }

  async save({ keepalive = false } = {}) {
    const { form } = this;
    if (!form) return;
    clearTimeout(this.timer);
    this.request?.abort();
    const { signal } = (this.request = new AbortController());
    this.dirty = false;
    this.renewToken(form);
    const body = this.typedIn(form);
    try {
      const answer = await fetch(this.dataset.url, { method: "POST", body, keepalive, signal, headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) throw new Error(answer.status);
      if (answer.status !== 204) this.saved(await answer.text());
    } catch {
      // this computer keeps it meanwhile (<draft-keeper>)
      this.dirty ||= !signal.aborted;
      if (!signal.aborted) this.hint(this.dataset.kept);
    }
  }

  // a new sign-in, maybe in another tab, has made a new one
  renewToken({ elements: { csrfmiddlewaretoken: field } }) {
    const name = document.querySelector("meta[name=csrf-cookie]")?.content;
    const token = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
    if (field && token) field.value = token;
  }

  // also from a form that rests while another kind is written: its fields are disabled then
  typedIn(form) {
    const body = new URLSearchParams();
    for (const { name, type, value, checked, disabled, dataset } of form.elements) {
      const silent = /^(file|submit|button)$/.test(type) || (/^(checkbox|radio)$/.test(type) && !checked);
      if (name && !silent && !(disabled && "html" in dataset)) body.append(name, value);
    }
    return body;
  }

  saved(words) {
    if (this.dirty) return;
    this.hint(words);
    this.dispatchEvent(new CustomEvent("draft:saved", { bubbles: true }));
  }

  hint(words) {
    const place = this.querySelector("[data-draft-hint]");
    if (place) place.textContent = words;
  }
}

customElements.define("draft-saver", DraftSaver);

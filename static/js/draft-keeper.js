// <draft-keeper data-draft-key="…"> around a form: keeps what is typed in this tab until the server has confirmed it.

const FIELDS = "textarea, input:is([type=text], [type=email], [type=search], [type=url], [type=tel], :not([type]))";
const PREFIX = "draft:";
// when the draft was kept, among its fields
const AT = "@";

// private windows and full disks refuse: then there is no draft, and nothing else breaks
function attempt(act) {
  try {
    return act();
  } catch {
    return null;
  }
}
const load = (key) => attempt(() => JSON.parse(sessionStorage.getItem(key)));
const drop = (key) => attempt(() => sessionStorage.removeItem(key));
function keep(key, draft) {
  if (!Object.keys(draft).some((name) => name !== AT)) return drop(key);
  return attempt(() => sessionStorage.setItem(key, JSON.stringify({ ...draft, [AT]: Date.now() })) ?? true);
}

class DraftKeeper extends HTMLElement {
  constructor() {
    super();
    for (const name of ["input", "draft:saved", "htmx:before:request", "htmx:after:request"]) this.addEventListener(name, this);
  }

  connectedCallback() {
    addEventListener("pagehide", this);
    this.restore();
  }

  disconnectedCallback() {
    removeEventListener("pagehide", this);
    clearTimeout(this.timer);
  }

  get key() {
    return `${PREFIX}${document.body.dataset.person}:${this.dataset.draftKey}`;
  }

  get fields() {
    return [...this.querySelectorAll(FIELDS)].filter((field) => field.name);
  }

  handleEvent({ type, detail }) {
    if (type === "input") {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), 300);
    } else if (type === "draft:saved") {
      drop(this.key);
    } else if (type === "pagehide") {
      if (this.timer) this.save();
    } else if (detail.ctx.sourceElement.matches("form, button:not([type=button])")) {
      // what rests (the note while a reply is sent) is not confirmed by this answer
      if (type === "htmx:before:request") this.sent = this.fields.filter((field) => !field.matches(":disabled"));
      else if (detail.ctx.response.status < 300) this.confirm();
    }
  }

  save() {
    this.timer = clearTimeout(this.timer);
    const draft = load(this.key) ?? {};
    for (const { name, value, defaultValue } of this.fields) {
      if (value === defaultValue) delete draft[name];
      else draft[name] = value;
    }
    if (keep(this.key, draft)) this.hint(this.dataset.kept);
  }

  restore() {
    const draft = load(this.key) ?? {};
    // the server has a newer one, maybe from another computer
    if ((draft[AT] ?? 0) < 1000 * (this.dataset.savedAt ?? 0)) return drop(this.key);
    for (const field of this.fields) {
      const text = draft[field.name];
      if (text === undefined || field.value !== field.defaultValue || text === field.value) continue;
      field.value = text;
      field.dispatchEvent(new Event("change", { bubbles: true }));
      this.hint(this.dataset.restored);
    }
  }

  confirm() {
    this.timer = clearTimeout(this.timer);
    const draft = load(this.key) ?? {};
    for (const { name } of this.sent ?? []) delete draft[name];
    keep(this.key, draft);
  }

  hint(text) {
    const place = this.querySelector("[data-draft-hint]");
    if (place && text) place.textContent = text;
  }
}

// signing out leaves nothing behind; `data-drop-drafts="new-request service-"` drops those with such keys alone
document.addEventListener("submit", ({ target }) => {
  if (!target.matches("[data-drop-drafts]")) return;
  const keys = target.dataset.dropDrafts.split(" ");
  const meant = (key) => key.startsWith(PREFIX) && keys.some((part) => key.includes(`:${part}`) || !part);
  Object.keys(sessionStorage).filter(meant).forEach(drop);
});
customElements.define("draft-keeper", DraftKeeper);

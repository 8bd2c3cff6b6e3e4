// <text-inserter> above the composer: after "/" templates and snippets, after "@" colleagues, with a preview; arrows,
// Enter, Escape. Quotes of messages ([data-quote]) come in through it too.

const SIGN = /(?:^|[\s(>])([/@])((?:[^\s/@](?:[^\n/@]{0,40}))?)$/;
const MOVES = { ArrowDown: 1, ArrowUp: -1 };

class TextInserter extends HTMLElement {
  connectedCallback() {
    this.box = this.closest("composer-box");
    for (const name of ["input", "keydown", "click", "focusout"]) this.box.addEventListener(name, this, true);
    this.addEventListener("pointerdown", this);
    this.addEventListener("htmx:after:swap", this);
    document.addEventListener("click", this.quote);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.quote);
  }

  get options() {
    return [...this.querySelectorAll("[role=option]")];
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type === "htmx:after:swap") this.loaded();
    else if (type === "pointerdown") this.press(event);
    else if (type === "focusout") this.contains(event.relatedTarget) || setTimeout(() => this.left());
    else if (type === "click") this.call(event, target.closest("[data-call]"));
    else if (type === "input") this.look(target.closest("rich-editor"));
    else if (!this.hidden) this.key(event);
  }

  // ---- what is being asked for

  look(field) {
    if (!field) return;
    const [, sign, words] = field.before().match(SIGN) ?? [];
    if (!sign || this.refused === `${sign}${words}`.slice(0, this.refused?.length)) return this.close();
    this.refused = null;
    Object.assign(this, { field, sign, words });
    const url = new URL(sign === "/" ? this.dataset.wordings : this.dataset.people, location.href);
    url.searchParams.set("q", words.trim());
    url.searchParams.set("for", field.closest("[data-for]")?.dataset.for ?? "reply");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.fetch(url), 120);
  }

  async fetch(url) {
    const turn = (this.turn = Symbol());
    await window.htmx.ajax("GET", url.pathname + url.search, { source: this, target: this });
    if (turn === this.turn) this.loaded();
  }

  loaded() {
    // nothing of that name: the words stay words, but who pressed the button gets an answer
    if (!this.field || !(this.options.length || this.called)) return this.close();
    this.hidden = false;
    if (this.options.length) this.activate(this.options[0]);
  }

  call(event, button) {
    if (!button) return;
    event.preventDefault();
    const field = button.closest("form").querySelector("rich-editor");
    field.focus();
    const glued = /\S$/.test(field.before());
    this.refused = null;
    this.called = true;
    field.replace(0, `${glued ? " " : ""}${button.dataset.call}`);
    this.look(field);
  }

  // ---- choosing

  activate(option) {
    for (const one of this.options) one.setAttribute("aria-selected", one === option);
    for (const one of this.querySelectorAll("[data-preview]")) one.hidden = one.dataset.preview !== option.id;
    this.active = option;
    option.scrollIntoView({ block: "nearest" });
    this.writer()?.setAttribute("aria-activedescendant", option.id);
  }

  writer() {
    return this.field?.querySelector("[contenteditable=true]") ?? this.field?.querySelector("textarea");
  }

  key(event) {
    const { key, isComposing } = event;
    const step = MOVES[key];
    if (isComposing || event.ctrlKey || event.metaKey || !(step || /^(Enter|Tab|Escape)$/.test(key))) return;
    event.preventDefault();
    event.stopPropagation();
    const { options } = this;
    if (step && options.length) this.activate(options.at((options.indexOf(this.active) + step) % options.length));
    else if (key === "Escape" || !options.length) this.refuse();
    else this.choose();
  }

  press(event) {
    // the caret stays where it is
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (!option) return;
    this.activate(option);
    this.choose();
  }

  choose() {
    const { field, active, sign, words } = this;
    this.close();
    const { text, html, used } = active.dataset;
    field.replace(sign.length + words.length, text, html);
    if (used) window.htmx.ajax("POST", used, { source: this, swap: "none" });
  }

  refuse() {
    this.refused = `${this.sign}${this.words}`;
    this.close();
  }

  left() {
    if (!this.box.contains(document.activeElement)) this.close();
  }

  close() {
    clearTimeout(this.timer);
    this.turn = null;
    this.called = false;
    this.hidden = true;
    this.writer()?.removeAttribute("aria-activedescendant");
  }

  // ---- quotes

  quote = async ({ target }) => {
    const button = target.closest?.("[data-quote]");
    if (!button) return;
    const { quote, formed, wake } = button.dataset;
    const field = this.box.querySelector(`[data-for=${wake}] rich-editor`);
    // what has a form of its own waits for the editor, which alone can take it
    if (formed) {
      this.box.wake(wake);
      await field.load();
    }
    const takesForm = Boolean(formed && field.editor);
    const answer = await fetch(takesForm ? formed : quote);
    if (!answer.ok || answer.redirected) return;
    // on a phone what stands beside a ticket hides the reply, and makes room for it now
    document.querySelector("[data-toggle='pane:details'][aria-expanded=true]")?.click();
    this.box.wake(wake);
    field.add(await answer.text(), takesForm);
  };
}

customElements.define("text-inserter", TextInserter);

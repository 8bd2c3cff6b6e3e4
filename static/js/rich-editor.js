// <rich-editor data-module> around a textarea: a text field for those who insert into it, and an editor once somebody
// writes. The textarea stays the field of the form and its text; [data-html] carries the form of it. With
// data-structured it has headings and tables, too, and its pictures can be chosen as files ([data-picture]). [data-text]
// is the textarea where there are others.

const URL_ALONE = /^https?:\/\/\S+$/;
const FORM_EVENTS = ["click", "submit", "keydown"];
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
let module;

// plain text as the editor's paragraphs; lines that begin with > are a quote
function nodesOf(text) {
  const blocks = [];
  for (const part of text.split(/\n{2,}/)) {
    for (const line of part.split("\n")) {
      const quoted = /^> ?/.test(line);
      const last = blocks.at(-1);
      if (last?.quoted === quoted && last.part === part) last.lines.push(line.replace(/^> ?/, ""));
      else blocks.push({ quoted, part, lines: [line.replace(/^> ?/, "")] });
    }
  }
  return blocks.map(({ quoted, lines }) => {
    const content = lines.flatMap((line, index) => [
      ...(index ? [{ type: "hardBreak" }] : []),
      ...(line ? [{ type: "text", text: line }] : []),
    ]);
    const paragraph = { type: "paragraph", content };
    return quoted ? { type: "blockquote", content: [paragraph] } : paragraph;
  });
}

const levelOf = ({ level }) => (level ? { level: Number(level) } : undefined);

class RichEditor extends HTMLElement {
  waiting = new Set();

  connectedCallback() {
    this.text = this.querySelector("[data-text]") ?? this.querySelector("textarea:not([data-html])");
    this.html = this.querySelector("[data-html]");
    this.form = this.closest("form");
    for (const name of ["focusin", "input", "change", "compositionstart", "compositionend"]) this.addEventListener(name, this);
    for (const name of FORM_EVENTS) this.form?.addEventListener(name, this, true);
    if (this.html?.value) this.load();
  }

  disconnectedCallback() {
    for (const name of FORM_EVENTS) this.form?.removeEventListener(name, this, true);
    this.editor?.destroy();
    this.editor = null;
  }

  handleEvent(event) {
    const { type, target } = event;
    if (type.startsWith("composition")) this.composing = type === "compositionstart";
    else if (type === "focusin") this.load();
    else if (target.matches("[data-picture]")) type === "change" && this.choose(target);
    else if (type === "change" || type === "input") target === this.text && this.editor && !this.telling && this.reset();
    else if (type === "submit") this.submit(event);
    else if (type === "keydown") target.matches("[data-link]") && event.key === "Enter" && this.link(event);
    else this.tool(target.closest("[data-rich], [data-do]")?.dataset ?? {});
  }

  // ---- the field

  focus() {
    this.editor ? this.editor.view.focus() : this.text.focus();
  }

  // what is done to the text gives it the focus at once: the editor's own `focus` waits for the screen's next frame, and
  // a key that is pressed before would be lost, or press the button again
  chain() {
    this.editor.view.focus();
    return this.editor.chain();
  }

  // what stands before the caret in its line
  before() {
    if (!this.editor) {
      const { value, selectionStart } = this.text;
      return value.slice(0, selectionStart).split("\n").at(-1);
    }
    const { $from } = this.editor.state.selection;
    return $from.parent.textBetween(0, $from.parentOffset, "\n", "\ufffc").split("\n").at(-1);
  }

  // `text` in place of that many characters before the caret; the editor takes its `html`, where there is one
  replace(length, text, html) {
    if (!this.editor) {
      const { selectionStart: end } = this.text;
      this.text.setRangeText(text, end - length, end, "end");
      this.tell();
      return this.focus();
    }
    const { from, to } = this.editor.state.selection;
    if (html) return this.chain().insertContentAt({ from: from - length, to }, html).run();
    const nodes = nodesOf(text);
    const content = nodes.length === 1 && nodes[0].type === "paragraph" ? nodes[0].content : nodes;
    this.chain().insertContentAt({ from: from - length, to }, content).run();
  }

  // a text of its own paragraphs, below what is there; as HTML (`isFormed`) only where the editor is
  add(text, isFormed = false) {
    if (!this.editor) {
      this.text.value = [this.text.value.trimEnd(), text, ""].filter((part, index) => part || index === 2).join("\n\n");
      this.tell();
      return this.focus();
    }
    const { doc } = this.editor.state;
    const empty = !doc.textContent && doc.childCount < 2;
    const content = isFormed ? `${text}<p></p>` : [...nodesOf(text), { type: "paragraph" }];
    const place = empty ? { from: 0, to: doc.content.size } : doc.content.size;
    this.chain().insertContentAt(place, content).setTextSelection(Infinity).scrollIntoView().run();
  }

  // drafts, presence and lists hear of it as of typing
  tell() {
    this.text.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // ---- the editor

  load() {
    if (this.editor || !this.dataset.module) return null;
    return (this.loading ??= this.open());
  }

  async open() {
    try {
      module ??= import(new URL(this.dataset.module, location.href));
      const { create } = await module;
      await this.rest();
      if (this.isConnected && !this.text.disabled) this.start(create);
    } catch {
      module = null; // the textarea goes on
    }
    this.loading = null;
  }

  // not while an input method composes
  rest() {
    if (!this.composing) return null;
    return new Promise((done) => this.text.addEventListener("compositionend", () => setTimeout(done), { once: true }));
  }

  start(create) {
    const { text } = this;
    const focused = document.activeElement === text;
    const place = document.createElement("div");
    place.className = "composer__text composer__text--rich prose";
    text.before(place);
    this.editor = create({
      element: place,
      content: this.html.value || { type: "doc", content: nodesOf(text.value) },
      label: text.labels[0].textContent,
      describedBy: text.getAttribute("aria-describedby") ?? "",
      placeholder: text.placeholder,
      structured: "structured" in this.dataset,
      onUpdate: () => this.keep(),
      onState: () => this.show(),
      onFiles: (files) => this.take(files),
      onText: (pasted) => this.paste(pasted),
    });
    this.html.disabled = false;
    this.form.querySelectorAll("[data-tools]").forEach((tools) => (tools.hidden = false));
    this.keep({ quiet: true });
    this.editor.commands.setTextSelection(this.editor.state.doc.content.size);
    // at once, and before the field goes: a key that is pressed meanwhile must not fall between them
    if (focused) this.editor.view.focus();
    text.hidden = true;
  }

  keep({ quiet = false } = {}) {
    const empty = this.editor.isEmpty;
    this.html.value = empty ? "" : this.editor.getHTML();
    this.text.value = empty ? "" : this.editor.getText({ blockSeparator: "\n\n" });
    if (quiet) return;
    this.telling = true;
    this.tell();
    this.telling = false;
  }

  // somebody else has written into the textarea: a restored draft, a program that dictates
  reset() {
    if (this.text.value === this.editor.getText({ blockSeparator: "\n\n" })) return;
    this.editor.commands.setContent({ type: "doc", content: nodesOf(this.text.value) });
    this.keep({ quiet: true });
  }

  show() {
    for (const button of this.form.querySelectorAll("[data-rich]")) {
      button.setAttribute("aria-pressed", this.editor.isActive(button.dataset.rich, levelOf(button.dataset)));
    }
    // what only makes sense within something, such as a row more of a table
    for (const tools of this.form.querySelectorAll("[data-within]")) tools.hidden = !this.editor.isActive(tools.dataset.within);
  }

  // a form of the text on or off, or something done once (`data-do`)
  tool(asked) {
    if (!this.editor || !(asked.rich || asked.do)) return;
    const name = asked.do ?? `toggle${asked.rich[0].toUpperCase()}${asked.rich.slice(1)}`;
    this.chain()[name](levelOf(asked)).run();
  }

  choose(field) {
    this.take(field.files);
    field.value = "";
  }

  link(event) {
    event.preventDefault();
    event.stopPropagation();
    const { target } = event;
    const address = /^[a-z]+:/i.test(target.value) || !target.value ? target.value : `https://${target.value}`;
    target.closest("[popover]").hidePopover();
    target.value = "";
    this.editor && this.chain().setLink(address).run();
  }

  // an address pasted over words makes them a link
  paste(pasted) {
    const { empty } = this.editor.state.selection;
    if (empty || !URL_ALONE.test(pasted.trim())) return false;
    return this.chain().setLink(pasted.trim()).run();
  }

  // ---- pictures

  take(files) {
    const pictures = [...files].filter((file) => PICTURE.test(file.type));
    pictures.forEach((file) => this.upload(file));
    return pictures.length > 0 && pictures.length === files.length;
  }

  async upload(file) {
    const preview = URL.createObjectURL(file);
    this.chain().insertContent({ type: "image", attrs: { src: preview, alt: file.name } }).run();
    const sending = this.send(file);
    this.waiting.add(sending);
    const address = await sending.catch(() => null);
    this.waiting.delete(sending);
    this.editor?.commands.changePicture(preview, address);
    URL.revokeObjectURL(preview);
    this.querySelector(".field__error")?.remove();
    if (!address) this.say(this.dataset.failed);
  }

  async send(file) {
    const body = new FormData();
    body.set("picture", file);
    body.set("csrfmiddlewaretoken", this.form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch(this.dataset.pictures, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.querySelector("img").getAttribute("src");
  }

  say(words) {
    const note = document.createElement("p");
    note.className = "field__error";
    note.role = "alert";
    note.textContent = words;
    this.append(note);
  }

  // a message waits for its pictures
  async submit(event) {
    if (!this.waiting.size) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const { submitter } = event;
    await Promise.allSettled(this.waiting);
    this.form.requestSubmit(submitter);
  }
}

customElements.define("rich-editor", RichEditor);

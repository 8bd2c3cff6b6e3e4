// <key-map>: single keys and sequences from data-key ("r", "g t", "Mod+k, /"); they rest while somebody types.

const TYPING = "textarea, select, [contenteditable], [role=textbox], input:not([type=checkbox], [type=radio])";
const PAUSE = 1200;

const keysOf = (element) => element.dataset.key.split(/, */);

function comboOf({ key, code, shiftKey, ctrlKey, metaKey }) {
  // other alphabets: the key of the same place on a Latin keyboard
  let name = key.length === 1 && key > "\u02af" && code.startsWith("Key") ? code.slice(3) : key;
  if (name.length === 1) name = name.toLowerCase();
  const shift = shiftKey && name.toUpperCase() !== name.toLowerCase();
  return `${ctrlKey || metaKey ? "Mod+" : ""}${shift ? "Shift+" : ""}${name}`;
}

class KeyMap extends HTMLElement {
  sequence = "";

  press(event) {
    const typing = event.target.closest?.(TYPING);
    // a field that was hidden a moment ago keeps the focus until the page is drawn again
    const resting = typing?.checkVisibility() || document.documentElement.dataset.keys === "off";
    const combo = comboOf(event);
    if (/Shift$|Control|Meta|Alt/.test(combo) || (resting && !combo.startsWith("Mod+"))) return;
    const wanted = `${this.sequence} ${combo}`.trim();
    const usable = this.usable();
    const hits = usable.filter((element) => keysOf(element).includes(wanted));
    // of several toasts the newest: the last change is undone first
    const hit = hits.at(hits[0]?.closest(".toast") ? -1 : 0);
    const more = !hit && usable.some((element) => keysOf(element).some((key) => key.startsWith(`${wanted} `)));
    clearTimeout(this.timer);
    this.sequence = more ? wanted : "";
    if (more) this.timer = setTimeout(() => (this.sequence = ""), PAUSE);
    if (hit || more) event.preventDefault();
    if (hit?.matches(TYPING)) hit.focus();
    else hit?.click();
  }

  usable() {
    const modal = [...document.querySelectorAll("dialog:modal")].at(-1);
    return [...(modal ?? document).querySelectorAll("[data-key]")].filter(
      (element) => !element.disabled && !element.closest("[hidden]") && (modal || !element.closest("dialog")),
    );
  }

  // the list that `?` shows
  fill() {
    const template = this.querySelector("template[data-row]");
    const labels = new Map();
    for (const element of document.querySelectorAll("[data-key]")) {
      const label = element.dataset.keyLabel || element.getAttribute("aria-label") || element.textContent.trim();
      labels.set(label.replace(/\s*\([^()]*\)$/, ""), keysOf(element)[0]);
    }
    const rows = [...labels].map(([label, keys]) => {
      const row = template.content.firstElementChild.cloneNode(true);
      const kbd = row.querySelector("kbd");
      row.querySelector("[data-slot=label]").textContent = label;
      kbd.replaceWith(...keys.split(/[ +]/).map((part) => {
        const key = kbd.cloneNode();
        key.textContent = part === "Mod" ? this.dataset.mod : part.length === 1 ? part.toUpperCase() : part;
        return key;
      }));
      return row;
    });
    this.querySelector("[data-rows]").replaceChildren(...rows);
  }
}

customElements.define("key-map", KeyMap);

const map = () => document.querySelector("key-map");
document.addEventListener("keydown", (event) => {
  if (!event.defaultPrevented && !event.isComposing && !event.repeat && !event.altKey) map()?.press(event);
});
document.addEventListener("click", ({ target }) => target.closest?.("[data-open=shortcuts]") && map()?.fill(), true);

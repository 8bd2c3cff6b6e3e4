// Small switches by data attributes: drawers, dialogs, password fields, copying, printing, the theme, where reading starts.

const actions = {
  // data-toggle="side:open" on the nearest [data-host], else on the body
  toggle(button) {
    const [name, value] = button.dataset.toggle.split(":");
    const { dataset } = button.closest("[data-host]") ?? document.body;
    const on = dataset[name] !== value;
    if (on) dataset[name] = value;
    else delete dataset[name];
    button.setAttribute("aria-expanded", on);
  },
  // data-open="id": a dialog, or an element with its own open()
  open(button) {
    const target = document.getElementById(button.dataset.open);
    if (target.showModal) target.open || target.showModal();
    else target.open();
  },
  close(button) {
    button.closest("dialog").close();
  },
  reveal(button) {
    const field = document.getElementById(button.dataset.reveal);
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", shown);
  },
  async copy(button) {
    if (!navigator.clipboard) return; // the browser allows it on safe connections only
    await navigator.clipboard.writeText(button.dataset.copy);
    document.dispatchEvent(new CustomEvent("toast", { detail: { name: "copied" } }));
  },
  print() {
    window.print();
  },
  // light or dark at once, and the server writes data-theme from then on
  "theme-url"(button) {
    const { dataset } = document.documentElement;
    const dark = dataset.theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : dataset.theme === "dark";
    dataset.theme = dark ? "light" : "dark";
    window.htmx.ajax("POST", button.dataset.themeUrl, { values: { theme: dataset.theme }, swap: "none" });
  },
};

document.addEventListener("click", ({ target }) => {
  for (const name of Object.keys(actions)) {
    const button = target.closest?.(`button[data-${name}]`);
    if (button) actions[name](button);
  }
  // outside an open drawer, or on the backdrop of a dialog that may be left that way
  if (target === document.body && "side" in target.dataset) document.querySelector("[data-toggle^=side]")?.click();
  if (target.matches?.("dialog[data-light]")) target.close();
});

// Escape closes a drawer when nothing lies above it
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || document.querySelector(":popover-open, dialog:modal")) return;
  document.querySelector("[data-toggle][aria-expanded=true]")?.click();
});

// HX-Trigger: close-dialog, at once: the focus is back before its place is swapped
document.addEventListener("htmx:before:swap", ({ detail }) => {
  if (detail.ctx?.hx?.trigger?.includes("close-dialog")) document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
});

function start() {
  for (const dialog of document.querySelectorAll("dialog[data-autoopen]:not([open])")) {
    dialog.removeAttribute("data-autoopen");
    dialog.showModal();
  }
  // a conversation opens at the first unread message
  const mark = document.querySelector("[data-scroll-start]");
  const scroller = mark?.closest(".conv__scroll, .scroll");
  mark?.removeAttribute("data-scroll-start");
  // where tabs do not fit, the chosen one is seen
  for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
    const bar = tab.parentElement;
    bar.scrollLeft += tab.getBoundingClientRect().left - bar.getBoundingClientRect().left - (bar.clientWidth - tab.offsetWidth) / 2;
  }
  if (scroller) scroller.scrollTop += mark.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 84;
}

start();
document.addEventListener("htmx:after:swap", start);

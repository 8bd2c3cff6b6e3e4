// <toast-region>: toasts go after six seconds, ten with something to undo, never while held, or when their own time
// (data-seconds) is over; the event `toast` asks for one.

class ToastRegion extends HTMLElement {
  connectedCallback() {
    new MutationObserver(() => this.arm()).observe(this, { childList: true });
    this.addEventListener("click", this);
    this.arm();
  }

  handleEvent({ target }) {
    const toast = target.closest(".toast");
    if (target.closest("[data-retry]")) toast.retry();
    if (target.closest("[data-retry], [data-dismiss]")) toast.remove();
  }

  // a copy of <template data-toast="name"> with words for its [data-slot] places
  show({ name, slots = {}, retry }) {
    const template = this.querySelector(`template[data-toast=${name}]`);
    if (!template) return;
    const toast = template.content.firstElementChild.cloneNode(true);
    toast.id = `toast-${name}`;
    toast.retry = retry;
    for (const place of toast.querySelectorAll("[data-slot]")) {
      const word = slots[place.dataset.slot];
      if (word) place.textContent = word;
      else place.closest("[data-optional]")?.remove();
    }
    document.getElementById(toast.id)?.remove();
    this.append(toast);
  }

  arm() {
    for (const toast of this.querySelectorAll(":scope > .toast:not([data-armed], [data-stay])")) {
      toast.dataset.armed = "";
      if (toast.dataset.seconds) {
        this.count(toast, Date.now() + toast.dataset.seconds * 1000);
        continue;
      }
      const stay = toast.querySelector("form, [data-retry]") ? 10_000 : 6000;
      const start = () => (toast.timer = setTimeout(() => toast.remove(), stay));
      const hold = () => clearTimeout(toast.timer);
      for (const name of ["pointerenter", "focusin"]) toast.addEventListener(name, hold);
      for (const name of ["pointerleave", "focusout"]) toast.addEventListener(name, start);
      start();
    }
  }

  // time that runs out is shown, and waits for nobody
  count(toast, until) {
    const left = Math.ceil((until - Date.now()) / 1000);
    if (left <= 0) return toast.remove();
    toast.querySelector("[data-count]").textContent = left;
    if (toast.isConnected) setTimeout(() => this.count(toast, until), 250);
  }
}

customElements.define("toast-region", ToastRegion);
document.addEventListener("toast", ({ detail }) => document.querySelector("toast-region")?.show(detail));

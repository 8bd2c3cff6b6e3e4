// <sla-timer data-left data-from data-to data-words="Reply %mm|Reply %hh %mm|Reply %hh">: business time that is left (below 0:
// late), in seconds. It passes between the two moments only; what comes after the closing is told by the server.

const SOON = 3600;
const MANY_HOURS = 10;
const late = (element) => element.dataset.left < 0;

function draw(element) {
  const { left, from, to, words } = element.dataset;
  const passed = from ? Math.max(0, Math.min(Date.now() / 1000, to) - from) : 0;
  const rest = late(element) ? passed - left : Math.max(0, left - passed);
  const minutes = Math.max(1, late(element) ? Math.floor(rest / 60) : Math.ceil(rest / 60));
  const hours = Math.floor(minutes / 60);
  const pattern = words.split("|")[hours < 1 ? 0 : hours < MANY_HOURS ? 1 : 2];
  const text = pattern.replace("%h", hours).replace("%m", hours ? String(minutes % 60).padStart(2, "0") : minutes);
  const place = element.querySelector("[data-time]");
  if (place && place.textContent !== text) place.textContent = text;
  if (!late(element) && rest <= SOON) element.firstElementChild?.classList.add("sla--warn");
}

class SlaTimer extends HTMLElement {
  connectedCallback() {
    draw(this);
  }
}

const refresh = () => document.querySelectorAll("sla-timer").forEach(draw);

customElements.define("sla-timer", SlaTimer);
setInterval(refresh, 30_000);
// a morph puts the server's words back
document.addEventListener("htmx:after:settle", refresh);

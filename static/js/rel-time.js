// <rel-time><time datetime="…">: "12 min ago" for a day, then the weekday, then the date; `short` leaves out the clock.

const root = document.documentElement;
const formats = new Map();
const DAY = 86_400_000;

function format(kind, options) {
  const locale = root.dataset.locale || root.lang;
  const timeZone = root.dataset.zone || undefined;
  const key = [kind, locale, timeZone, JSON.stringify(options)].join();
  if (!formats.has(key)) {
    formats.set(key, new Intl[kind](locale, kind === "DateTimeFormat" ? { timeZone, ...options } : options));
  }
  return formats.get(key);
}

function words(then, short) {
  const passed = then - Date.now();
  const size = Math.abs(passed);
  const ago = (length, unit) =>
    format("RelativeTimeFormat", { numeric: "auto", style: "short" }).format(Math.round(passed / length), unit);
  if (size < 45_000) return ago(Infinity, "second");
  if (size < 3_570_000) return ago(60_000, "minute");
  if (size < DAY) return ago(3_600_000, "hour");
  const clock = short ? {} : { hour: "numeric", minute: "2-digit" };
  const date = (options) => format("DateTimeFormat", options).format(then);
  if (size < 6 * DAY) return date({ weekday: "short", ...clock });
  const sameYear = new Date(then).getFullYear() === new Date().getFullYear();
  return date({ day: "numeric", month: "short", ...(sameYear ? clock : { year: "numeric" }) });
}

class RelTime extends HTMLElement {
  connectedCallback() {
    const time = this.querySelector("time");
    const then = Date.parse(time?.dateTime);
    if (!then) return;
    const text = words(then, this.hasAttribute("short"));
    if (time.textContent !== text) time.textContent = text;
  }
}

const refresh = () => document.querySelectorAll("rel-time").forEach((element) => element.connectedCallback());

customElements.define("rel-time", RelTime);
setInterval(refresh, 30_000);
// a morph puts the server's words back
document.addEventListener("htmx:after:settle", refresh);

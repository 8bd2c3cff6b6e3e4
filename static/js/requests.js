// What every htmx request shares: CSRF, sign-in in place, errors in words, busy buttons, focus, questions.

const byId = (id) => document.getElementById(id);
const on = (name, act) => document.addEventListener(`htmx:${name}`, (event) => act(event.detail.ctx, event));
// polling and the like fail in silence: the next one will do
const isBackground = (ctx) => /^(tick|live:|load|every|intersect|revealed)/.test(ctx.sourceEvent?.type);
const TOASTS = { 403: "forbidden", 404: "gone", 409: "changed", 410: "gone", 413: "large", 415: "kind", 429: "slow" };

// ---- CSRF: a new sign-in, maybe in another tab, makes a new token

const FIELD = "csrfmiddlewaretoken";

function token() {
  const name = document.querySelector("meta[name=csrf-cookie]")?.content;
  return document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1);
}

on("config:request", ({ request: { headers, body } }) => {
  headers["X-CSRFToken"] = token() ?? headers["X-CSRFToken"];
  if (body?.has(FIELD)) body.set(FIELD, headers["X-CSRFToken"]);
});

document.addEventListener("submit", ({ target }) => {
  const field = target.querySelector(`[name=${FIELD}]`);
  if (field) field.value = token() ?? field.value;
}, true);

// ---- the session is over: sign in elsewhere, go on here

let waiting = null;

const repeat = ({ sourceElement: source, sourceEvent: event, request: { method, action } }) =>
  source.isConnected && window.htmx.ajax(method, action, { source, event, confirm: null });

on("before:response", (ctx, event) => {
  offline(false);
  const { raw } = ctx.response;
  const dialog = byId("signed-out");
  const login = dialog?.querySelector("a").pathname;
  if (!dialog || (raw.status !== 401 && !(raw.redirected && new URL(raw.url).pathname === login))) return;
  event.preventDefault();
  if (!isBackground(ctx)) waiting = ctx;
  if (!dialog.open) dialog.showModal();
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest?.("[data-continue]")) return;
  byId("signed-out").close();
  if (waiting) repeat(waiting);
  waiting = null;
});

// ---- errors

function toast(name, ctx, slots) {
  const retry = () => repeat(ctx);
  document.dispatchEvent(new CustomEvent("toast", { detail: { name, slots, retry } }));
}

function offline(is) {
  const banner = byId("offline");
  if (banner) banner.hidden = !is;
}

on("response:error", (ctx) => {
  const { status, headers } = ctx.response;
  // a form shows its own errors, and an answer with parts has said what to say
  const said = status === 422 || ctx.text.includes("<hx-partial");
  if (said || isBackground(ctx) || ctx.sourceElement.hasAttribute(`hx-status:${status}`)) return;
  toast(TOASTS[status] ?? "server", ctx, { reference: headers.get("X-Request-ID") });
});

on("error", (ctx) => {
  if (!ctx || ctx.response) return;
  offline(true);
  if (!isBackground(ctx)) toast("offline", ctx);
});

addEventListener("offline", () => offline(true));
addEventListener("online", () => offline(false));

// ---- busy

let running = 0;

function busy(ctx, is) {
  running += is ? 1 : -1;
  document.body.classList.toggle("is-loading", running > 0);
  const button = ctx.request.submitter ?? ctx.sourceElement;
  if (button.matches(".btn, .icon-btn")) button.ariaBusy = is || null;
}

on("before:request", (ctx) => {
  ctx.isShown = !isBackground(ctx);
  if (ctx.isShown) busy(ctx, true);
});
on("finally:request", (ctx) => ctx.isShown && busy(ctx, false));

// ---- focus

function focus() {
  const marked = [...document.querySelectorAll("[data-focus]")];
  for (const element of marked) element.removeAttribute("data-focus");
  marked[0]?.focus();
}

focus();
on("after:swap", focus);

// focus that was swapped away goes to the button of its menu, or to the page
let last, menu;
document.addEventListener("focusin", ({ target }) => {
  last = target;
  menu = target.closest("[popover]")?.id;
});
on("finally:request", () => {
  if (last?.isConnected !== false || document.activeElement !== document.body) return;
  const way = document.querySelector(`[popovertarget="${menu}"]`);
  (way ?? byId("conversation") ?? byId("main"))?.focus({ preventScroll: true });
});

// ---- questions before what cannot be undone

on("confirm", ({ sourceElement, confirm: text }, event) => {
  const dialog = byId("confirm");
  if (!dialog) return;
  event.preventDefault();
  const { issueRequest, dropRequest } = event.detail;
  const { confirmTitle: title, confirmAction: action, confirmKeep: keep } = sourceElement.dataset;
  for (const place of dialog.querySelectorAll("[data-slot]")) {
    place.textContent = { title, text, action, keep }[place.dataset.slot] || place.dataset.default;
  }
  dialog.returnValue = "";
  dialog.addEventListener("close", () => (dialog.returnValue ? issueRequest() : dropRequest()), { once: true });
  dialog.showModal();
});

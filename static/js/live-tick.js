// <live-tick>: the event `tick` on the body every 15 s, every 60 s while nobody looks or a live stream tells of news.
// No stream tells that a mail has left: while one waits ([name=waiting]) it stays at 15 s.

const FAST = 15_000;
const SLOW = 60_000;
const IDLE = 600_000;

let active = Date.now();
let last = active;
let streaming = false;

function look() {
  const now = Date.now();
  const told = streaming && !document.querySelector("[name=waiting]");
  const calm = told || document.hidden || now - active > IDLE;
  if (now - last < (calm ? SLOW : FAST) || !document.querySelector("live-tick")) return;
  document.body.dispatchEvent(new CustomEvent("tick"));
}

setInterval(look, 1000);
// a stream ticks too
document.addEventListener("tick", () => (last = Date.now()), true);
document.addEventListener("visibilitychange", look);
document.addEventListener("live:state", ({ detail }) => (streaming = detail.open));
for (const name of ["pointerdown", "keydown", "wheel"]) {
  document.addEventListener(name, () => (active = Date.now()), { passive: true });
}

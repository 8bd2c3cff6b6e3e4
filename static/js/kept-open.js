// What somebody has opened stays open when its part of the page is drawn anew: <details> with an id.

let open = [];

document.addEventListener("htmx:before:swap", () => {
  open = [...document.querySelectorAll("details[id][open]")].map(({ id }) => id);
});
document.addEventListener("htmx:after:swap", () => {
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
});

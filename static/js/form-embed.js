// For other websites: puts the form into the page behind this script, in a frame as high as what it holds.
// <script async src="https://…/form/KEY/embed.js" data-title="Contact" data-language="en"></script>
(() => {
  const script = document.currentScript;
  const address = new URL("./", script.src);
  address.searchParams.set("lang", script.dataset.language || document.documentElement.lang || "");
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "Contact";
  frame.width = "100%";
  frame.height = "640";
  frame.setAttribute("frameborder", "0");
  script.after(frame);
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== address.origin || !Number.isInteger(data?.framedForm)) return;
    frame.height = String(Math.min(Math.max(data.framedForm, 200), 5000));
  });
})();

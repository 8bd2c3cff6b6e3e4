// <theme-toggle data-url="…"> around a button: light or dark at once, and the server writes data-theme from then on.

customElements.define("theme-toggle", class extends HTMLElement {
  connectedCallback() {
    this.onclick = () => {
      const { dataset } = document.documentElement;
      const dark = dataset.theme === "auto" ? matchMedia("(prefers-color-scheme: dark)").matches : dataset.theme === "dark";
      dataset.theme = dark ? "light" : "dark";
      window.htmx.ajax("POST", this.dataset.url, { values: { theme: dataset.theme }, swap: "none" });
    };
  }
});

// <doc-filter>: of the parts of a long page (data-words), those that hold every word stay; the sections with some open.

class DocFilter extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", this);
    window.addEventListener("hashchange", this);
    this.reveal();
  }

  disconnectedCallback() {
    window.removeEventListener("hashchange", this);
  }

  handleEvent(event) {
    if (event.type === "input") this.filter(event.target.value);
    else this.reveal();
  }

  filter(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    let found = 0;
    for (const section of document.querySelectorAll(".apidoc__section")) {
      let some = 0;
      for (const part of section.querySelectorAll("[data-words]")) {
        const said = part.dataset.words.toLowerCase();
        part.hidden = !words.every((word) => said.includes(word));
        if (!part.hidden) some += 1;
      }
      section.hidden = some === 0;
      section.open = words.length > 0 && some > 0;
      found += some;
    }
    this.querySelector("[role=status]").textContent = words.length ? `${this.dataset.found}: ${found}` : "";
  }

  // an address may name what a closed section holds, or what is filtered away
  reveal() {
    const part = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const section = part?.closest(".apidoc__section");
    if (!section) return;
    if (part.hidden || section.hidden) {
      this.querySelector("input").value = "";
      this.filter("");
    }
    section.open = true;
    part.scrollIntoView();
  }
}

customElements.define("doc-filter", DocFilter);

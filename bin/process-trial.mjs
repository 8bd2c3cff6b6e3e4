// Trying a drawing out in the browser: the token simulator without what writes style attributes into markup, which the
// content security policy refuses, and with the texts of the page.

import AnimationModule from "bpmn-js-token-simulation/lib/animation";
import ContextPadsModule from "bpmn-js-token-simulation/lib/features/context-pads";
import DisableModelingModule from "bpmn-js-token-simulation/lib/features/disable-modeling";
import ExclusiveGatewayModule from "bpmn-js-token-simulation/lib/features/exclusive-gateway-settings";
import InclusiveGatewayModule from "bpmn-js-token-simulation/lib/features/inclusive-gateway-settings";
import SimulationStateModule from "bpmn-js-token-simulation/lib/features/simulation-state";
import TokenCountModule from "bpmn-js-token-simulation/lib/features/token-count";
import ContextPads from "bpmn-js-token-simulation/lib/features/context-pads/ContextPads";
import TokenCount from "bpmn-js-token-simulation/lib/features/token-count/TokenCount";
import SimulatorModule from "bpmn-js-token-simulation/lib/simulator";

class Counts extends TokenCount {
  static $inject = TokenCount.$inject;
  _getTokenHTML(element, scope) {
    const shown = this._scopeFilter.isShown(scope) ? "" : "inactive";
    return `<div data-scope-id="${scope.id}" class="bts-token-count waiting ${shown}">${scope.getTokensByElement(element)}</div>`;
  }
}

// Texts of the simulator by those of the page.
class Triggers extends ContextPads {
  static $inject = [...ContextPads.$inject, "config.words"];
  constructor(eventBus, elementRegistry, overlays, injector, canvas, scopeFilter, words) {
    super(eventBus, elementRegistry, overlays, injector, canvas, scopeFilter);
    this.words = words;
  }
  _addOverlay(element, options) {
    const { html } = options;
    html.title = this.words[html.title] ?? html.title;
    html.setAttribute("aria-label", html.title);
    super._addOverlay(element, options);
  }
}

class Notes {
  static $inject = ["overlays", "eventBus", "config.words"];
  constructor(overlays, eventBus, words) {
    Object.assign(this, { overlays, words });
    for (const name of ["tokenSimulation.toggleMode", "tokenSimulation.resetSimulation"]) eventBus.on(name, () => this.clear());
  }
  addElementNotification(element, { text }) {
    const html = document.createElement("div");
    html.className = "bts-element-notification success";
    html.textContent = this.words[text] ?? text;
    this.overlays.add(element, "bts-element-notification", { position: { top: -15, right: 15 }, html });
  }
  clear() {
    this.overlays.remove({ type: "bts-element-notification" });
  }
  showNotification() {}
}

export const trial = {
  __depends__: [
    SimulatorModule, AnimationModule, ContextPadsModule, SimulationStateModule, TokenCountModule, DisableModelingModule,
    ExclusiveGatewayModule, InclusiveGatewayModule,
  ],
  tokenCount: ["type", Counts],
  contextPads: ["type", Triggers],
  elementNotifications: ["type", Notes],
  notifications: ["type", Notes],
};

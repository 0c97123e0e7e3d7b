// The list of commands, opened by the button or by a "/" at the beginning.

import { el } from "./dom.js";

export class Suggestions {
  constructor(store, input, button, send) {
    this.store = store;
    this.input = input;
    this.button = button;
    this.send = send;
    this.index = 0;
    this.forced = false;
    this.node = el("div", { class: "suggestions", role: "listbox", id: "suggestions", "aria-label": "命令", hidden: true });
    input.setAttribute("aria-controls", "suggestions");
    input.addEventListener("blur", () => setTimeout(() => this.leave(), 150));
  }

  get commands() {
    return this.store.chat?.commands ?? [];
  }

  update() {
    this.button.hidden = !this.commands.length;
    this.filter();
  }

  toggle() {
    this.forced = !this.forced;
    this.filter();
    if (this.forced) this.input.focus();
  }

  leave() {
    if (this.node.contains(document.activeElement) || document.activeElement === this.input) return;
    this.forced = false;
    this.draw([]);
  }

  filter() {
    const typed = /^\/([a-z0-9_]*)$/.exec(this.input.value);
    const found = typed ? this.commands.filter((entry) => entry.command.startsWith(typed[1])) : [];
    this.index = 0;
    this.draw(this.forced && !typed ? this.commands : found);
  }

  draw(found) {
    this.found = found;
    this.node.hidden = !found.length;
    this.button.setAttribute("aria-expanded", String(found.length > 0));
    this.node.replaceChildren(...found.map((entry, index) => el("button", {
      type: "button", role: "option", id: `command-${index}`, "aria-selected": String(index === this.index), tabIndex: -1,
      on: { click: () => this.choose(entry) },
    }, el("strong", { text: `/${entry.command}` }), el("span", { text: entry.description }))));
    if (found.length) this.input.setAttribute("aria-activedescendant", `command-${this.index}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  choose(entry) {
    this.forced = false;
    this.input.value = "";
    this.input.dispatchEvent(new Event("input"));
    this.send(`/${entry.command}`);
  }

  /** Whether a key was meant for the list. */
  key(event) {
    if (!this.found?.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.index = (this.index + step + this.found.length) % this.found.length;
      this.draw(this.found);
      this.node.children[this.index].scrollIntoView({ block: "nearest" });
    } else if (event.key === "Escape") {
      this.forced = false;
      this.draw([]);
    } else if (event.key === "Tab" || (event.key === "Enter" && !event.shiftKey)) {
      this.choose(this.found[this.index]);
    } else {
      return false;
    }
    event.preventDefault();
    return true;
  }
}

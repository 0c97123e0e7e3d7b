// The messages of the open chat.

import { api } from "./api.js";
import { avatar, el, icon } from "./dom.js";
import { drawText } from "./entities.js";
import { drawMessage } from "./message.js";
import { alertBox, copy, openMenu, toast } from "./menus.js";
import { day } from "./time.js";

const NEAR = 120;
const MARGIN = 10;
const PATIENCE = 10_000;
const GROUPED = 300;

export class Thread {
  constructor(root, store, composer) {
    this.store = store;
    this.composer = composer;
    this.presses = new Map();
    this.unseen = 0;
    this.list = el("ol", { class: "messages" });
    this.scroller = el("div", { class: "scroller", role: "log", "aria-live": "polite", "aria-label": "消息", tabIndex: -1 }, this.list);
    this.badge = el("span", { class: "badge", hidden: true });
    this.jumper = el("button", { type: "button", class: "to-end", "aria-label": "到最新消息", hidden: true, on: { click: () => this.toEnd(true) } }, icon("down", 24), this.badge);
    root.prepend(this.scroller, this.jumper);
    this.scroller.addEventListener("scroll", () => this.scrolled(), { passive: true });
    new ResizeObserver(() => this.sticky && this.toEnd()).observe(this.list);
    new ResizeObserver(() => this.sticky && this.toEnd()).observe(this.scroller);
    this.sticky = true;
    this.actions = {
      command: (text) => this.composer.sendText(text),
      copy,
      press: (message, data, node) => this.press(message, data, node),
      menu: (message, anchor, point) => this.menu(message, anchor, point),
      jump: (id) => this.jump(id),
    };
    store.addEventListener("current", (event) => event.detail.soft ? this.emptiness() : this.draw());
    store.addEventListener("message", (event) => this.add(event.detail.message, true));
    store.addEventListener("edit", (event) => this.change(event.detail.message));
    store.addEventListener("delete", (event) => this.remove(event.detail.message_id));
    store.addEventListener("answer", (event) => this.answered(event.detail));
    store.addEventListener("refused", (event) => this.refused(event.detail));
  }

  draw() {
    this.list.replaceChildren();
    this.scroller.setAttribute("aria-busy", "true");
    this.previous = null;
    for (const message of this.store.messages.values()) this.add(message, false);
    this.scroller.removeAttribute("aria-busy");
    this.emptiness();
    this.toEnd();
  }

  emptiness() {
    const shown = this.list.querySelector(".welcome");
    if (this.store.messages.size || !this.store.chat) shown?.remove();
    else if (!shown) this.list.append(this.welcome());
    else shown.replaceWith(this.welcome());
  }

  welcome() {
    const { bot } = this.store;
    return el("li", { class: "welcome" }, avatar(bot.first_name, 0, "bot"), el("h2", { text: "这个机器人能做什么？" }),
      el("p", {}, drawText(bot.description || "把遇到的事写下来发给它，它马上回答。", [], this.actions)));
  }

  place(message) {
    const { chat, speaker } = this.store;
    return { mine: !message.from.is_bot && message.from.id === speaker, group: chat?.group ?? false };
  }

  add(message, fresh) {
    if (this.find(message.message_id)) {
      this.change(message);
      return;
    }
    this.emptiness();
    const label = day(message.date);
    if (!this.previous || day(this.previous.date) !== label) this.list.append(el("li", { class: "day" }, el("span", { text: label })));
    const place = this.place(message);
    const node = drawMessage(message, place, this.actions);
    const joined = this.previous && this.previous.from.id === message.from.id
      && message.date - this.previous.date < GROUPED && day(this.previous.date) === label;
    if (joined) this.find(this.previous.message_id)?.classList.add("followed");
    if (joined) node.classList.add("follows");
    if (fresh) node.classList.add("fresh");
    this.list.append(node);
    this.previous = message;
    if (fresh) this.arrived(node, place.mine);
  }

  arrived(node, mine) {
    if (!mine && this.sticky && node.offsetHeight > this.scroller.clientHeight - 2 * MARGIN) this.toTop(node);
    else if (mine || this.sticky) this.toEnd(true);
    else {
      this.unseen += 1;
      this.badge.textContent = String(this.unseen);
      this.badge.hidden = false;
    }
  }

  change(message) {
    const old = this.find(message.message_id);
    if (!old) return;
    const node = drawMessage(message, this.place(message), this.actions);
    for (const name of ["follows", "followed"]) node.classList.toggle(name, old.classList.contains(name));
    old.replaceWith(node);
    if (this.previous?.message_id === message.message_id) this.previous = message;
  }

  remove(id) {
    if (this.find(id)) this.draw();
  }

  refused({ method, description }) {
    const note = el("li", { class: "refused" }, icon("warn", 18), el("span", {}, el("strong", { text: `${method} 被拒绝` }), el("code", { text: description })));
    this.list.append(note);
    if (this.sticky) this.toEnd(true);
  }

  find(id) {
    return this.list.querySelector(`[data-id="${id}"]`);
  }

  jump(id) {
    const node = this.find(id);
    if (!node) {
      toast("那条消息已经不在了");
      return;
    }
    node.scrollIntoView({ block: "center", behavior: "smooth" });
    node.classList.add("shown");
    setTimeout(() => node.classList.remove("shown"), 1500);
  }

  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    this.sticky = scrollHeight - scrollTop - clientHeight < NEAR;
    this.jumper.hidden = this.sticky;
    if (this.sticky) {
      this.unseen = 0;
      this.badge.hidden = true;
    }
  }

  toEnd(smooth = false) {
    this.sticky = true;
    this.scrollTo(this.scroller.scrollHeight, smooth);
  }

  /** A message that does not fit is read from its first line. */
  toTop(node) {
    this.sticky = false;
    this.scrollTo(node.offsetTop - MARGIN, true);
  }

  scrollTo(top, smooth) {
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.scroller.scrollTo({ top, behavior: smooth && !calm ? "smooth" : "instant" });
  }

  async press(message, data, node) {
    node.classList.add("busy");
    node.setAttribute("aria-busy", "true");
    const done = () => {
      node.classList.remove("busy");
      node.removeAttribute("aria-busy");
    };
    try {
      const { press } = await api.press(this.store.current, message.message_id, data, this.store.speaker);
      if (this.presses.get(press) === "answered") done();
      else this.presses.set(press, done);
      setTimeout(done, PATIENCE);
    } catch (error) {
      done();
      toast(error.message);
    }
  }

  answered({ press, text, alert, url }) {
    const done = this.presses.get(press);
    if (typeof done === "function") done();
    this.presses.set(press, "answered");
    if (url) window.open(url, "_blank", "noopener");
    if (text && alert) alertBox(text);
    else if (text) toast(text);
  }

  menu(message, anchor, point) {
    const mine = !message.from.is_bot && this.place(message).mine;
    const text = message.text ?? message.caption;
    const items = [{ label: "回复", icon: "reply", run: () => this.composer.replyTo(message) }];
    if (text) items.push({ label: "复制文字", icon: "copy", run: () => copy(text) });
    if (mine && message.text) items.push({ label: "编辑", icon: "edit", run: () => this.composer.edit(message) });
    openMenu(anchor, items, point);
  }
}

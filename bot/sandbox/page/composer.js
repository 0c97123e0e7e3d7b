// Where the person writes, and what stands in its place when they cannot.

import { api } from "./api.js";
import { el, icon } from "./dom.js";
import { summary } from "./media.js";
import { form, openMenu, toast } from "./menus.js";
import { Suggestions } from "./suggestions.js";

const ROWS = 6;
const LINE = 22;
const PADDING = 16;

export class Composer {
  constructor(root, store) {
    this.root = root;
    this.store = store;
    this.drafts = new Map();
    this.answering = null;
    this.editing = null;
    this.build();
    store.addEventListener("current", (event) => this.show(event.detail.soft));
    store.addEventListener("bot", () => this.suggestions.update());
  }

  build() {
    this.input = el("textarea", {
      class: "input", rows: 1, placeholder: "写消息…", "aria-label": "写消息", maxLength: 100_000, enterKeyHint: "send",
      on: { input: () => this.typed(), keydown: (event) => this.key(event) },
    });
    this.sendButton = el("button", { type: "button", class: "send", "aria-label": "发送", on: { click: () => this.submit() } }, icon("send", 22));
    this.commandButton = el("button", { type: "button", class: "tool commands-button", "aria-label": "命令菜单", "aria-expanded": "false", on: { click: () => this.suggestions.toggle() } }, icon("slash", 22));
    this.clip = el("button", { type: "button", class: "tool", "aria-label": "发送照片、文件等", "aria-haspopup": "menu", on: { click: () => this.attach() } }, icon("clip", 22));
    this.picker = el("input", { type: "file", class: "offscreen", tabIndex: -1, "aria-hidden": "true" });
    this.context = el("div", { class: "context", hidden: true });
    this.speakers = el("div", { class: "speakers", role: "radiogroup", "aria-label": "以谁的身份发言", hidden: true });
    this.keyboard = el("div", { class: "reply-keyboard", hidden: true });
    this.suggestions = new Suggestions(this.store, this.input, this.commandButton, (text) => this.sendText(text));
    this.bar = el("div", { class: "bar" }, this.commandButton, this.clip, this.input, this.sendButton, this.picker);
    this.gate = el("button", { type: "button", class: "gate", hidden: true, on: { click: () => this.pass() } });
    this.root.append(this.suggestions.node, this.speakers, this.context, this.bar, this.keyboard, this.gate);
  }

  show(soft) {
    const chat = this.store.chat;
    if (!soft) this.swapDraft();
    this.root.hidden = !chat;
    if (!chat) return;
    const words = gateWords(chat);
    this.gate.hidden = !words;
    this.gate.textContent = words;
    this.gate.disabled = chat.left;
    // Unlike in Telegram's apps one may write before pressing 开始: whoever is in fear writes first.
    const closed = chat.left || chat.blocked;
    this.bar.hidden = closed;
    this.grow();
    this.drawSpeakers(chat);
    this.drawKeyboard(closed ? null : chat.keyboard);
    this.suggestions.update();
    if (!closed && !soft && matchMedia("(hover: hover)").matches) this.input.focus({ preventScroll: true });
  }

  swapDraft() {
    this.cancel();
    if (this.shown !== undefined) this.drafts.set(this.shown, this.input.value);
    if (this.shown !== this.store.current) this.input.value = this.drafts.get(this.store.current) ?? "";
    this.shown = this.store.current;
    this.typed();
  }

  drawSpeakers(chat) {
    this.speakers.hidden = !chat.group || chat.left;
    this.speakers.replaceChildren(el("span", { text: "发言人" }), ...chat.people.map((person) => el("button", {
      type: "button", role: "radio", "aria-checked": String(person.id === this.store.speaker), text: person.name,
      on: { click: () => this.store.speak(person.id) },
    })));
  }

  drawKeyboard(markup) {
    this.keyboard.hidden = !markup;
    this.keyboard.replaceChildren(...(markup?.keyboard ?? []).map((row) => el("div", { class: "keys" }, row.map((button) => el("button", {
      type: "button", class: "key", text: button.text, on: { click: () => this.sendText(button.text) },
    })))));
  }

  /** As high as the text, up to some lines; a hidden field cannot be measured. */
  grow() {
    this.input.style.height = "auto";
    if (!this.input.offsetParent) return;
    const border = this.input.offsetHeight - this.input.clientHeight;
    this.input.style.height = `${Math.min(this.input.scrollHeight, LINE * ROWS + PADDING) + border}px`;
  }

  typed() {
    this.grow();
    this.sendButton.disabled = !this.input.value.trim();
    this.suggestions.filter();
  }

  key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.suggestions.key(event)) return;
    if (event.key === "Escape") this.cancel(true);
    if (event.key === "ArrowUp" && !this.input.value) this.editLast(event);
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    }
  }

  editLast(event) {
    const own = [...this.store.messages.values()].filter((message) => message.text && message.from.id === this.store.speaker);
    if (!own.length) return;
    event.preventDefault();
    this.edit(own.at(-1));
  }

  async submit() {
    const text = this.input.value.trim();
    if (!text) return;
    const { editing, answering } = this;
    this.input.value = "";
    this.cancel();
    this.typed();
    if (editing) await this.attempt(() => api.edit(this.store.current, editing.message_id, text));
    else await this.sendText(text, answering?.message_id);
  }

  sendText(text, replyTo) {
    return this.attempt(() => api.say(this.store.current, text, this.store.speaker, replyTo));
  }

  async attempt(action) {
    try {
      await action();
    } catch (error) {
      toast(error.message);
    }
  }

  replyTo(message) {
    this.cancel(true);
    this.answering = message;
    this.explain("reply", `回复 ${message.from.first_name}`, summary(message));
  }

  edit(message) {
    this.cancel();
    this.editing = message;
    this.explain("edit", "编辑消息", summary(message));
    this.input.value = message.text;
    this.typed();
  }

  explain(sign, title, text) {
    this.context.replaceChildren(icon(sign, 20), el("span", { class: "context-words" }, el("strong", { text: title }), el("span", { text })),
      el("button", { type: "button", "aria-label": "取消", on: { click: () => this.cancel(true) } }, icon("close", 18)));
    this.context.hidden = false;
    this.input.focus();
  }

  cancel(clear = false) {
    if (clear && this.editing) {
      this.input.value = "";
      this.typed();
    }
    this.answering = null;
    this.editing = null;
    this.context.hidden = true;
  }

  attach() {
    const send = (kind, file) => this.attempt(() => api.send(this.store.current, kind, this.store.speaker, file));
    openMenu(this.clip, [
      { label: "选择照片…", icon: "photo", run: () => this.pick("image/png,image/jpeg,image/webp,image/gif", (file) => send("photo", file)) },
      { label: "选择文件…", icon: "file", run: () => this.pick("", (file) => send("document", file)) },
      { label: "示例照片", icon: "photo", run: () => send("photo") },
      { label: "贴纸", icon: "sticker", run: () => send("sticker") },
      { label: "语音", icon: "voice", run: () => send("voice") },
      { label: "名片", icon: "contact", run: () => this.contact() },
      { label: "位置", icon: "place", run: () => this.share({ location: { latitude: 31.2304, longitude: 121.4737 } }) },
    ]);
  }

  contact() {
    form("发送名片", [{ name: "name", label: "姓名", value: "小林" }, { name: "phone", label: "电话", value: "13800000000" }], "发送",
      ({ name, phone }) => this.share({ contact: { first_name: name, phone_number: phone } }));
  }

  share(content) {
    return this.attempt(() => api.share(this.store.current, content, this.store.speaker));
  }

  pick(accept, run) {
    this.picker.accept = accept;
    this.picker.value = "";
    this.picker.onchange = () => this.picker.files[0] && run(this.picker.files[0]);
    this.picker.click();
  }

  async pass() {
    const { chat } = this.store;
    if (chat.blocked) await this.attempt(() => api.block(chat.id, false));
    await this.sendText("/start");
  }
}

function gateWords(chat) {
  if (chat.left) return "机器人已离开这个群";
  if (chat.blocked) return "重新启用机器人";
  return chat.open ? "" : "开始";
}

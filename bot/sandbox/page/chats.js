// The list of chats and how new ones begin.

import { api } from "./api.js";
import { avatar, el, icon } from "./dom.js";
import { summary } from "./media.js";
import { form, openMenu, toast } from "./menus.js";
import { brief } from "./time.js";

const NAMES = ["小林", "阿强", "王姐", "小周", "老陈", "晓燕", "阿杰", "小何", "刘哥", "小雨"];

export class Chats {
  constructor(root, store, theme) {
    this.store = store;
    const fresh = el("button", { type: "button", class: "new-chat", "aria-haspopup": "menu", on: { click: () => this.offer(fresh) } }, icon("plus", 20), "新的聊天");
    this.list = el("ul", { class: "chats" });
    root.append(
      el("header", { class: "sidebar-head" }, el("h1", { text: "聊天" }), theme),
      fresh, this.list,
      el("p", { class: "sidebar-note", text: "本地预览：这里代替 Telegram，消息不会离开这台电脑。" }));
    store.addEventListener("chats", () => this.draw());
    store.addEventListener("current", () => this.draw());
  }

  draw() {
    const focused = document.activeElement?.dataset?.chat;
    this.list.replaceChildren(...this.store.sorted().map((chat) => this.item(chat)));
    if (focused) this.list.querySelector(`[data-chat="${focused}"]`)?.focus({ preventScroll: true });
  }

  item(chat) {
    const { message } = chat;
    const open = chat.id === this.store.current;
    const mine = message && !message.from.is_bot && !chat.group ? "你：" : "";
    return el("li", {}, el("button", {
      type: "button", class: "chat-item", "data-chat": chat.id, "aria-current": open ? "true" : undefined,
      on: { click: () => this.choose(chat.id) },
    },
    avatar(chat.title, chat.id, chat.group ? "group" : "person"),
    el("span", { class: "chat-words" },
      el("span", { class: "chat-title" }, el("strong", { text: chat.title }), message && el("time", { text: brief(message.date) })),
      el("span", { class: "chat-last" }, el("span", { class: "snippet", text: message ? `${mine}${summary(message)}` : "还没有消息" }),
        chat.unread ? el("span", { class: "badge", "aria-label": `${chat.unread} 条未读`, text: String(chat.unread) }) : null))));
  }

  choose(id) {
    document.body.classList.remove("list-open");
    location.hash = String(id);
    if (id !== this.store.current) this.store.open(id);
  }

  offer(anchor) {
    openMenu(anchor, [
      { label: "和缓缓私聊", icon: "contact", run: () => this.ask() },
      { label: "拉一个群聊", icon: "group", run: () => this.askGroup() },
    ]);
  }

  suggestion() {
    const taken = new Set([...this.store.chats.values()].map((chat) => chat.title));
    return NAMES.find((name) => !taken.has(name)) ?? `访客${this.store.chats.size + 1}`;
  }

  ask() {
    form("新的聊天", [{ name: "name", label: "你叫什么", value: this.suggestion() }], "开始", ({ name }) => this.begin(() => api.arrive(name)));
  }

  askGroup() {
    form("新的群聊", [
      { name: "title", label: "群名", value: "一家人" },
      { name: "people", label: "成员（用空格隔开）", value: "小林 阿强" },
    ], "创建", ({ title, people }) => this.begin(() => api.gather(title, people.split(/[\s,，、]+/).filter(Boolean))));
  }

  /** Makes a chat and opens it. */
  async begin(make) {
    try {
      const chat = await make();
      await this.store.load();
      this.choose(chat.id);
      return chat;
    } catch (error) {
      toast(error.message);
      return null;
    }
  }
}

// The head of the open chat: who, whether they are writing, and the rest behind "⋯".

import { api } from "./api.js";
import { avatar, el, icon } from "./dom.js";
import { confirmBox, openMenu, toast } from "./menus.js";

const ACTIONS = {
  typing: "正在输入",
  upload_document: "正在发送文件",
  upload_photo: "正在发送照片",
  choose_sticker: "正在选贴纸",
  record_voice: "正在录音",
};

export class Topbar {
  constructor(root, store) {
    this.root = root;
    this.store = store;
    this.timer = 0;
    this.status = el("span", { class: "status", "aria-live": "polite" });
    this.title = el("span", { class: "title" });
    this.picture = el("span", { class: "picture" });
    this.back = el("button", { type: "button", class: "tool back", "aria-label": "聊天列表", on: { click: () => document.body.classList.toggle("list-open") } }, icon("back", 24));
    this.more = el("button", { type: "button", class: "tool", "aria-label": "聊天菜单", "aria-haspopup": "menu", on: { click: () => this.menu() } }, icon("more", 24));
    root.append(this.back, this.picture, el("div", { class: "who" }, this.title, this.status), this.more);
    store.addEventListener("current", (event) => this.show(event.detail.soft));
    store.addEventListener("typing", (event) => this.typing(event.detail));
    store.addEventListener("message", (event) => event.detail.message.from.is_bot && this.rest());
  }

  show(soft) {
    const { chat, bot } = this.store;
    this.root.hidden = !chat;
    if (!chat) return;
    const kind = chat.group ? "group" : "bot";
    this.picture.replaceChildren(avatar(chat.group ? chat.title : bot.first_name, chat.id, kind));
    this.title.textContent = chat.group ? chat.title : bot.first_name;
    if (!soft || !this.timer) this.rest();
  }

  rest() {
    clearTimeout(this.timer);
    this.timer = 0;
    const { chat } = this.store;
    this.status.className = "status";
    this.status.textContent = chat?.group ? `${chat.people.length + (chat.left ? 0 : 1)} 位成员` : "机器人";
  }

  typing({ action, seconds }) {
    clearTimeout(this.timer);
    this.status.className = "status typing";
    this.status.replaceChildren(ACTIONS[action] ?? ACTIONS.typing, el("span", { class: "dots", "aria-hidden": "true" }, el("i"), el("i"), el("i")));
    this.timer = setTimeout(() => this.rest(), seconds * 1000);
  }

  menu() {
    const { chat } = this.store;
    const items = [];
    if (!chat.group) {
      items.push(chat.blocked
        ? { label: "重新启用机器人", icon: "check", run: () => this.attempt(() => api.block(chat.id, false)) }
        : { label: "停用机器人", icon: "stop", run: () => this.attempt(() => api.block(chat.id, true)) });
    }
    items.push({ label: "删除聊天", icon: "trash", danger: true, run: () => this.remove(chat) });
    openMenu(this.more, items);
  }

  remove(chat) {
    confirmBox(`删除和“${chat.title}”的聊天？里面的消息都会消失。`, "删除", () => this.attempt(() => api.leave(chat.id)));
  }

  async attempt(action) {
    try {
      await action();
    } catch (error) {
      toast(error.message);
    }
  }
}

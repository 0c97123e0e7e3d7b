// What the page knows, and the news that change it.

import { api } from "./api.js";

/**
 * Tells its listeners: `chats` (the list changed), `current` (another chat is open),
 * `message`, `edit`, `delete`, `typing`, `answer`, `refused` (in the open chat),
 * `bot` (its description or commands), `connection`.
 */
export class Store extends EventTarget {
  constructor() {
    super();
    this.bot = { first_name: "", description: "" };
    this.chats = new Map();
    this.messages = new Map();
    this.current = null;
    this.online = true;
    this.speakers = new Map();
    this.waiting = null;
    this.after = 0;
  }

  get chat() {
    return this.chats.get(this.current) ?? null;
  }

  /** Who speaks in the open chat. */
  get speaker() {
    const chat = this.chat;
    return chat ? this.speakers.get(chat.id) ?? chat.people[0].id : null;
  }

  speak(person) {
    this.speakers.set(this.current, person);
    this.tell("current");
  }

  tell(kind, detail = {}) {
    this.dispatchEvent(new CustomEvent(kind, { detail }));
  }

  async load() {
    const state = await api.state();
    this.bot = state.bot;
    const known = this.chats;
    this.chats = new Map();
    for (const chat of state.chats) {
      const before = known.get(chat.id);
      this.chats.set(chat.id, { ...chat, unread: before?.unread ?? 0, active: this.activity(chat) });
    }
    if (this.current !== null && !this.chats.has(this.current)) this.current = null;
    this.tell("bot");
    this.tell("chats");
    return state.last;
  }

  activity(chat) {
    return chat.message?.message_id ?? Math.abs(chat.id) % 2_000_000_000;
  }

  /** Newest first. */
  sorted() {
    return [...this.chats.values()].sort((a, b) => b.active - a.active);
  }

  async open(id) {
    this.current = id;
    this.waiting = [];
    const loaded = await api.messages(id);
    if (this.current !== id) return;
    this.messages = new Map(loaded.messages.map((message) => [message.message_id, message]));
    const chat = this.chats.get(id);
    if (chat) Object.assign(chat, { ...loaded, unread: 0 });
    const late = this.waiting.filter((entry) => entry.number > loaded.last);
    this.waiting = null;
    this.tell("current");
    this.tell("chats");
    if (loaded.typing > 0) this.tell("typing", { action: "typing", seconds: loaded.typing });
    late.forEach((entry) => this.apply(entry));
  }

  listen(since) {
    const source = new EventSource(`/sandbox/events?since=${since}`);
    source.addEventListener("open", () => this.setOnline(true));
    source.addEventListener("error", () => this.setOnline(false));
    source.addEventListener("message", (event) => this.apply(JSON.parse(event.data)));
    source.addEventListener("reset", () => location.reload());
  }

  setOnline(online) {
    if (online === this.online) return;
    this.online = online;
    this.tell("connection");
  }

  apply(entry) {
    if (entry.chat === this.current && this.waiting) {
      this.waiting.push(entry);
      return;
    }
    if (entry.kind === "chat" || entry.kind === "bot") {
      this.refresh(entry);
      return;
    }
    const chat = this.chats.get(entry.chat);
    if (chat && (entry.kind === "message" || entry.kind === "edit")) this.note(chat, entry);
    if (entry.chat === this.current) this.show(entry);
  }

  note(chat, entry) {
    if (entry.kind === "message" || chat.message?.message_id === entry.message.message_id) {
      chat.message = entry.message;
    }
    if (entry.kind === "message") {
      if (!chat.open) this.unlock(chat);
      chat.active = entry.message.message_id;
      if (chat.id !== this.current && entry.message.from.is_bot) chat.unread += 1;
    }
    this.tell("chats");
  }

  /** The first message opens a chat for writing. */
  unlock(chat) {
    chat.open = true;
    if (chat.id === this.current) this.tell("current", { soft: true });
  }

  show(entry) {
    if (entry.kind === "delete") this.messages.delete(entry.message_id);
    else if (entry.message) this.messages.set(entry.message.message_id, entry.message);
    this.tell(entry.kind, entry);
  }

  async refresh(entry) {
    await this.load();
    if (entry.chat === this.current || entry.kind === "bot" || this.current === null) this.tell("current", { soft: true });
  }
}

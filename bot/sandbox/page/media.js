// Files, pictures and cards inside a message.

import { api } from "./api.js";
import { el, icon } from "./dom.js";
import { openPicture } from "./menus.js";
import { size } from "./time.js";

const SHOWN = new Set(["application/pdf", "text/plain", "image/png", "image/jpeg"]);
const COLOURS = { pdf: 4, doc: 212, docx: 212, xls: 145, xlsx: 145, ics: 262, txt: 200, png: 330, jpg: 330 };

/** The part of a message that is not text; null when it is only text. */
export function drawMedia(message) {
  if (message.photo) return photo(message);
  if (message.document) return file(message.document);
  if (message.sticker) return el("div", { class: "sticker", role: "img", "aria-label": `贴纸 ${message.sticker.emoji ?? ""}` }, message.sticker.emoji ?? "🙂");
  if (message.voice) return voice(message.voice);
  if (message.contact) return card("contact", [message.contact.first_name, message.contact.last_name].filter(Boolean).join(" "), message.contact.phone_number);
  if (message.location) return card("place", "位置", `${message.location.latitude}, ${message.location.longitude}`);
  return null;
}

function photo(message) {
  const picture = message.photo.at(-1);
  const image = el("img", {
    class: "photo", src: `${api.file(picture.file_id)}?inline`, alt: message.caption || "照片",
    width: picture.width, height: picture.height, loading: "lazy",
  });
  return el("button", { type: "button", class: "photo-button", "aria-label": "放大照片", on: { click: () => openPicture(image.src, image.alt) } }, image);
}

function file(document) {
  const name = document.file_name ?? "文件";
  const ending = name.includes(".") ? name.split(".").at(-1).toLowerCase() : "";
  const badge = el("span", { class: "file-badge", "aria-hidden": "true" }, ending ? ending.slice(0, 4).toUpperCase() : icon("file", 22));
  badge.style.setProperty("--hue", COLOURS[ending] ?? 168);
  const url = api.file(document.file_id);
  const words = el("span", { class: "file-words" },
    el("span", { class: "file-name", text: name }), el("span", { class: "file-size", text: size(document.file_size ?? 0) }));
  const seen = SHOWN.has(document.mime_type);
  const main = el("a", {
    class: "file-main", href: seen ? `${url}?inline` : url, target: seen ? "_blank" : undefined,
    rel: "noopener", download: seen ? undefined : name, "aria-label": `${seen ? "打开" : "下载"} ${name}`,
  }, badge, words);
  if (!seen) main.setAttribute("download", name);
  return el("div", { class: "file" }, main,
    el("a", { class: "file-save", href: url, download: name, "aria-label": `下载 ${name}`, title: "下载" }, icon("download", 20)));
}

function voice(sound) {
  const bars = Array.from({ length: 28 }, (_, index) => {
    const bar = el("i");
    bar.style.setProperty("--height", `${4 + Math.round(Math.abs(Math.sin(index * 1.7) * Math.cos(index * 0.6)) * 16)}px`);
    return bar;
  });
  return el("div", { class: "voice", role: "img", "aria-label": `语音消息，${sound.duration} 秒` },
    el("span", { class: "voice-play" }, icon("play", 18)), el("span", { class: "wave" }, bars),
    el("span", { class: "voice-time", text: `0:${String(sound.duration).padStart(2, "0")}` }));
}

function card(kind, title, detail) {
  return el("div", { class: "card" }, el("span", { class: "file-badge" }, icon(kind, 22)),
    el("span", { class: "file-words" }, el("span", { class: "file-name", text: title }), el("span", { class: "file-size", text: detail })));
}

/** One line about a message, for the list and for quotes. */
export function summary(message) {
  if (!message) return "";
  if (message.text) return message.text.replaceAll("\n", " ");
  const caption = message.caption ? ` ${message.caption}` : "";
  if (message.photo) return `🖼 照片${caption}`;
  if (message.document) return `📎 ${message.document.file_name ?? "文件"}${caption}`;
  if (message.sticker) return `${message.sticker.emoji ?? ""} 贴纸`;
  if (message.voice) return "🎤 语音消息";
  if (message.contact) return "👤 名片";
  if (message.location) return "📍 位置";
  return service(message) ?? "";
}

/** What happened in a group, null for what somebody said. */
export function service(message) {
  const who = message.from.first_name;
  if (message.group_chat_created) return `${who}创建了群聊，缓缓已加入`;
  if (message.left_chat_member) return `${message.left_chat_member.first_name}离开了群聊`;
  if (message.migrate_to_chat_id) return "群聊已升级为超级群";
  if (message.migrate_from_chat_id) return "这是升级后的超级群";
  return null;
}

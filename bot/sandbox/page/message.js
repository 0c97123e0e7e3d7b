// One message with its buttons.

import { el, hueOf, icon } from "./dom.js";
import { drawText } from "./entities.js";
import { drawMedia, service, summary } from "./media.js";
import { clock } from "./time.js";

/**
 * @param {object} message as in the Bot API
 * @param {{mine: boolean, group: boolean}} place whose side it stands on
 * @param {object} actions what taps do: command, copy, press, menu, jump
 */
export function drawMessage(message, place, actions) {
  const note = service(message);
  if (note) return el("li", { class: "service", "data-id": message.message_id }, el("span", { text: note }));
  const item = el("li", { class: `message ${place.mine ? "mine" : "theirs"}`, "data-id": message.message_id });
  const bubble = el("div", { class: "bubble" }, content(message, place, actions));
  const more = el("button", {
    type: "button", class: "message-more", "aria-label": "消息菜单", "aria-haspopup": "menu",
    on: { click: () => actions.menu(message, more) },
  }, icon("more", 18));
  if (message.sticker) bubble.classList.add("bare");
  if (message.photo && !message.caption) bubble.classList.add("only-photo");
  item.append(el("span", { class: "visually-hidden", text: `${place.mine ? "我" : message.from.first_name}说：` }),
    el("div", { class: "row" }, bubble, more));
  const keyboard = drawKeyboard(message, actions);
  if (keyboard) item.append(keyboard);
  listenForLongPress(bubble, (point) => actions.menu(message, more, point));
  return item;
}

function content(message, place, actions) {
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities ?? [];
  const body = el("div", { class: text ? "text" : "text silent", dir: "auto" }, drawText(text, entities, actions));
  body.append(meta(message, place));
  const name = place.group && !place.mine && el("div", { class: "sender", text: message.from.first_name });
  if (name) name.style.setProperty("--hue", hueOf(message.from.id));
  return [name, quoted(message, actions), drawMedia(message), body];
}

function meta(message, place) {
  const edited = message.edit_date && el("span", { text: "已编辑 " });
  const time = el("time", { dateTime: new Date(message.date * 1000).toISOString(), text: clock(message.date) });
  return el("span", { class: "meta" }, edited, time, place.mine && icon("checks", 16));
}

function quoted(message, actions) {
  const answered = message.reply_to_message;
  if (!answered) return null;
  return el("button", { type: "button", class: "quoted", "aria-label": "查看被回复的消息", on: { click: () => actions.jump(answered.message_id) } },
    el("strong", { text: answered.from.first_name }), el("span", { text: summary(answered) }));
}

function drawKeyboard(message, actions) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  return el("div", { class: "keyboard", role: "group", "aria-label": "按钮" },
    rows.map((row) => el("div", { class: "keys" }, row.map((button) => drawButton(message, button, actions)))));
}

function drawButton(message, button, actions) {
  const label = el("span", { class: "key-label", text: button.text });
  if (button.url) {
    const safe = /^(https?|tg|ton|tonsite):/i.test(button.url);
    return el("a", { class: "key", href: safe ? button.url : undefined, target: "_blank", rel: "noopener noreferrer", title: button.url }, label, icon("link", 13));
  }
  const node = el("button", { type: "button", class: `key ${button.style ?? ""}`, title: button.text }, label);
  if (button.copy_text) {
    node.append(icon("copy", 13));
    node.setAttribute("aria-label", `复制：${button.text}`);
    node.addEventListener("click", () => actions.copy(button.copy_text.text));
  } else {
    node.addEventListener("click", () => actions.press(message, button.callback_data, node));
  }
  return node;
}

const LONG = 480;

function listenForLongPress(node, run) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  node.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    run({ x: event.clientX, y: event.clientY });
  });
  node.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || event.target.closest("a, button")) return;
    const point = { x: event.clientX, y: event.clientY };
    timer = setTimeout(() => run(point), LONG);
  });
  for (const event of ["pointerup", "pointermove", "pointercancel", "pointerleave"]) node.addEventListener(event, stop);
}

// Draws a formatted text as nodes. Offsets are UTF-16 units, as JavaScript counts them.

import { el, icon } from "./dom.js";

const TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" };
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const SCHEMES = new Set(["http:", "https:", "tg:", "mailto:", "tel:", "ton:", "tonsite:"]);

/**
 * Nodes for a text.
 * @param {{command(text: string): void, copy(text: string): void}} actions what a tap does
 */
export function drawText(text, entities = [], actions) {
  const sorted = [...entities].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return draw(text, 0, text.length, sorted, actions);
}

function draw(text, start, end, entities, actions) {
  const nodes = [];
  let at = start;
  let afterBlock = false;
  const plain = (from, to) => {
    let piece = text.slice(from, to);
    if (afterBlock && piece.startsWith("\n")) piece = piece.slice(1);
    if (piece) nodes.push(document.createTextNode(piece));
  };
  for (let index = 0; index < entities.length; index += 1) {
    const entity = entities[index];
    if (entity.offset < at) continue;
    const stop = Math.min(entity.offset + entity.length, end);
    plain(at, entity.offset);
    const inner = entities.slice(index + 1).filter((other) => other.offset < stop && other.offset + other.length <= stop);
    const children = draw(text, entity.offset, stop, inner, actions);
    nodes.push(wrap(entity, text.slice(entity.offset, stop), children, actions));
    afterBlock = BLOCKS.has(entity.type);
    at = stop;
  }
  plain(at, end);
  return nodes;
}

function wrap(entity, text, children, actions) {
  switch (entity.type) {
    case "blockquote":
      return el("blockquote", {}, children);
    case "expandable_blockquote":
      return expandable(children);
    case "pre":
      return el("pre", { title: "点按复制", tabIndex: 0, role: "button", on: tap(() => actions.copy(text)) },
        entity.language && el("span", { class: "language", text: entity.language }), el("code", {}, children));
    case "code":
      return el("code", { title: "点按复制", tabIndex: 0, role: "button", on: tap(() => actions.copy(text)) }, children);
    case "spoiler":
      return spoiler(children);
    case "text_link":
      return link(entity.url, children);
    case "url":
      return link(/^[a-z]+:/i.test(text) ? text : `https://${text}`, children);
    case "email":
      return link(`mailto:${text}`, children);
    case "bot_command":
      return el("button", { type: "button", class: "inline-command", on: { click: () => actions.command(text) } }, children);
    case "mention":
    case "text_mention":
    case "hashtag":
      return el("span", { class: "mention" }, children);
    case "date_time":
      return el("time", { dateTime: new Date(entity.unix_time * 1000).toISOString() }, children);
    default:
      return el(TAGS[entity.type] ?? "span", {}, children);
  }
}

function tap(action) {
  return {
    click: action,
    keydown: (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      action();
    },
  };
}

function link(url, children) {
  let scheme = "";
  try {
    scheme = new URL(url).protocol;
  } catch {
    scheme = "";
  }
  if (!SCHEMES.has(scheme)) return el("span", {}, children);
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, children);
}

function spoiler(children) {
  const node = el("span", { class: "spoiler", tabIndex: 0, role: "button", "aria-label": "隐藏的文字，点按显示" }, children);
  const open = () => {
    node.classList.add("open");
    node.removeAttribute("aria-label");
  };
  for (const [event, listener] of Object.entries(tap(open))) node.addEventListener(event, listener);
  return node;
}

/** Closed after three lines until tapped; one that fits has no button. */
function expandable(children) {
  const body = el("div", { class: "quote-body" }, children);
  const label = el("span", { text: "展开" });
  const button = el("button", { type: "button", class: "quote-toggle", "aria-expanded": "false" }, label, icon("chevron", 16));
  const quote = el("blockquote", { class: "expandable" }, body, button);
  const toggle = () => {
    const open = quote.classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
    label.textContent = open ? "收起" : "展开";
  };
  button.addEventListener("click", toggle);
  body.addEventListener("click", (event) => {
    if (quote.classList.contains("long") && !event.target.closest("a, button, code")) toggle();
  });
  const measure = () => {
    if (quote.classList.contains("open")) return;
    quote.classList.toggle("long", body.scrollHeight > body.clientHeight + 2);
  };
  new ResizeObserver(measure).observe(body);
  return quote;
}

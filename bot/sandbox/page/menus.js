// Small windows over the page: menus, notes, questions.

import { el, icon } from "./dom.js";

/** A short note that goes by itself. */
export function toast(text) {
  const box = document.getElementById("toasts");
  const note = el("div", { class: "toast", text });
  box.replaceChildren(note);
  setTimeout(() => note.classList.add("gone"), 2400);
  setTimeout(() => note.remove(), 2800);
}

/** Copies and says so; works without the clipboard permission too. */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { class: "offscreen", value: text, readOnly: true });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast("已复制，长按输入框即可粘贴");
}

/**
 * A list of things to do at a place.
 * @param {Element} anchor what was pressed; gets the focus back
 * @param {{label: string, icon: string, danger?: boolean, run(): void}[]} items
 * @param {{x: number, y: number}} [point] where the finger was
 */
export function openMenu(anchor, items, point) {
  document.querySelector(".menu")?.remove();
  const menu = el("div", { class: "menu", role: "menu" });
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", outside, true);
    anchor.focus?.({ preventScroll: true });
  };
  const outside = (event) => {
    if (!menu.contains(event.target)) close();
  };
  for (const item of items) {
    const choose = () => {
      close();
      item.run();
    };
    menu.append(el("button", { type: "button", role: "menuitem", class: item.danger ? "danger" : "", on: { click: choose } },
      icon(item.icon, 20), el("span", { text: item.label })));
  }
  menu.addEventListener("keydown", (event) => walk(event, menu, close));
  document.body.append(menu);
  place(menu, anchor, point);
  menu.firstElementChild.focus();
  document.addEventListener("pointerdown", outside, true);
}

function walk(event, menu, close) {
  const buttons = [...menu.children];
  const index = buttons.indexOf(document.activeElement);
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) buttons[(index + step + buttons.length) % buttons.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
}

function place(menu, anchor, point) {
  const box = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const room = anchor.closest(".phone")?.getBoundingClientRect().right ?? innerWidth;
  const below = box.bottom + 6;
  const x = point?.x ?? box.left;
  const y = point?.y ?? (below + height < innerHeight - 16 ? below : box.top - height - 6);
  menu.style.left = `${Math.max(8, Math.min(x, room - width - 18))}px`;
  menu.style.top = `${Math.max(8, Math.min(y, innerHeight - height - 8))}px`;
}

function dialog(label, ...children) {
  const node = el("dialog", { "aria-label": label }, children);
  node.addEventListener("close", () => node.remove());
  node.addEventListener("click", (event) => {
    if (event.target === node) node.close();
  });
  document.body.append(node);
  node.showModal();
  return node;
}

/** A note that has to be dismissed, as the bot can ask for. */
export function alertBox(text) {
  const done = el("button", { type: "button", class: "primary", text: "好", on: { click: () => node.close() } });
  const node = dialog("提示", el("p", { class: "dialog-text", text }), el("div", { class: "dialog-row" }, done));
}

/** Asks before something is lost. */
export function confirmBox(text, label, run) {
  const node = dialog("请确认", el("p", { class: "dialog-text", text }), el("div", { class: "dialog-row" },
    el("button", { type: "button", text: "取消", on: { click: () => node.close() } }),
    el("button", { type: "button", class: "danger", text: label, on: { click: () => { node.close(); run(); } } })));
}

/** A picture as large as the window. */
export function openPicture(source, words) {
  const node = dialog(words, el("img", { src: source, alt: words }),
    el("button", { type: "button", class: "picture-close", "aria-label": "关闭", on: { click: () => node.close() } }, icon("close")));
  node.classList.add("picture");
}

/**
 * Asks for a few lines.
 * @param {string} title
 * @param {{name: string, label: string, value: string}[]} fields
 * @param {string} action words on the button
 * @param {(values: Record<string, string>) => void} run
 */
export function form(title, fields, action, run) {
  const inputs = fields.map((field) => el("input", { name: field.name, value: field.value, maxLength: 60, required: true, autocomplete: "off" }));
  const body = el("form", { method: "dialog" }, el("h2", { text: title }),
    fields.map((field, index) => el("label", {}, el("span", { text: field.label }), inputs[index])),
    el("div", { class: "dialog-row" },
      el("button", { type: "button", text: "取消", on: { click: () => node.close() } }),
      el("button", { type: "submit", class: "primary", text: action })));
  body.addEventListener("submit", () => run(Object.fromEntries(inputs.map((input) => [input.name, input.value.trim()]))));
  const node = dialog(title, body);
  inputs[0].select();
}

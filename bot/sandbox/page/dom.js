// Builds the page out of nodes; text never becomes markup.

const SVG = "http://www.w3.org/2000/svg";

/** One element: `on` holds listeners, `aria-*`/`data-*`/unknown names become attributes. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "on") {
      for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
    } else if (name === "text") node.textContent = value;
    else if (name in node && !name.startsWith("aria")) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const PATHS = {
  back: "M15 5l-7 7 7 7",
  more: "M12 5.500v.01M12 12v.01M12 18.500v.01",
  plus: "M12 5v14M5 12h14",
  send: "M4 12l16-8-6 16-3-7-7-1z",
  clip: "M20 11l-8.500 8.500a5 5 0 0 1-7-7L13 4a3.400 3.400 0 0 1 4.800 4.800L9.500 17a1.700 1.700 0 0 1-2.400-2.400L14.500 7",
  slash: "M8 4h8a4 4 0 0 1 4 4v8a4 4 0 0 1-4 4H8a4 4 0 0 1-4-4V8a4 4 0 0 1 4-4zM13.500 8.500l-3 7",
  down: "M6 9l6 6 6-6",
  chevron: "M7 10l5 5 5-5",
  copy: "M9 9h10v11H9zM15 9V4H5v11h4",
  link: "M8 16L17 7M10 7h7v7",
  edit: "M4 20h4L19 9l-4-4L4 16zM13.500 6.500l4 4",
  reply: "M9 7L4 12l5 5M4 12h9c4 0 7 2 7 6",
  close: "M6 6l12 12M18 6L6 18",
  check: "M3 13l4 4 9-10",
  checks: "M1.500 13.500l4.500 4.500L14.500 8M10.500 17l1 1L20 8",
  file: "M7 3h7l5 5v13H7zM14 3v5h5",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  photo: "M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.500 9v.01",
  sticker: "M5 5h14v9l-5 5H5zM19 14h-5v5M9 10v.01M14 10v.01M9 14c1 1 3 1.500 4.500.500",
  voice: "M12 4a3 3 0 0 1 3 3v5a3 3 0 0 1-6 0V7a3 3 0 0 1 3-3zM6 12a6 6 0 0 0 12 0M12 18v3",
  contact: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 4-6 8-6s8 2 8 6",
  place: "M12 21c-4-5-6-8-6-11a6 6 0 0 1 12 0c0 3-2 6-6 11zM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  group: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3 19c0-3 3-5 6-5s6 2 6 5M16 11a2.500 2.500 0 1 0 0-5M17 14c2.500.500 4 2 4 5",
  sun: "M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.400 1.400M17.600 17.600L19 19M5 19l1.400-1.400M17.600 6.400L19 5",
  moon: "M20 14A8 8 0 0 1 10 4a8 8 0 1 0 10 10z",
  stop: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM6 6l12 12",
  trash: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  play: "M8 5l11 7-11 7z",
  warn: "M12 4l9 16H3zM12 10v4M12 17v.01",
};

/** A line drawing of 24 by 24; decoration, so hidden from screen readers. */
export function icon(name, size = 22) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  for (const [key, value] of Object.entries({
    viewBox: "0 0 24 24", width: size, height: size, "aria-hidden": "true", class: `icon icon-${name}`,
  })) svg.setAttribute(key, value);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

const HUES = [168, 205, 262, 18, 42, 330, 140];

/** The colour that belongs to an id, as a hue. */
export function hueOf(key) {
  const mixed = Math.imul(Math.abs(key) % 2 ** 31, 2654435761) >>> 0;
  return HUES[(mixed >>> 16) % HUES.length];
}

/** A round picture with the first letter of a name, always in the same colour. */
export function avatar(name, key, kind = "person") {
  if (kind === "bot") return el("img", { class: "avatar", src: "/page/icon.svg", alt: "", width: 44, height: 44 });
  const node = el("span", { class: "avatar letter", "aria-hidden": "true" });
  node.style.setProperty("--hue", hueOf(key));
  node.append(kind === "group" ? icon("group", 22) : Array.from(name)[0] ?? "?");
  return node;
}

// Light or dark: as the system says, until the person chooses.

import { el, icon } from "./dom.js";

const KEY = "sandbox-theme";

function dark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** The button that switches; applies what was chosen before. */
export function themeButton() {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  const button = el("button", { type: "button", class: "tool" });
  const draw = () => {
    button.replaceChildren(icon(dark() ? "sun" : "moon", 22));
    button.setAttribute("aria-label", dark() ? "换成浅色" : "换成深色");
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    localStorage.setItem(KEY, document.documentElement.dataset.theme);
    draw();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  draw();
  return button;
}

// Puts the page together.

import { api } from "./api.js";
import { Chats } from "./chats.js";
import { Composer } from "./composer.js";
import { Store } from "./store.js";
import { themeButton } from "./theme.js";
import { Thread } from "./thread.js";
import { clock } from "./time.js";
import { Topbar } from "./topbar.js";

const START = /^[A-Za-z0-9_-]{1,64}$/;
const store = new Store();
const at = (id) => document.getElementById(id);

const chats = new Chats(at("sidebar"), store, themeButton());
const composer = new Composer(at("dock"), store);
new Thread(at("thread"), store, composer);
new Topbar(at("topbar"), store);

store.addEventListener("connection", () => {
  at("connection").hidden = store.online;
});
store.addEventListener("current", () => {
  if (store.current === null) openSome();
});

/** The chat of the address, else the newest, else a new one. */
async function openSome() {
  const wanted = Number(location.hash.slice(1));
  const newest = store.sorted()[0]?.id;
  if (store.chats.has(wanted)) await store.open(wanted);
  else if (newest !== undefined) await store.open(newest);
  else await chats.begin(() => api.arrive(chats.suggestion()));
}

/** `/?start=visit-01` says `/start visit-01`, once. */
async function followLink() {
  const query = new URLSearchParams(location.search);
  const payload = query.get("start");
  if (payload === null) return;
  history.replaceState(null, "", `/${location.hash}`);
  await composer.sendText(START.test(payload) ? `/start ${payload}` : "/start");
}

function tick() {
  at("clock").textContent = clock(Date.now() / 1000);
}

async function begin() {
  tick();
  setInterval(tick, 10_000);
  store.listen(await store.load());
  await openSome();
  await followLink();
  document.body.classList.add("ready");
}

addEventListener("hashchange", () => {
  const wanted = Number(location.hash.slice(1));
  if (store.chats.has(wanted) && wanted !== store.current) store.open(wanted);
});

begin();

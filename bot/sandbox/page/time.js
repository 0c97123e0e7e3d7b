// Dates as a phone in China shows them.

const CLOCK = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false });
const DAY = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric" });
const DATE = new Intl.DateTimeFormat("zh-CN", { year: "numeric", month: "long", day: "numeric" });

/** 20:15 */
export function clock(seconds) {
  return CLOCK.format(new Date(seconds * 1000));
}

function midnight(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** 今天, 昨天, 11月3日 or 2025年11月3日 */
export function day(seconds, now = new Date()) {
  const date = new Date(seconds * 1000);
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0) return "今天";
  if (days === 1) return "昨天";
  return (date.getFullYear() === now.getFullYear() ? DAY : DATE).format(date);
}

/** For the list of chats: the time today, else the day. */
export function brief(seconds) {
  const label = day(seconds);
  return label === "今天" ? clock(seconds) : label;
}

/** 12.3 KB */
export function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${(bytes / 1024).toFixed(1)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

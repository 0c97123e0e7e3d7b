// The stand-in's own endpoints.

/** What the stand-in refused, in words for the person. */
export class Refused extends Error {}

async function ask(method, path, body) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  return read(await fetch(`/sandbox${path}`, options));
}

async function read(response) {
  const text = await response.text();
  const value = text ? JSON.parse(text) : null;
  if (!response.ok) throw new Refused(value?.description ?? "请求失败");
  return value;
}

export const api = {
  state: () => ask("GET", "/state"),
  messages: (chat) => ask("GET", `/chats/${chat}/messages`),
  arrive: (name) => ask("POST", "/chats", { name }),
  gather: (title, people) => ask("POST", "/chats", { title, people }),
  leave: (chat) => ask("DELETE", `/chats/${chat}`),
  say: (chat, text, person, replyTo) =>
    ask("POST", `/chats/${chat}/messages`, { text, person, reply_to: replyTo ?? 0 }),
  edit: (chat, message, text) => ask("PATCH", `/chats/${chat}/messages/${message}`, { text }),
  press: (chat, message, data, person) =>
    ask("POST", `/chats/${chat}/messages/${message}/press`, { data, person }),
  share: (chat, content, person) => ask("POST", `/chats/${chat}/share`, { ...content, person }),
  block: (chat, blocked) => ask("POST", `/chats/${chat}/block`, { blocked }),

  /** Sends a file, or a placeholder when there is none. */
  async send(chat, kind, person, file, caption = "") {
    const query = new URLSearchParams({ kind, person, caption });
    if (file) query.set("name", file.name);
    const headers = { "Content-Type": file?.type || "application/octet-stream" };
    return read(await fetch(`/sandbox/chats/${chat}/files?${query}`, { method: "POST", headers, body: file ?? "" }));
  },

  /** Where a file of a message is. */
  file: (id) => `/sandbox/files/${encodeURIComponent(id)}`,
};

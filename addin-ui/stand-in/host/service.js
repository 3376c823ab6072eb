// The service's own API, as the person who is signed in here; the pane has the same token by the same key.

import { language } from "./dom.js";

const TOKEN = "sagspost.token";

export const token = () => sessionStorage.getItem(TOKEN);
export const setToken = (value) => sessionStorage.setItem(TOKEN, value);
export const signOut = () => sessionStorage.removeItem(TOKEN);

/** The demo's links carry a token behind `#`; it does not stay in the address. */
export function takeTokenFrom(hash) {
  const found = /[#&]token=([^&]+)/.exec(hash);
  if (!found) return false;
  setToken(decodeURIComponent(found[1]));
  history.replaceState(null, "", location.pathname + location.search);
  return true;
}

export class Refused extends Error {
  constructor(status, title) {
    super(title);
    this.status = status;
  }
}

export async function ask(path, options = {}) {
  const answer = await fetch(path, {
    ...options,
    headers: { Authorization: `Bearer ${token()}`, "Accept-Language": language, ...options.headers },
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, [problem.title, problem.detail].filter(Boolean).join(". ") || `HTTP ${answer.status}`);
  }
  return answer;
}

const json = async (path) => (await ask(`/api/v1${path}`)).json();

export const me = () => json("/me");
export const mailboxes = () => json("/mailboxes");
export const mails = (mailbox) => json(`/mails?mailbox=${mailbox}&limit=60`);
export const mail = (id) => json(`/mails/${id}`);
export const page = async (id) => (await ask(`/api/v1/mails/${id}/html`)).text();
export const raw = async (id) => new Uint8Array(await (await ask(`/api/v1/mails/${id}/raw`)).arrayBuffer());
export const attachment = async (id, place) => new Uint8Array(await (await ask(`/api/v1/mails/${id}/attachments/${place}`)).arrayBuffer());
/** Puts a written mail among what the mailbox has sent, as Outlook does. */
export const send = (mailbox, bytes) => ask(`/outlook/sent?mailbox=${mailbox}`, { method: "POST", body: bytes, headers: { "Content-Type": "message/rfc822" } });

/** Hears what happens in the service; begins anew when the line is cut. */
export async function follow(heard) {
  for (;;) {
    try {
      const answer = await ask("/api/v1/events", { headers: { Accept: "text/event-stream" } });
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ;) {
        const { done, value } = await reader.read();
        if (done) break;
        const parts = (rest + value).split("\n\n");
        rest = parts.pop();
        if (parts.some((part) => part.startsWith("event:") || part.includes("\nevent:"))) heard();
      }
    } catch (error) {
      if (error.status === 401) return;
    }
    await new Promise((resolve) => { setTimeout(resolve, 2000); });
  }
}

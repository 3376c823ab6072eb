// The add-in's own code: the pane in a frame, functions and events in a frame without a face, or, as classic Outlook on
// Windows runs events, in a worker that knows no page. Talks to `office-stand-in.js` in there.

import { t } from "./dom.js";
import * as service from "./service.js";
import { OfficeError, answer, roaming } from "./calls.js";

const running = new Set();

addEventListener("message", (event) => {
  if (event.origin !== location.origin || !event.data?.office) return;
  for (const frame of running) if (frame.isFrom(event.source)) frame.hear(event.data);
});

/** One place where the add-in runs; `item` is what it is about. */
class Place {
  constructor(host, item) {
    Object.assign(this, { host, item, isReady: false, waiting: [] });
    running.add(this);
  }

  isFrom() { return false; }

  async hear(message) {
    switch (message.office) {
      case "hello": return this.begin();
      case "call": return this.call(message);
      case "completed": return this.completed?.(message);
      case "closePane": return this.host.closePane();
      case "reply": return this.host.reply();
      case "newMail": return this.host.newMail();
      case "closeDraft": return this.host.closeDraft();
      default: return undefined;
    }
  }

  begin() {
    const { host } = this;
    const context = {
      item: this.item?.snapshot() ?? null, mailboxSet: host.set, language: host.officeLanguage, theme: host.theme(),
      user: host.user, roaming: roaming.get(), token: service.token(), script: new URL(host.manifest.script, location.origin).href,
    };
    this.isReady = true;
    this.post({ office: "context", context });
    for (const message of this.waiting.splice(0)) this.post(message);
  }

  tell(message) {
    if (this.isReady) this.post(message);
    else this.waiting.push(message);
  }

  async call(message) {
    const reply = { office: "answer", id: message.id };
    try {
      reply.value = await answer(message, this.host, (key) => this.host.opened(key));
    } catch (error) {
      reply.error = { code: error.code ?? 9020, name: error.name, message: error.message };
      if (!(error instanceof OfficeError)) throw error;
    } finally {
      this.post(reply);
    }
  }

  end() { running.delete(this); }
}

class InFrame extends Place {
  constructor(host, item, address, into) {
    super(host, item);
    this.frame = document.createElement("iframe");
    this.frame.src = address;
    into.append(this.frame);
  }

  isFrom(source) { return source === this.frame.contentWindow; }
  post(message) { this.frame.contentWindow?.postMessage(message, location.origin); }

  end() {
    super.end();
    this.frame.remove();
  }
}

/** The pane, which follows the open mail. */
export class Pane extends InFrame {
  constructor(host, item, button, into) {
    super(host, item, button.pane, into);
    this.button = button;
    this.frame.title = t("pane", { name: button.label });
  }

  follow(item) {
    this.item = item;
    this.tell({ office: "item", item: item?.snapshot() ?? null });
  }
}

const IN_BACKGROUND = () => document.getElementById("functions");

class FunctionFrame extends InFrame {
  constructor(host, item, address) {
    super(host, item, address, IN_BACKGROUND());
    this.frame.hidden = true;
    this.frame.title = t("functions");
  }
}

class FunctionWorker extends Place {
  constructor(host, item, script) {
    super(host, item);
    this.worker = new Worker(`/outlook/runtime.js?script=${encodeURIComponent(script)}`);
    this.worker.addEventListener("message", (event) => this.hear(event.data));
    this.worker.addEventListener("error", () => this.broken?.());
  }

  post(message) { this.worker.postMessage(message); }

  end() {
    super.end();
    this.worker.terminate();
  }
}

let runs = 0;

/** Runs a function by its name; resolves with what it was completed with, or `null` when it could not be run. */
export function run(host, item, name, { source, isEvent = false, patienceMs = 300_000 } = {}) {
  return new Promise((resolve) => {
    const inWorker = isEvent && host.isClassic;
    const place = inWorker ? new FunctionWorker(host, item, host.manifest.script) : new FunctionFrame(host, item, host.manifest.functions);
    const id = (runs += 1);
    const over = (result) => {
      clearTimeout(timer);
      resolve(result);
      // What it still asks for after it said that it is done is answered, as in Outlook, for a while.
      setTimeout(() => place.end(), 5000);
    };
    const timer = setTimeout(() => over(null), patienceMs);
    place.completed = (message) => { if (message.id === id) over(message.missing || message.failed ? null : message.options); };
    place.broken = () => over(null);
    place.frame?.addEventListener("load", () => { setTimeout(() => { if (!place.isReady) over(null); }, 3000); });
    place.tell({ office: "run", id, name, source });
  });
}

export const tellAll = (message) => { for (const place of running) place.tell(message); };

/**
 * The task pane: finds out what it is opened for, and by whom, and shows that.
 *
 * The service is asked while the browser still loads what draws the pane.
 */

import { Api } from "../api/calls";
import { Client } from "../api/client";
import type { AddinSettings } from "../api/types";
import { HeadStart } from "../features/journal/ask";
import { Queue } from "../features/queue/queue";
import { textsFor } from "../messages/messages";
import type { Host, Mode } from "../office/host";
import { outlook } from "../office/outlook";
import { Shelf } from "../shell/store";
import type { App } from "../shell/app";
import { signInBy } from "../sign-in/sign-in";

/** What is remembered of mails that were looked at: until Outlook is closed, and never for long. */
const SEEN = { max: 200, maxAgeMs: 12 * 3600 * 1000 };
const MAX_DRAFTS = 50;
const MAX_CLICKS = 200;

async function start() {
  const drawing = import("./draw");
  const host = await outlook(modeOf(new URLSearchParams(location.search).get("mode")));
  const t = textsFor(host.language);
  document.documentElement.lang = t.language;
  const app = appOf(host, t);
  const first = host.mode === "read" ? host.openMail()?.messageId : null;
  if (first) app.headStart.begin(app.api, first);
  (await drawing).draw(app);
}

function appOf(host: Host, t: App["t"]): App {
  let settings: Promise<AddinSettings | null> | null = null;
  const anonymous = new Api(new Client({ token: () => Promise.resolve(null), forget: () => undefined, language: t.language }));
  const settingsOnce = () =>
    (settings ??= anonymous.settings().catch(() => {
      settings = null;
      return null;
    }));
  const signIn = signInBy(host, settingsOnce);
  const api = new Api(new Client({ token: signIn.token, forget: signIn.forget, language: t.language }));
  const user = host.user;
  return {
    host,
    t,
    api,
    signIn,
    settings: settingsOnce,
    queue: new Queue(api, new Shelf(localStorage, user, "click", MAX_CLICKS)),
    drafts: new Shelf(localStorage, user, "draft", MAX_DRAFTS),
    seen: new Shelf(sessionStorage, user, "seen", SEEN.max, SEEN.maxAgeMs),
    headStart: new HeadStart(),
  };
}

const MODES: readonly string[] = ["compose", "insert", "multi"] satisfies Mode[];
const modeOf = (asked: string | null) => (asked && MODES.includes(asked) ? (asked as Mode) : "read");

void start();

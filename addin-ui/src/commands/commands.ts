/**
 * What the ribbon's buttons and Outlook's events run: one plain script without a DOM.
 *
 * `commands.html` loads it in a browser; classic Outlook runs it alone, for events.
 */

import { Api } from "../api/calls";
import { Client } from "../api/client";
import { textsFor } from "../messages/messages";
import { command, ribbon, sendEvent } from "../office/ribbon";
import { giveCase } from "./compose";
import { journalise } from "./journalise";
import { question } from "./send";
import { forgetToken, token } from "./who";

/** Smart Alerts shows that it takes long after 5 seconds; we let go long before. */
const SEND_PATIENCE_MS = 2_000;

function tools() {
  const outlook = ribbon();
  const t = textsFor(outlook.language);
  const api = new Api(new Client({ token, forget: forgetToken, language: t.language, origin: outlook.origin }));
  return { outlook, t, api };
}

command("journalise", () => {
  const { outlook, t, api } = tools();
  return journalise(outlook, api, t);
});

command("onNewMessageComposeHandler", () => {
  const { outlook, api } = tools();
  return giveCase(outlook.draft(), api);
});

sendEvent("onMessageSendHandler", SEND_PATIENCE_MS, () => {
  const { outlook, t, api } = tools();
  return question(outlook.draft(), api, t);
});

/** The ribbon's button: files the open mail on its best case, when the service is sure enough of it; otherwise offers the pane. */

import type { Api } from "../api/calls";
import { newKey } from "../api/key";
import { Away, NotSignedIn, Problem } from "../api/problem";
import type { Entry, Suggestions } from "../api/types";
import type { Texts } from "../messages/messages";
import { shortened, type Ribbon } from "../office/ribbon";

/** Beside an address of a mailbox, within a notification. */
const MAX_CASE_CHARS = 50;

type Calls = Pick<Api, "lookup" | "suggest" | "journal">;

export async function journalise(ribbon: Ribbon, api: Calls, t: Texts): Promise<void> {
  const messageId = ribbon.messageId();
  if (!messageId) return ribbon.tell(t("ribbonDraft"));
  try {
    await file(messageId, ribbon, api, t);
  } catch (error) {
    if (error instanceof NotSignedIn) await ribbon.offerPane(t("ribbonSignIn"), t("ribbonSignInAction"));
    else if (error instanceof Away) await ribbon.tell(t("ribbonAway"));
    else if (error instanceof Problem && error.body.title) await ribbon.tell(t("ribbonFailed", { reason: error.body.title }));
    else await ribbon.tell(t("failed"));
  }
}

async function file(messageId: string, ribbon: Ribbon, api: Calls, t: Texts) {
  const [found, suggestions] = await Promise.all([api.lookup(messageId), suggestionsFor(messageId, api)]);
  const mail = found.mails[0];
  if (!mail) return ribbon.tell(t("ribbonUnknown"));
  const before = mail.entries[0];
  if (before) return ribbon.tell(t("ribbonAlready", { case: `${before.case_number} ${before.case_title}` }));
  const best = suggestions?.cases[0];
  if (!best || !suggestions.sure) return ribbon.offerPane(t("ribbonUnsure"), t("ribbonUnsureAction"));
  const on = `${best.number} ${best.title}`;
  const whose = ribbon.owner();
  try {
    await filed(api, mail.mail_id, best.case_id);
  } catch (error) {
    if (error instanceof Problem && error.slug === "already-journaled") return ribbon.tell(t("ribbonAlready", { case: on }));
    throw error;
  }
  // The mark may take its time; the person need not wait for it.
  void ribbon.markFiled();
  const owner = await whose;
  return ribbon.tell(owner ? t("ribbonFiledIn", { case: shortened(on, MAX_CASE_CHARS), owner }) : t("ribbonFiled", { case: on }));
}

/** Once more with the same key when it is not known whether it came through. */
async function filed(api: Calls, mailId: string, caseId: string): Promise<Entry> {
  const key = newKey();
  const wish = { mail_id: mailId, case_id: caseId };
  try {
    return await api.journal(wish, key);
  } catch (error) {
    if (!(error instanceof Away)) throw error;
    return api.journal(wish, key);
  }
}

async function suggestionsFor(messageId: string, api: Calls): Promise<Suggestions | null> {
  try {
    return await api.suggest({ message_id: messageId });
  } catch (error) {
    if (error instanceof Problem && error.body.status === 404) return null;
    throw error;
  }
}

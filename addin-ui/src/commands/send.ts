/** On send: whether the person is asked to choose a case first. Any doubt, and the mail goes. */

import type { Api } from "../api/calls";
import { asMail } from "../features/compose/sketch";
import type { Texts } from "../messages/messages";
import type { Draft } from "../office/host";
import type { SendQuestion } from "../office/ribbon";

export async function question(draft: Draft | null, api: Pick<Api, "settings" | "suggestFor">, t: Texts): Promise<SendQuestion | null> {
  if (!draft || (await draft.chosenCase())) return null;
  const { on_send: asks } = await api.settings();
  if (asks === "never") return null;
  const [subject, to, from] = await Promise.all([draft.subject(), draft.recipients(), draft.from()]);
  const suggestions = await api.suggestFor(asMail({ from, to, subject, inReplyTo: draft.inReplyTo() }));
  if (asks === "ask" && !suggestions.case_work) return null;
  const best = suggestions.cases[0];
  const text = best && suggestions.case_work ? t("sendAsk", { case: `${best.number} ${best.title}` }) : t("sendAskNone");
  return { text, action: t("sendAction") };
}

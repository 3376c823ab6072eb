/** A new mail that answers a filed one is given its case. */

import type { Api } from "../api/calls";
import type { Draft } from "../office/host";

export async function giveCase(draft: Draft | null, api: Pick<Api, "lookup">): Promise<void> {
  const replied = draft?.inReplyTo();
  if (!draft || !replied || (await draft.chosenCase())) return;
  const found = await api.lookup(replied);
  const entry = found.mails[0]?.entries[0];
  if (entry) await draft.chooseCase({ number: entry.case_number, title: entry.case_title });
}

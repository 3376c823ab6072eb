/** Filing several mails: each with its own key and its own answer, so that trying again does nothing twice. */

import { Problem } from "../../api/problem";
import type { Api } from "../../api/calls";
import type { CaseLabel, SuggestedCase } from "../../api/types";
import type { SelectedMail } from "../../office/host";

/** The case that a mail seems to belong on. */
export type OwnCase = SuggestedCase & {
  /** By the service: of many mails at once nobody looks at each, so those that are doubtful wait for a choice. */
  isLikely: boolean;
};

export type LineState =
  | { is: "looking" }
  | { is: "unknown" }
  | { is: "draft" }
  | { is: "ready"; mailId: string; suggested: OwnCase | null }
  | { is: "already"; on: CaseLabel }
  | { is: "filing"; mailId: string; suggested: OwnCase | null }
  | { is: "filed"; on: CaseLabel; entry: string | null; mailId: string; suggested: OwnCase | null }
  | { is: "failed"; mailId: string; suggested: OwnCase | null; error: unknown };

export interface Line {
  mail: SelectedMail;
  taken: boolean;
  state: LineState;
}

/** At once; more would only wait for each other. */
const AT_ONCE = 3;

/** The case of a line that is filed on its own suggestion. */
export const ownCase = (line: Line) => (canFile(line) && "suggested" in line.state && line.state.suggested?.isLikely ? line.state.suggested : null);

export const canFile = (line: Line) => line.taken && (line.state.is === "ready" || line.state.is === "failed");

export async function lookUp(api: Pick<Api, "lookup" | "suggest">, mail: SelectedMail, signal: AbortSignal): Promise<LineState> {
  if (!mail.messageId) return { is: "draft" };
  const found = await api.lookup(mail.messageId, signal);
  const known = found.mails[0];
  if (!known) return { is: "unknown" };
  const [entry] = known.entries;
  if (entry) return { is: "already", on: { id: entry.case_id, number: entry.case_number, title: entry.case_title } };
  const suggestions = await api.suggest({ mail_id: known.mail_id }, signal);
  const [best] = suggestions.cases;
  return { is: "ready", mailId: known.mail_id, suggested: best ? { ...best, isLikely: suggestions.case_work } : null };
}

/** The state after filing on `on`. `key` is the same for the same mail and case until it is known to have worked. */
export async function fileLine(api: Pick<Api, "journal">, line: Line, on: CaseLabel, key: string): Promise<LineState> {
  if (line.state.is !== "filing") return line.state;
  const { mailId, suggested } = line.state;
  try {
    const entry = await api.journal({ mail_id: mailId, case_id: on.id }, key);
    return { is: "filed", on, entry: entry.id, mailId, suggested };
  } catch (error) {
    // Somebody else was there first: it lies where it should.
    if (error instanceof Problem && error.slug === "already-journaled") return { is: "already", on };
    return { is: "failed", mailId, suggested, error };
  }
}

/** Does the work for each, a few at a time. */
export async function each<T>(items: readonly T[], work: (item: T) => Promise<void>) {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

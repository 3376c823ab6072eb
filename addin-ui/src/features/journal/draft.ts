/**
 * What somebody has typed or ticked for a mail and not sent yet. Kept in the browser's storage for each mail, so that an
 * error, another mail or a reload loses nothing. What was left as it was suggested is not in it.
 */

import type { CaseLabel, ChosenFile, Direction, DocumentType, Party, SuggestedFile, Suggestions, Wish } from "../../api/types";
import { nameFaults, titleFault, type NameFault, type TitleFault } from "./names";

export interface FilingDraft {
  title?: string;
  /** By the attachment's place. */
  files?: Record<number, { taken?: boolean; name?: string }>;
  direction?: Direction;
  documentDate?: string;
  documentType?: DocumentType;
  /** In place of those that are proposed. CPR numbers are masked. */
  parties?: readonly Party[];
  /** `null`: none, whatever the mail names. */
  deadline?: string | null;
  /** For a case that has none. */
  caseKle?: { number: string; facet: string | null } | undefined;
  /** What comes later in the conversation goes to the same case. */
  follow?: boolean;
  arrangement?: "together" | "separate";
  includeMail?: boolean;
  /** For nobody but whoever files it. */
  onlyMe?: boolean;
  /** Others of the thread go along. */
  withThread?: boolean;
  /** Words of the search for a case. */
  words?: string;
  /** What was sent last and is not known to have worked: the same again has the same key. */
  act?: { wish: string; key: string } | undefined;
  /** A case that is being made from the mail. */
  newCase?: Partial<CaseForm> | undefined;
}

/** What a new case begins as: another case, or a template; the mail alone without. */
export type CaseModel = { like: CaseLabel } | { template: string };

export interface CaseForm {
  model?: CaseModel | undefined;
  title: string;
  kle: string;
  facet: string | null;
  restricted: boolean;
  /** Places of the parties that go along, in the proposal. */
  parties: readonly number[];
  /** The same wish again has the same key. */
  act?: { wish: string; key: string };
}

export interface FileLine {
  index: number;
  taken: boolean;
  name: string;
  suggested: string;
  fault: NameFault | null;
}

export interface Faults {
  title: TitleFault | null;
  files: boolean;
  nothing: boolean;
}

export const titleOf = (draft: FilingDraft, suggestions: Suggestions) => draft.title ?? suggestions.title;

/** Attachments as they stand in the form. Only names of those that are taken can be wrong. */
export function fileLines(draft: FilingDraft, files: readonly SuggestedFile[]): FileLine[] {
  const lines = files.map((file) => {
    const own = draft.files?.[file.index];
    return { index: file.index, taken: own?.taken ?? file.proposed, name: own?.name ?? file.name, suggested: file.name };
  });
  const taken = lines.filter((line) => line.taken);
  const faults = nameFaults(taken.map((line) => line.name));
  return lines.map((line) => ({ ...line, fault: line.taken ? (faults[taken.indexOf(line)] ?? null) : null }));
}

export function faultsOf(draft: FilingDraft, suggestions: Suggestions): Faults {
  const lines = fileLines(draft, suggestions.attachments);
  return {
    title: titleFault(titleOf(draft, suggestions)),
    files: lines.some((line) => line.fault),
    nothing: draft.includeMail === false && !lines.some((line) => line.taken),
  };
}

export const isFaulty = (faults: Faults) => Boolean(faults.title || faults.files || faults.nothing);

/** What is sent: what was changed, and nothing else. */
export function wishOf(draft: FilingDraft, suggestions: Suggestions, mail: { mail_id: string } | { message_id: string }, caseId: string): Wish {
  const wish: Wish = { ...mail, case_id: caseId };
  if (draft.title !== undefined && draft.title !== suggestions.title) wish.title = draft.title.trim();
  if (draft.direction && draft.direction !== suggestions.direction) wish.direction = draft.direction;
  if (draft.documentDate && draft.documentDate !== suggestions.document_date) wish.document_date = draft.documentDate;
  if (draft.documentType && draft.documentType !== suggestions.document_type?.type) wish.document_type = draft.documentType;
  if (draft.arrangement === "separate") wish.arrangement = "separate";
  if (draft.includeMail === false) wish.include_mail = false;
  if (draft.onlyMe) wish.only_for = [];
  if (draft.parties) wish.parties = [...draft.parties];
  if (draft.deadline !== undefined && draft.deadline !== (suggestions.task_date?.date ?? null)) wish.deadline = draft.deadline;
  if (draft.caseKle) {
    wish.case_kle = draft.caseKle.number;
    if (draft.caseKle.facet) wish.case_facet = draft.caseKle.facet;
  }
  if (draft.follow !== undefined) wish.follow = draft.follow;
  const lines = fileLines(draft, suggestions.attachments);
  const isChanged = lines.some((line, at) => line.name !== line.suggested || line.taken !== suggestions.attachments[at]?.proposed);
  if (isChanged) wish.attachments = lines.filter((line) => line.taken).map(chosen);
  return wish;
}

function chosen(line: FileLine): ChosenFile {
  return line.name === line.suggested ? { index: line.index } : { index: line.index, name: line.name };
}

/** The key of this act: the one before when it is the same that was not known to have worked. */
export function keyOf(draft: FilingDraft, wish: Wish, makeKey: () => string): { wish: string; key: string } {
  const text = JSON.stringify(wish);
  return draft.act?.wish === text ? draft.act : { wish: text, key: makeKey() };
}

/** The API's types by short names. What the contract leaves open is told here. */

import type { components } from "./schema";

type Schemas = components["schemas"];

export type AddinSettings = Schemas["AddinSettings"];
export type Case = Schemas["Case"];
export type CaseProposal = Schemas["CaseProposal"];
export type Direction = Schemas["Direction"];
export type Document = Schemas["Document"];
export type DocumentType = Schemas["DocumentType"];
export type Entry = Schemas["EntryBody"];
/** With how it is shown in mailboxes. */
export type EntryDetail = Schemas["EntryDetail"];
export type Found = Schemas["Found"];
export type JournalState = Schemas["JournalState"];
export type KnownMail = Schemas["KnownMail"];
export type MailSummary = Schemas["MailSummary"];
export type ActResult = Schemas["ActResult"];
export type Assignee = Schemas["Assignee"];
export type Mailbox = Schemas["Mailbox"];
export type Me = Schemas["Me"];
export type QueueItem = Schemas["QueueItem"];
export type QueuePage = Schemas["QueuePage"];
export type ProblemBody = Schemas["ProblemBody"];
export type SuggestedCase = Schemas["SuggestedCase"];
export type SuggestedFile = Schemas["SuggestedFile"];
export type Suggestions = Schemas["Suggestions"];
export type NewCase = Schemas["CaseWish"];

export type CaseTemplate = Schemas["NamedCaseTemplate"];
export type Party = Schemas["Party"];
export type ProposedParty = Schemas["PartyInWords"];

/** Whether conversations are followed, where the service can: by themselves, not at all, or as each person says. */
export type FollowThreads = "on" | "off" | "ask";

export interface Following {
  following: boolean;
  /** Where what comes next goes. */
  case_id: string | null;
}

export interface ChosenFile {
  index: number;
  name?: string;
}

/** What is sent to `POST /journal`. */
export type Wish = Omit<Schemas["Wish"], "attachments" | "arrangement"> & {
  attachments?: ChosenFile[];
  arrangement?: "together" | "separate";
  /** Only where the settings say `follow_threads`. */
  follow?: boolean;
};

/** A case as far as it is shown. */
export interface CaseLabel {
  id: string;
  number: string;
  title: string;
}

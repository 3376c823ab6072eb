/** The calls that the add-in makes, one line each. */

import type { Client, ServerEvent } from "./client";
import type { ActResult, AddinSettings, Assignee, Case, CaseProposal, CaseTemplate, Document, Entry, EntryDetail, Following, Found, Mailbox, MailSummary, Me, NewCase, QueuePage, Suggestions, Wish } from "./types";

export type MailName = { message_id: string } | { mail_id: string };

const id = encodeURIComponent;

export class Api {
  constructor(private readonly client: Client) {}

  settings = () => this.client.get<AddinSettings>("/addin");

  lookup = (messageId: string, signal?: AbortSignal) => this.client.ask<Found>("/messages/lookup", { body: { message_id: messageId }, ...given(signal) });

  suggest = (mail: MailName, signal?: AbortSignal) => this.client.ask<Suggestions>("/suggestions", { body: mail, ...given(signal) });

  /** For a mail that no mailbox holds. */
  suggestFor = (mail: Uint8Array, signal?: AbortSignal) => this.client.ask<Suggestions>("/suggestions", { mail, ...given(signal) });

  /** So that a mail that no mailbox holds can be filed; the same mail again changes nothing. */
  upload = (mail: Uint8Array) => this.client.act<{ mail_id: string }>("POST", "/mails", { mail });

  journal = (wish: Wish, idempotencyKey: string) => this.client.act<Entry>("POST", "/journal", { body: wish, idempotencyKey });

  undo = (entry: string) => this.client.act<Entry>("DELETE", `/journal/${id(entry)}`);

  retry = (entry: string) => this.client.act<Entry>("POST", `/journal/${id(entry)}/retry`);

  notForACase = (mail: string) => this.client.act<unknown>("POST", `/mails/${id(mail)}/not-for-a-case`);

  forACaseAfterAll = (mail: string) => this.client.act<undefined>("DELETE", `/mails/${id(mail)}/not-for-a-case`);

  /** Mails of the same thread that are not journaled. */
  thread = async (thread: string, signal?: AbortSignal) => {
    const page = await this.client.get<{ items: MailSummary[] }>(`/mails?thread=${id(thread)}&journaled=false&not_for_a_case=false&limit=50`, given(signal));
    return page.items;
  };

  cases = async (query: { q?: string; filter?: "recent" | "favourite" }, signal?: AbortSignal) => {
    const parameters = new URLSearchParams({ limit: "8", ...query });
    const page = await this.client.get<{ items: Case[] }>(`/cases?${parameters}`, given(signal));
    return page.items;
  };

  documents = (caseId: string, signal?: AbortSignal) => this.client.get<Document[]>(`/cases/${id(caseId)}/documents`, given(signal));

  file = (fileId: string) => this.client.bytes(`/files/${id(fileId)}`);

  favourite = (caseId: string, kept: boolean) => this.client.act<undefined>(kept ? "PUT" : "DELETE", `/cases/${id(caseId)}/favourite`);

  propose = (mail: string, signal?: AbortSignal, model: { like?: string; template?: string } = {}) => this.client.ask<CaseProposal>("/cases/proposal", { body: { mail_id: mail, ...model }, ...given(signal) });

  templates = (signal?: AbortSignal) => this.client.get<CaseTemplate[]>("/case-templates", given(signal));

  following = (mail: string, signal?: AbortSignal) => this.client.get<Following>(`/mails/${id(mail)}/following`, given(signal));

  follow = (mail: string, following: boolean, caseId: string | null) => this.client.act<Following>("PUT", `/mails/${id(mail)}/following`, { body: { following, case_id: caseId } });

  me = () => this.client.get<Me>("/me", { asMyself: true });

  mailboxes = () => this.client.get<Mailbox[]>("/mailboxes");

  entry = (entry: string) => this.client.get<EntryDetail>(`/journal/${id(entry)}`);

  /** As a page that is safe to show. */
  letter = (mail: string, signal?: AbortSignal) => this.client.page(`/mails/${id(mail)}/html`, { why: "queue", ...given(signal) });

  waiting = (query: Record<string, string>, signal?: AbortSignal) => this.client.get<QueuePage>(`/queue?${new URLSearchParams(query)}`, { why: "queue", ...given(signal) });

  take = (mails: readonly string[]) => this.client.act<{ results: ActResult[] }>("POST", "/queue/take", { body: { mail_ids: mails } });

  /** `from`: only where it is assigned so now. */
  assign = (mails: readonly string[], to: string | null, from?: string | null) => this.client.act<{ results: ActResult[] }>("POST", "/queue/assign", { body: { mail_ids: mails, to, ...(from === undefined ? {} : { from }) } });

  snooze = (mails: readonly string[], until: string | null) => this.client.act<{ results: ActResult[] }>("POST", "/queue/snooze", { body: { mail_ids: mails, until } });

  assignees = (part: string, signal?: AbortSignal) => this.client.get<Assignee[]>(`/queue/assignees?${new URLSearchParams({ q: part })}`, given(signal));

  /** Mails of which something that followed a journaling has failed. */
  failed = async () => (await this.client.get<{ items: MailSummary[] }>("/mails?failed=true&limit=50", { why: "queue" })).items;

  events = (after: string | null, heard: (event: ServerEvent) => void, signal: AbortSignal, begun: () => void) => this.client.follow("/events", after, heard, signal, begun);

  signOut = () => this.client.signOut();

  createCase = (wish: NewCase, idempotencyKey: string) => this.client.act<Case>("POST", "/cases", { body: wish, idempotencyKey });
}

const given = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

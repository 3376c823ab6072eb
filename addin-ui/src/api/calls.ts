/** The calls that the add-in makes, one line each. */

import type { Client } from "./client";
import type { AddinSettings, Case, CaseProposal, CaseTemplate, Document, Entry, Following, Found, MailSummary, NewCase, Suggestions, Wish } from "./types";

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

  createCase = (wish: NewCase, idempotencyKey: string) => this.client.act<Case>("POST", "/cases", { body: wish, idempotencyKey });
}

const given = (signal: AbortSignal | undefined) => (signal ? { signal } : {});

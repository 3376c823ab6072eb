/** For tests: an app whose host and service are told what to say. It holds no assertions. */

import { FluentProvider, webLightTheme } from "@fluentui/react-components";
import { render } from "@testing-library/react";
import type { ReactElement } from "react";
import type { Api } from "../api/calls";
import type { AddinSettings, CaseTemplate, Entry, FollowThreads, Following, Found, JournalState, NewCase, SuggestedFile, Suggestions, Wish } from "../api/types";
import { HeadStart } from "../features/journal/ask";
import { Queue } from "../features/queue/queue";
import { textsFor } from "../messages/messages";
import type { Host, OpenMail } from "../office/host";
import { AppProvider, type App } from "../shell/app";
import { Shelf } from "../shell/store";

export const mail = (id: string, over: Partial<OpenMail> = {}): OpenMail => ({ key: id, messageId: id, subject: `Emne ${id}`, from: null, receivedAt: null, attachments: [], kind: "mail", ...over });

export const caseOf = (number: number) => ({ case_id: `c${number}`, number: `2024-0000${number}`, title: `Sag ${number}`, confidence: 100 - 20 * number, evidence: [{ kind: "party", text: `Grund ${number}` }] });

export const suggestionsWith = (files: readonly string[] = [], cases = [1, 2, 3].map(caseOf)) =>
  ({
    cases,
    title: "Foreslået titel",
    direction: "incoming",
    document_date: "2026-05-03",
    attachments: files.map((name, index) => ({ index, name, proposed: true }) as SuggestedFile),
    for_a_case: { probability: 90, reasons: [] },
    built_percent: 100,
    sure: true,
  }) as unknown as Suggestions;

export const entryOn = (number: number): JournalState => ({ entry_id: `e${number}`, case_id: `c${number}`, case_number: `2024-0000${number}`, case_title: `Sag ${number}`, state: "delivered", state_reason: null, state_reason_text: null, created_by: "carl", created_by_name: "Carl Bro", created_at: new Date().toISOString() });

export const found = (id: string, entries: JournalState[] = []): Found =>
  ({ known: true, journaled: entries.length > 0, mails: [{ mail_id: `m-${id}`, subject: "", received_at: "2026-05-03T10:00:00Z", entries, thread_id: "t", deadline: { date: "2026-05-12", working_days_left: 3, is_past: false }, incomplete_reason: null }] }) as Found;

export class Stage {
  open: OpenMail | null;
  readonly filed: { wish: Wish; key: string }[] = [];
  readonly entries = new Map<string, JournalState[]>();
  suggestions: Suggestions = suggestionsWith();
  /** What the service answers a journaling with, before it is carried out. */
  refuse: Error | null = null;
  lookups: Record<string, () => Promise<Found>> = {};
  isSignedIn = true;
  /** Of the open mail, where Outlook gives it. */
  content: Uint8Array | null = null;
  sentIn = 0;
  /** Of whose mailbox the open mail lies in. */
  owner: string | null = null;
  /** What `follow_threads` of the settings says; `undefined` where the service knows no such thing. */
  follows: FollowThreads | undefined = undefined;
  following: Following = { following: false, case_id: null };
  templates: CaseTemplate[] = [];
  readonly models: unknown[] = [];
  readonly made: { wish: NewCase; key: string }[] = [];
  private readonly heard = new Set<() => void>();

  constructor(open: OpenMail | null) {
    this.open = open;
  }

  turnTo(next: OpenMail | null) {
    this.open = next;
    for (const heard of this.heard) heard();
  }

  private host(): Host {
    return {
      mode: "read",
      language: "da-DK",
      user: "a@x",
      openMail: () => this.open,
      owner: () => Promise.resolve(this.owner),
      draft: () => null,
      selection: () => Promise.resolve([]),
      content: () => Promise.resolve(this.content),
      onMailChanged: (heard) => {
        this.heard.add(heard);
        return () => this.heard.delete(heard);
      },
      onSelectionChanged: () => () => undefined,
      markFiled: () => Promise.resolve(),
      look: () => "light",
      onLookChanged: () => () => undefined,
      askInWindow: () => Promise.resolve(null),
      canNestSignIn: () => false,
    };
  }

  app(): App {
    const api = {
      lookup: (id: string) => this.lookups[id]?.() ?? Promise.resolve(found(id, this.entries.get(id) ?? [])),
      suggest: () => Promise.resolve(this.suggestions),
      suggestFor: () => Promise.resolve(this.suggestions),
      upload: () => {
        this.sentIn += 1;
        return Promise.resolve({ mail_id: "m-a" });
      },
      thread: () => Promise.resolve([]),
      cases: () => Promise.resolve([]),
      journal: (wish: Wish, key: string) => {
        this.filed.push({ wish, key });
        if (this.refuse) return Promise.reject(this.refuse);
        const entry = entryOn(Number(wish.case_id?.slice(1)));
        this.entries.set(String(wish.mail_id).replace("m-", ""), [entry]);
        return Promise.resolve({ id: entry.entry_id, case_id: entry.case_id } as unknown as Entry);
      },
      following: () => Promise.resolve(this.following),
      follow: (_: string, following: boolean, case_id: string | null) => Promise.resolve((this.following = { following, case_id })),
      templates: () => Promise.resolve(this.templates),
      propose: (_: string, __: AbortSignal, model: { like?: string; template?: string } = {}) => {
        this.models.push(model);
        const isLike = Boolean(model.like ?? model.template);
        const kle = [{ number: isLike ? "02.34.02" : "01.02.05", title: "Emne", confidence: 80, reasons: [] }];
        const party = (name: string, proposed: boolean) => ({ kind: "person", name, identifier: null, address: null, mail: null, proposed, reasons: [] });
        const parties = [party("Ole Hansen", true), ...(model.like ? [party("Gerda Holm", false)] : [])];
        return Promise.resolve({ mail_id: "m-a", title: model.template ? "Efter skabelon" : "Foreslået sag", kle, parties, access: { code: "open", list: null, reasons: [] }, responsible: isLike ? "carl" : "birthe", unit: null, similar_cases: [{ ...caseOf(4), status: "open" }] });
      },
      createCase: (wish: NewCase, key: string) => {
        this.made.push({ wish, key });
        return this.refuse ? Promise.reject(this.refuse) : Promise.resolve({ id: "c7", number: "2024-00007", title: wish.title });
      },
      undo: () => {
        this.entries.clear();
        return Promise.resolve({} as Entry);
      },
    } as unknown as Api;
    const signIn = { token: () => Promise.resolve("t"), forget: () => undefined, signIn: () => Promise.resolve((this.isSignedIn = true)) };
    const shelf = <T,>(name: string) => new Shelf<T>(localStorage, "a@x", name, 50);
    return { host: this.host(), api, signIn, t: textsFor("da"), settings: () => Promise.resolve(this.follows ? ({ follow_threads: this.follows } as unknown as AddinSettings) : null), queue: new Queue(api, shelf("click")), drafts: shelf("draft"), seen: shelf("seen"), headStart: new HeadStart() };
  }
}

export function show(stage: Stage, element: ReactElement, app = stage.app()) {
  return render(
    <AppProvider value={app}>
      <FluentProvider theme={webLightTheme}>{element}</FluentProvider>
    </AppProvider>,
  );
}

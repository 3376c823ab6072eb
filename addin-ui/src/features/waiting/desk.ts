/**
 * The registrar's desk: the list, what is done with its mails and how that is undone, and what is heard of others meanwhile.
 * It asks the service and holds what is shown; it draws nothing.
 */

import type { Api } from "../../api/calls";
import type { ServerEvent } from "../../api/client";
import { newKey } from "../../api/key";
import { Away, NotSignedIn, Problem } from "../../api/problem";
import type { ActResult, CaseLabel, QueueItem } from "../../api/types";
import { each } from "../several/filing";
import { NO_FILTERS, queryOf, type Filters } from "./filters";
import { canAct, changed, EMPTY, type Change, type List } from "./list";

const PAGE = 100;
/** As many as the service tells of at once. */
const AT_ONCE = 100;
/** What was filed just now is evidence for the others; and many events come together. */
const SUGGEST_AGAIN_MS = 1_500;
const HEAR_TOGETHER_MS = 150;
/** Mails that were put off wake without a sound. */
const LOOK_AGAIN_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;
const LAST_PAUSE_MS = 15_000;
const MAX_ACTS = 100;
/** Of many at once nobody looks at each: those below this wait for a choice. */
const LIKELY_PERCENT = 50;

export interface Act {
  kind: "filed" | "aside" | "assigned" | "snoozed";
  ids: readonly string[];
  /** Where to, when that was one case or one name. */
  to: string | null;
  undo: () => Promise<void>;
}

/** What was done last, for the line that tells of it. */
export type Told = { is: "done"; act: Act; refused: number } | { is: "undone"; act: Act } | { is: "skipped"; count: number } | { is: "trouble"; error: unknown } | null;

export interface Shown {
  list: List;
  /** The service does not answer; what is shown is from before. */
  isAway: boolean;
  /** The list itself could not be had. */
  error: unknown;
  told: Told;
  progress: { done: number; count: number } | null;
  canUndo: boolean;
}

type Calls = Pick<Api, "waiting" | "journal" | "undo" | "entry" | "notForACase" | "forACaseAfterAll" | "take" | "assign" | "snooze" | "events">;

export class Desk {
  private shown: Shown = { list: EMPTY, isAway: false, error: null, told: null, progress: null, canUndo: false };
  private readonly listeners = new Set<() => void>();
  private filters: Filters | null = null;
  private loading: AbortController | null = null;
  private following: AbortController | null = null;
  private readonly keys = new Map<string, string>();
  private acts: Act[] = [];
  private heardIds = new Set<string>();
  private inSight: readonly string[] = [];
  private timers: Record<string, ReturnType<typeof setTimeout>> = {};

  constructor(
    private readonly api: Calls,
    /** Principal of whom the mails are taken for. */
    private readonly me: string,
    private readonly onSignedOut: () => void,
  ) {}

  subscribe = (heard: () => void) => {
    this.listeners.add(heard);
    return () => this.listeners.delete(heard);
  };
  snapshot = () => this.shown;

  /** Shows other mails, or the same anew. */
  async show(filters: Filters) {
    this.filters = filters;
    this.change({ type: "emptied", showsSnoozed: filters.snoozed });
    this.set({ error: null });
    await this.load(null);
  }

  async more() {
    const { cursor } = this.shown.list;
    if (cursor && !this.loading) await this.load(cursor);
  }

  /** Follows what happens until `stop`. */
  start() {
    if (!this.following) void this.follow();
    this.later("look", LOOK_AGAIN_MS, () => this.lookAgain());
  }

  stop() {
    this.following?.abort();
    this.following = null;
    this.loading?.abort();
    this.loading = null;
    for (const timer of Object.values(this.timers)) clearTimeout(timer);
  }

  look(id: string | null) {
    this.change({ type: "current", id });
  }

  select(ids: readonly string[], selected: boolean) {
    this.change({ type: "select", ids, selected });
  }

  showFresh() {
    this.change({ type: "showFresh", atEnd: this.filters?.oldestFirst ?? false });
  }

  /** Takes away what is settled. */
  tidy() {
    this.change({ type: "tidied" });
    if (this.shown.list.order.length < PAGE) void this.more();
  }

  /** Ids of the rows that are drawn. */
  sees(ids: readonly string[]) {
    this.inSight = ids;
  }

  /** Files on one case, or each on its own suggestion. */
  async file(ids: readonly string[], on: CaseLabel | null) {
    const wishes = ids.flatMap((id) => {
      const target = on ?? this.likely(id, ids.length > 1);
      return target ? [{ id, on: target }] : [];
    });
    const skipped = ids.length - wishes.length;
    const entries: { id: string; entry: string }[] = [];
    await this.eachOf(wishes, async ({ id, on }) => {
      this.change({ type: "state", ids: [id], state: { is: "working", on: on.id } });
      const act = `${id} ${on.id}`;
      const key = this.keys.get(act) ?? newKey();
      this.keys.set(act, key);
      try {
        const entry = await this.api.journal({ mail_id: id, case_id: on.id }, key);
        this.keys.delete(act);
        entries.push({ id, entry: entry.id });
        this.change({ type: "state", ids: [id], state: { is: "filed", entry: entry.id, on, by: null } });
      } catch (error) {
        await this.refused([id], error);
      }
    });
    const undo = () =>
      this.undoEach(
        entries.map(({ id }) => id),
        (id) => this.api.undo(entries.find((one) => one.id === id)?.entry ?? ""),
      );
    const [first] = wishes;
    const isOne = first !== undefined && wishes.every(({ on }) => on.id === first.on.id);
    this.done({ kind: "filed", ids: entries.map(({ id }) => id), to: isOne ? `${first.on.number} ${first.on.title}` : null, undo }, wishes.length - entries.length, skipped);
  }

  async aside(ids: readonly string[]) {
    const done: string[] = [];
    await this.eachOf(ids, async (id) => {
      this.change({ type: "state", ids: [id], state: { is: "working", on: null } });
      try {
        await this.api.notForACase(id);
        done.push(id);
        this.change({ type: "state", ids: [id], state: { is: "aside" } });
      } catch (error) {
        await this.refused([id], error);
      }
    });
    const undo = () => this.undoEach(done, this.api.forACaseAfterAll);
    this.done({ kind: "aside", ids: done, to: null, undo }, ids.length - done.length, 0);
  }

  /** To whom: a principal and their name; null gives the mails back. */
  async assign(ids: readonly string[], to: { who: string; name: string } | null) {
    const isTaken = to?.who === this.me;
    const isFree = ids.every((id) => !this.shown.list.rows.get(id)?.item.assignee);
    // One that is free is taken, so that of two who press at once one is told.
    const results = await this.actOn(ids, () => (isTaken && isFree ? this.api.take(ids) : this.api.assign(ids, to?.who ?? null)));
    if (!results) return;
    const done = results.filter((result) => result.before);
    const undo = async () => {
      for (const [assignee, group] of grouped(done, (result) => result.before?.assignee ?? null)) await this.undoing(group, () => this.api.assign(group, assignee, to?.who ?? null));
    };
    this.done({ kind: "assigned", ids: done.map((result) => result.mail_id), to: to?.name ?? null, undo }, results.length - done.length, 0);
  }

  async snooze(ids: readonly string[], until: Date | null) {
    const results = await this.actOn(ids, () => this.api.snooze(ids, until?.toISOString() ?? null));
    if (!results) return;
    const done = results.filter((result) => result.before);
    const undo = async () => {
      const now = new Date().toISOString();
      const before = (result: ActResult) => ((result.before?.snoozed_until ?? "") > now ? (result.before?.snoozed_until ?? null) : null);
      for (const [was, group] of grouped(done, before)) await this.undoing(group, () => this.api.snooze(group, was));
    };
    this.done({ kind: "snoozed", ids: done.map((result) => result.mail_id), to: until?.toISOString() ?? null, undo }, results.length - done.length, 0);
  }

  /** Takes back what was done last; the first of its mails. */
  async undo(): Promise<string | null> {
    const act = this.acts.pop();
    this.set({ canUndo: this.acts.length > 0 });
    return act ? this.undoAct(act) : null;
  }

  /** Takes back what was done with one mail. */
  async undoOf(id: string): Promise<string | null> {
    const act = [...this.acts].reverse().find((one) => one.ids.includes(id));
    if (act && act.ids.length === 1) {
      this.acts = this.acts.filter((one) => one !== act);
      this.set({ canUndo: this.acts.length > 0 });
      return this.undoAct(act);
    }
    const state = this.shown.list.rows.get(id)?.state;
    if (state?.is === "filed") await this.undoEach([id], () => this.api.undo(state.entry)).catch((error: unknown) => this.trouble(error));
    if (state?.is === "aside") await this.undoEach([id], this.api.forACaseAfterAll).catch((error: unknown) => this.trouble(error));
    if (state?.is === "snoozed") await this.undoing([id], () => this.api.snooze([id], null)).catch((error: unknown) => this.trouble(error));
    return id;
  }

  forget() {
    this.set({ told: null });
  }

  private async undoAct(act: Act) {
    try {
      await act.undo();
      this.set({ told: { is: "undone", act } });
    } catch (error) {
      this.trouble(error);
      // It may be tried again.
      if (error instanceof Away) this.acts.push(act);
      this.set({ canUndo: this.acts.length > 0 });
    }
    return act.ids[0] ?? null;
  }

  private async undoEach(ids: readonly string[], undo: (id: string) => Promise<unknown>) {
    let failed: unknown = null;
    await each(ids, async (id) => {
      try {
        await undo(id);
      } catch (error) {
        failed = error;
      }
    });
    await this.refresh(ids);
    if (failed) throw failed as Error;
  }

  private async undoing(ids: readonly string[], undo: () => Promise<{ results: ActResult[] }>) {
    const { results } = await undo();
    await this.refresh(ids);
    const refused = results.find((result) => result.problem)?.problem;
    if (refused) throw new Problem(refused);
  }

  private async actOn(ids: readonly string[], act: () => Promise<{ results: ActResult[] }>): Promise<ActResult[] | null> {
    if (ids.length === 0) return null;
    const before = new Map(ids.map((id) => [id, this.shown.list.rows.get(id)?.state]));
    this.change({ type: "state", ids, state: { is: "working", on: null } });
    try {
      const { results } = await act();
      for (const { mail_id, problem } of results) this.change({ type: "state", ids: [mail_id], state: { is: "waiting", ...(problem ? { error: new Problem(problem) } : {}) } });
      await this.refresh(ids);
      return results;
    } catch (error) {
      for (const [id, state] of before) if (state) this.change({ type: "state", ids: [id], state });
      this.trouble(error);
      return null;
    }
  }

  private async eachOf<T>(wishes: readonly T[], work: (wish: T) => Promise<void>) {
    let done = 0;
    const isMany = wishes.length > 1;
    if (isMany) this.set({ progress: { done, count: wishes.length } });
    await each(wishes, async (wish) => {
      await work(wish);
      done += 1;
      if (isMany) this.set({ progress: { done, count: wishes.length } });
    });
    this.set({ progress: null });
  }

  private likely(id: string, isOneOfMany: boolean): CaseLabel | null {
    const best = this.shown.list.rows.get(id)?.item.suggestions[0];
    if (!best || (isOneOfMany && best.confidence < LIKELY_PERCENT)) return null;
    return { id: best.case_id, number: best.number, title: best.title };
  }

  private done(act: Act, refused: number, skipped: number) {
    if (act.ids.length > 0) {
      this.acts = [...this.acts, act].slice(-MAX_ACTS);
      this.set({ told: { is: "done", act, refused: refused + skipped }, canUndo: true });
    } else if (skipped > 0) this.set({ told: { is: "skipped", count: skipped } });
  }

  private async refused(ids: readonly string[], error: unknown) {
    this.change({ type: "state", ids, state: { is: "waiting", error } });
    if (error instanceof NotSignedIn) this.onSignedOut();
    // What is shown may be why: somebody else was there first.
    else if (error instanceof Problem && (error.body.status === 409 || error.body.status === 404)) await this.refresh(ids);
  }

  private trouble(error: unknown) {
    if (error instanceof NotSignedIn) this.onSignedOut();
    else this.set({ told: { is: "trouble", error } });
  }

  private async load(cursor: string | null) {
    this.loading?.abort();
    const controller = new AbortController();
    this.loading = controller;
    try {
      const query = { ...queryOf(this.filters ?? NO_FILTERS), limit: String(PAGE), ...(cursor ? { cursor } : {}) };
      const page = await this.api.waiting(query, controller.signal);
      if (controller.signal.aborted) return;
      this.change({ type: "page", page });
      this.set({ error: null, isAway: false });
      if (page.built_percent < 100) this.suggestAgain();
    } catch (error) {
      if (controller.signal.aborted) return;
      if (error instanceof NotSignedIn) this.onSignedOut();
      else if (cursor) this.trouble(error);
      else this.set({ error, isAway: error instanceof Away });
    } finally {
      if (this.loading === controller) this.loading = null;
    }
  }

  /** How these mails stand now, wherever they wait. */
  private async refresh(ids: readonly string[]) {
    for (let from = 0; from < ids.length; from += AT_ONCE) {
      const some = ids.slice(from, from + AT_ONCE);
      const before = new Map(some.map((id) => [id, this.shown.list.rows.get(id)?.state]));
      try {
        const page = await this.api.waiting({ mails: some.join(","), limit: String(AT_ONCE) });
        // What was done meanwhile is newer than this answer.
        const isCurrent = (id: string) => this.shown.list.rows.get(id)?.state === before.get(id);
        const items = page.items.filter((item) => isCurrent(item.id));
        const missing = some.filter((id) => isCurrent(id) && !page.items.some((item) => item.id === id));
        this.change({ type: "told", items, missing });
        if (page.built_percent < 100) this.suggestAgain();
      } catch (error) {
        if (error instanceof NotSignedIn) this.onSignedOut();
      }
    }
  }

  /** Those of these that fit what is shown. */
  private async came(ids: readonly string[]) {
    if (!this.filters || this.shown.list.isLoading || ids.length === 0) return;
    const asked = this.filters;
    const found: QueueItem[] = [];
    try {
      for (let from = 0; from < ids.length; from += AT_ONCE) {
        const query = { snoozed: "false", ...queryOf(asked), mails: ids.slice(from, from + AT_ONCE).join(","), limit: String(AT_ONCE) };
        found.push(...(await this.api.waiting(query)).items);
      }
    } catch {
      return; // the line to the service is lost, too, and found again
    }
    if (this.filters === asked) this.taken(found);
  }

  private taken(items: readonly QueueItem[]) {
    this.change({ type: "came", items });
    const { list } = this.shown;
    // Where nothing stands, nothing is moved; and at the end of the list neither.
    if (list.order.length === 0 || (this.filters?.oldestFirst && !list.cursor)) this.showFresh();
  }

  private async lookAgain() {
    if (document.visibilityState === "visible" && this.filters && !this.shown.list.isLoading && !this.filters.oldestFirst) {
      const asked = this.filters;
      const page = await this.api.waiting({ ...queryOf(asked), limit: "50" }).catch(() => null);
      const { list } = this.shown;
      const last = list.order.at(-1);
      const end = list.cursor && last ? (list.rows.get(last)?.item.received_at ?? "") : "";
      if (page && this.filters === asked) this.taken(page.items.filter((item) => item.received_at >= end));
    }
    this.later("look", LOOK_AGAIN_MS, () => this.lookAgain());
  }

  private suggestAgain() {
    this.later("suggest", SUGGEST_AGAIN_MS, () => this.refresh(this.inSight.filter((id) => canAct(this.shown.list.rows.get(id))).slice(0, AT_ONCE)));
  }

  private async follow() {
    const controller = new AbortController();
    this.following = controller;
    let after: string | null = null;
    let pause = FIRST_PAUSE_MS;
    while (!controller.signal.aborted) {
      const heard = (event: ServerEvent) => {
        after = event.id ?? after;
        pause = FIRST_PAUSE_MS;
        this.heard(event);
      };
      try {
        await this.api.events(after, heard, controller.signal, () => this.back());
      } catch (error) {
        if (controller.signal.aborted) return;
        if (error instanceof NotSignedIn) {
          this.onSignedOut();
          return;
        }
        this.set({ isAway: true });
        pause = Math.min(pause * 2, LAST_PAUSE_MS);
      }
      // The service ends the line now and then by itself.
      await new Promise((resolve) => setTimeout(resolve, (pause / 2) * (0.75 + Math.random() / 2)));
    }
  }

  /** The service answers again. */
  private back() {
    if (!this.shown.isAway) return;
    this.set({ isAway: false });
    if (this.shown.error && this.filters) void this.show(this.filters);
    else void this.refresh(this.inSight);
  }

  private heard(event: ServerEvent) {
    const { mail_id: mailId, mail_ids: mailIds, entry_id: entryId } = event.data as { mail_id?: string; mail_ids?: string[]; entry_id?: string };
    if (event.name.startsWith("entry.")) this.suggestAgain();
    if (mailId && entryId && event.name === "entry.committed") void this.filedByOthers(mailId, entryId);
    if (event.name === "mail.new" || event.name === "suggestion.ready" || event.name === "entry.undone" || (event.name.startsWith("mail.") && mailId))
      for (const id of mailIds ?? (mailId ? [mailId] : [])) this.heardIds.add(id);
    if (this.heardIds.size > 0)
      this.later("heard", HEAR_TOGETHER_MS, async () => {
        const ids = [...this.heardIds];
        this.heardIds = new Set();
        const isKnown = (id: string) => this.shown.list.rows.has(id);
        await Promise.all([this.refresh(ids.filter(isKnown)), this.came(ids.filter((id) => !isKnown(id)))]);
      });
  }

  private async filedByOthers(mailId: string, entryId: string) {
    const state = this.shown.list.rows.get(mailId)?.state;
    if (state?.is !== "waiting") return;
    const entry = await this.api.entry(entryId).catch(() => null);
    if (!entry || this.shown.list.rows.get(mailId)?.state !== state) return;
    this.change({ type: "state", ids: [mailId], state: { is: "filed", entry: entryId, on: { id: entry.case_id, number: entry.case_number, title: entry.case_title }, by: entry.created_by } });
  }

  private later(name: string, ms: number, work: () => Promise<void>) {
    clearTimeout(this.timers[name]);
    this.timers[name] = setTimeout(() => void work(), ms);
  }

  private change(change: Change) {
    this.set({ list: changed(this.shown.list, change) });
  }

  private set(some: Partial<Shown>) {
    this.shown = { ...this.shown, ...some };
    for (const heard of this.listeners) heard();
  }
}



function grouped(results: readonly ActResult[], by: (result: ActResult) => string | null): Map<string | null, string[]> {
  const groups = new Map<string | null, string[]>();
  for (const result of results) groups.set(by(result), [...(groups.get(by(result)) ?? []), result.mail_id]);
  return groups;
}


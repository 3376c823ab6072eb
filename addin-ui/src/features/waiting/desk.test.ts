import { beforeEach, describe, expect, it } from "vitest";
import { Away, NotSignedIn, Problem } from "../../api/problem";
import type { ActResult, Entry, EntryDetail, QueueItem, QueuePage } from "../../api/types";
import { caseOf } from "../../testing/app";
import { Desk } from "./desk";
import { NO_FILTERS } from "./filters";

/** A service of three mails that files, assigns and puts off as the real one does. */
class Service {
  items = new Map(["a", "b", "c"].map((id) => [id, { id, suggestions: [caseOf(1)], received_at: "2026-05-03T10:00:00Z", snoozed: null, assignee: null } as unknown as QueueItem]));
  entries = new Map<string, string>();
  keys: string[] = [];
  refuse: Error | null = null;
  heard: ((event: { name: string; id: string | null; data: Record<string, unknown> }) => void) | null = null;

  private answer<T>(value: T): Promise<T> {
    return this.refuse ? Promise.reject(this.refuse) : Promise.resolve(value);
  }
  private results = (mails: readonly string[], act: (item: QueueItem) => void): { results: ActResult[] } => ({
    results: mails.map((id) => {
      const item = this.items.get(id);
      if (!item) return { mail_id: id, before: null, problem: { status: 404, type: "/problems/not-found", title: "Findes ikke", detail: "", request_id: "" } };
      const before = { assignee: item.assignee?.who ?? null, snoozed_until: item.snoozed?.until ?? null };
      const next = { ...item };
      act(next);
      this.items.set(id, next);
      return { mail_id: id, before, problem: null };
    }),
  });

  waiting = (query: Record<string, string>): Promise<QueuePage> => {
    const ids = query["mails"]?.split(",") ?? [...this.items.keys()];
    const items = ids.flatMap((id) => this.items.get(id) ?? []).filter((item) => ![...this.entries.values()].includes(item.id));
    return this.answer({ items, next_cursor: null, built_percent: 100 });
  };
  journal = (wish: { mail_id?: string | null; case_id?: string | null }, key: string) => {
    this.keys.push(key);
    if (this.refuse) return Promise.reject(this.refuse);
    this.entries.set(`e-${wish.mail_id}`, String(wish.mail_id));
    return Promise.resolve({ id: `e-${wish.mail_id}` } as Entry);
  };
  undo = (entry: string) => {
    if (!this.refuse) this.entries.delete(entry);
    return this.answer({} as Entry);
  };
  entry = () => this.answer({ case_id: "c1", case_number: "2024-00001", case_title: "Sag", created_by: "carl" } as EntryDetail);
  notForACase = () => this.answer(undefined);
  forACaseAfterAll = () => this.answer(undefined);
  take = (mails: readonly string[]) => this.answer(this.results(mails, (item) => (item.assignee = { who: "user:me", name: "Mig", by: "me", at: "" })));
  assign = (mails: readonly string[], to: string | null) => this.answer(this.results(mails, (item) => (item.assignee = to ? { who: to, name: to, by: "me", at: "" } : null)));
  snooze = (mails: readonly string[], until: string | null) => this.answer(this.results(mails, (item) => (item.snoozed = until ? { until, by: "me" } : null)));
  events = (_: string | null, heard: NonNullable<Service["heard"]>) => {
    this.heard = heard;
    return new Promise<void>(() => undefined);
  };
}

let service: Service;
let desk: Desk;
let isSignedOut: boolean;
beforeEach(async () => {
  service = new Service();
  isSignedOut = false;
  desk = new Desk(service, "user:me", () => (isSignedOut = true));
  await desk.show(NO_FILTERS);
});
const state = (id: string) => desk.snapshot().list.rows.get(id)?.state;
const item = (id: string) => desk.snapshot().list.rows.get(id)?.item;

describe("the desk", () => {
  it("files each on its own suggestion, and takes all of it back at once", async () => {
    await desk.file(["a", "b"], null);
    expect([...service.entries.values()]).toEqual(["a", "b"]);
    expect(state("a")?.is).toBe("filed");
    expect(await desk.undo()).toBe("a");
    expect(service.entries.size).toBe(0);
    expect([state("a")?.is, state("b")?.is]).toEqual(["waiting", "waiting"]);
    expect(desk.snapshot().canUndo).toBe(false);
  });

  it("files none of many whose suggestion is doubtful, and says so", async () => {
    const doubtful = service.items.get("b");
    if (doubtful) doubtful.suggestions = [{ ...caseOf(1), confidence: 40 }];
    await desk.file(["a", "b"], null);
    expect([...service.entries.values()]).toEqual(["a"]);
    expect(desk.snapshot().told).toMatchObject({ is: "done", refused: 1 });
  });

  it("sends the same wish under the same key until it is known to have worked", async () => {
    service.refuse = new Away();
    await desk.file(["a"], null);
    expect(state("a")).toMatchObject({ is: "waiting", error: service.refuse });
    service.refuse = null;
    await desk.file(["a"], null);
    expect(new Set(service.keys).size).toBe(1);
    expect(state("a")?.is).toBe("filed");
  });

  it("takes what is free, gives to others, and undoes to what was before", async () => {
    await desk.assign(["a"], { who: "user:me", name: "dig" });
    expect(item("a")?.assignee?.who).toBe("user:me");
    await desk.assign(["a", "b"], { who: "user:dora", name: "Dora" });
    await desk.undo();
    expect([item("a")?.assignee?.who, item("b")?.assignee]).toEqual(["user:me", null]);
    await desk.undo();
    expect(item("a")?.assignee).toBeNull();
  });

  it("shows what is put off as such, and wakes it", async () => {
    await desk.snooze(["a"], new Date("2099-01-01"));
    expect(state("a")?.is).toBe("snoozed");
    await desk.undoOf("a");
    expect(state("a")?.is).toBe("waiting");
  });

  it("tells at the mail why it was refused", async () => {
    service.items.delete("b");
    await desk.snooze(["a", "b"], new Date("2099-01-01"));
    expect(desk.snapshot().told).toMatchObject({ is: "done", refused: 1 });
    expect(state("b")?.is).toBe("gone");
  });

  it("keeps an undo that did not reach the service", async () => {
    await desk.file(["a"], null);
    service.refuse = new Away();
    await desk.undo();
    expect(desk.snapshot()).toMatchObject({ canUndo: true, told: { is: "trouble" } });
    service.refuse = null;
    await desk.undo();
    expect(state("a")?.is).toBe("waiting");
  });

  it("says who filed it when others were first, and lets go when the session has ended", async () => {
    desk.start();
    service.entries.set("e-a", "a");
    service.heard?.({ name: "entry.committed", id: "1", data: { entry_id: "e-a", mail_id: "a", case_id: "c1" } });
    await expect.poll(() => state("a")).toMatchObject({ is: "filed", by: "carl" });
    desk.stop();
    service.refuse = new NotSignedIn();
    await desk.file(["b"], null);
    expect(isSignedOut).toBe(true);
  });

  it("looks again where the service says that somebody was there first", async () => {
    service.refuse = new Problem({ status: 409, type: "/problems/already-journaled", title: "Ligger der" });
    const filing = desk.file(["a"], null);
    service.items.delete("a");
    service.refuse = null;
    await filing;
    expect(["gone", "filed"]).toContain(state("a")?.is);
  });
});

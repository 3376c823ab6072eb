import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Away, Problem } from "../../api/problem";
import type { Entry, Wish } from "../../api/types";
import { Shelf } from "../../shell/store";
import { Queue, type WaitingClick } from "./queue";

const click = (key: string): WaitingClick => ({ key, mailKey: `mail ${key}`, subject: "Hæk", wish: { mail_id: key, case_id: "c" }, on: { id: "c", number: "2024-00001", title: "Hegn" } });
const entry = { id: "e" } as Entry;
const refusal = (status: number, type = "/problems/case-closed") => new Problem({ status, type, title: "Sagen er lukket" });
const shelf = (user = "a@x") => new Shelf<WaitingClick>(localStorage, user, "click", 10);

function queue(answers: (Entry | Error)[]) {
  const sent: string[] = [];
  const journal = (_: Wish, key: string) => {
    sent.push(key);
    const next = answers.shift() ?? new Away();
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  };
  return { made: new Queue({ journal }, shelf()), sent };
}

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe("a click that waits", () => {
  it("is sent again with the same key until it is answered, and then no more", async () => {
    const { made, sent } = queue([new Away(), new Away(), entry]);
    made.add(click("k"));
    await vi.runAllTimersAsync();
    expect(sent).toEqual(["k", "k", "k"]);
    expect(made.waiting()).toEqual([]);
    expect(made.outcomes).toEqual([{ click: click("k"), entry }]);
  });

  it("outlives a reload", async () => {
    queue([]).made.add(click("k"));
    const { made, sent } = queue([entry]);
    expect(made.of("mail k")?.key).toBe("k");
    await vi.runOnlyPendingTimersAsync();
    expect(sent).toContain("k");
  });

  it("is told as refused, not tried for ever, when the service says no", async () => {
    const { made, sent } = queue([refusal(409)]);
    made.add(click("k"));
    await vi.runAllTimersAsync();
    expect(sent).toEqual(["k"]);
    expect("problem" in (made.outcomes[0] ?? {})).toBe(true);
  });

  it("goes on waiting when the service has trouble of its own", async () => {
    const { made } = queue([refusal(500, "/problems/internal"), entry]);
    made.add(click("k"));
    await made.run();
    expect(made.waiting()).toHaveLength(1);
    await vi.runAllTimersAsync();
    expect(made.waiting()).toEqual([]);
  });

  it("that was taken back is not sent", async () => {
    const { made, sent } = queue([entry]);
    made.add(click("k"));
    made.cancel("k");
    await vi.runAllTimersAsync();
    expect(sent).toEqual([]);
  });

  it("does not belong to who uses the browser next", () => {
    queue([]).made.add(click("k"));
    expect(new Queue({ journal: () => Promise.resolve(entry) }, shelf("b@x")).waiting()).toEqual([]);
  });
});

it("the first that finds the service away keeps the others from trying", async () => {
  const { made, sent } = queue([new Away()]);
  made.add(click("one"));
  made.add(click("two"));
  await made.run();
  expect(sent).toEqual(["one"]);
});

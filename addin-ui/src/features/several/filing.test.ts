import { describe, expect, it } from "vitest";
import { Away, Problem } from "../../api/problem";
import type { Entry, Found, Suggestions } from "../../api/types";
import { canFile, each, fileLine, lookUp, ownCase, type Line } from "./filing";

const mail = (messageId: string | null) => ({ itemId: "i", messageId, subject: "Hæk" });
const on = { id: "c", number: "2024-00001", title: "Hegn" };
const filing: Line = { mail: mail("a@x"), taken: true, state: { is: "filing", mailId: "m", suggested: null } };
const found = (mails: unknown[]) => () => Promise.resolve({ mails } as unknown as Found);
const suggest = () => Promise.resolve({ cases: [{ case_id: "c", number: "2024-00001", title: "Hegn", confidence: 90 }], case_work: true } as unknown as Suggestions);
const signal = new AbortController().signal;

describe("a selected mail", () => {
  it("is ready with its best suggestion", async () => {
    const state = await lookUp({ lookup: found([{ mail_id: "m", entries: [] }]), suggest }, mail("a@x"), signal);
    expect(state).toMatchObject({ is: "ready", mailId: "m", suggested: { case_id: "c" } });
  });

  it("whose case is doubtful is not filed on its own suggestion", async () => {
    const doubtful = () => suggest().then((told) => ({ ...told, case_work: false }));
    const calls = { lookup: found([{ mail_id: "m", entries: [] }]), suggest: doubtful };
    const line = { mail: mail("a@x"), taken: true, state: await lookUp(calls, mail("a@x"), signal) };
    expect([ownCase(line), canFile(line)]).toEqual([null, true]);
  });

  it("that lies on a case is left alone", async () => {
    const state = await lookUp({ lookup: found([{ mail_id: "m", entries: [{ case_id: "c", case_number: "2024-00001", case_title: "Hegn" }] }]), suggest }, mail("a@x"), signal);
    expect(state).toEqual({ is: "already", on });
  });

  it("in no mailbox that is watched, or a draft, cannot be filed", async () => {
    for (const [messageId, is] of [["a@x", "unknown"], [null, "draft"]] as const) {
      const state = await lookUp({ lookup: found([]), suggest }, mail(messageId), signal);
      expect(state.is).toBe(is);
      expect(canFile({ mail: mail(messageId), taken: true, state })).toBe(false);
    }
  });
});

describe("filing one of several", () => {
  it("tells where it lies and how to take it back", async () => {
    expect(await fileLine({ journal: () => Promise.resolve({ id: "e" } as Entry) }, filing, on, "k")).toMatchObject({ is: "filed", on, entry: "e" });
  });

  it("counts as done when somebody else was there first", async () => {
    const refused = () => Promise.reject(new Problem({ status: 409, type: "/problems/already-journaled" }));
    expect(await fileLine({ journal: refused }, filing, on, "k")).toEqual({ is: "already", on });
  });

  it("can be tried again when the service was away", async () => {
    const state = await fileLine({ journal: () => Promise.reject(new Away()) }, filing, on, "k");
    expect(canFile({ ...filing, state })).toBe(true);
  });
});

it("a few are worked on at once, and all in the end", async () => {
  let working = 0;
  let most = 0;
  const done: number[] = [];
  await each([1, 2, 3, 4, 5, 6, 7, 8], async (item) => {
    working += 1;
    most = Math.max(most, working);
    await Promise.resolve();
    working -= 1;
    done.push(item);
  });
  expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(most).toBe(3);
});

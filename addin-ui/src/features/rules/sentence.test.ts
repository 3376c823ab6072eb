import { describe, expect, it } from "vitest";
import { NEW, ruleOf, sentenceOf } from "./sentence";

const rules = [
  { name: "Fakturaer", stop: true, when: { all: [{ subject: { word: ["faktura", "regning"] } }, { from: { domain: "firma.example" } }] }, then: { journal: { on: "case", case: "2026-00001", title: "Faktura" }, tag: "faktura" } },
  { name: "Klager", unauthenticated: "allowed", when: { any: [{ subject: { word: "klage" } }, { not: { is: "auto_reply" } }] }, then: { assign: { unit: "klageteam" }, deadline_working_days: 7 } },
  { name: "Sikre", when: { all: [{ suggested: 0.95 }, { thread_on_case: false }] }, then: { journal: { on: "suggestion", confidence: 0.95 }, follow_thread: true } },
  { name: "Flyt", when: { all: [{ from: { internal: true } }] }, then: { assign: { person: "birthe" }, mark: { move: "Færdig" }, forward: "arkiv@x.example", never_journal: "Reklame" } },
];

describe("a rule as a form", () => {
  it.each(rules)("comes back as it went: $name", (rule) => {
    const sentence = sentenceOf(rule);
    expect(sentence).not.toBeNull();
    expect(sentence && ruleOf(sentence)).toEqual(rule);
  });

  it("reads what a table says side by side as what must all be met", () => {
    const sentence = sentenceOf({ name: "x", when: { subject: { word: "a" }, has: "existing_case" }, then: { journal: { on: "case_number" } } });
    expect(sentence?.join).toBe("all");
    expect(sentence?.conditions.map((one) => one.field)).toEqual(["subject", "has"]);
  });

  it.each([
    { name: "x", valid_from: "2026-01-01", when: { has: "cpr" }, then: { tag: "x" } },
    { name: "x", when: { any: [{ all: [{ has: "cpr" }] }] }, then: { tag: "x" } },
    { name: "x", when: { subject: { word: "a", contains: "b" } }, then: { tag: "x" } },
    { name: "x", when: { has: "cpr" }, then: { journal: { on: "case", case: "1", attachments: "none" } } },
    { name: "x", when: { has: "cpr" }, then: { acknowledge: "kvittering" } },
    { name: "x", when: { not: { not: { has: "cpr" } } }, then: { tag: "x" } },
  ])("is left to the text where it says more than a form can", (rule) => {
    expect(sentenceOf(rule)).toBeNull();
  });

  it("begins with one condition and one action", () => {
    expect(ruleOf({ ...NEW, name: " Ny " })).toEqual({ name: "Ny", when: { all: [{ subject: { word: "" } }] }, then: { journal: { on: "case_number" } } });
  });
});

import { describe, expect, it } from "vitest";
import type { SuggestedFile, Suggestions } from "../../api/types";
import { faultsOf, fileLines, isFaulty, keyOf, wishOf } from "./draft";

const file = (index: number, name: string, proposed = true) => ({ index, name, proposed, renamed: false, document_type: null, document_date: "2026-05-03" }) as SuggestedFile;
const suggestions = { title: "Hegn", direction: "incoming", document_date: "2026-05-03", attachments: [file(0, "kort.pdf"), file(1, "logo.png", false), file(3, "foto.jpg")] } as unknown as Suggestions;
const MAIL = { mail_id: "m" };

describe("a wish", () => {
  it("holds nothing but mail and case when nothing was changed", () => {
    expect(wishOf({}, suggestions, MAIL, "c")).toEqual({ mail_id: "m", case_id: "c" });
  });

  it("leaves out what was changed and changed back", () => {
    expect(wishOf({ title: "Hegn", direction: "incoming", files: { 0: { name: "kort.pdf", taken: true } } }, suggestions, MAIL, "c")).toEqual({ mail_id: "m", case_id: "c" });
  });

  it("names all that are taken as soon as one differs, by the mail's own places", () => {
    const wish = wishOf({ files: { 3: { name: "Facade.jpg" } } }, suggestions, MAIL, "c");
    expect(wish.attachments).toEqual([{ index: 0 }, { index: 3, name: "Facade.jpg" }]);
  });

  it("can leave every attachment out", () => {
    expect(wishOf({ files: { 0: { taken: false }, 3: { taken: false } } }, suggestions, MAIL, "c").attachments).toEqual([]);
  });
});

it("is for fewer than the case only when that was chosen", () => {
  expect(wishOf({ onlyMe: true }, suggestions, MAIL, "c").only_for).toEqual([]);
  expect(wishOf({ onlyMe: false }, suggestions, MAIL, "c")).not.toHaveProperty("only_for");
});

describe("a draft", () => {
  it("is at fault for names of what is taken only", () => {
    const draft = { files: { 0: { name: "a/b", taken: false } } };
    expect(isFaulty(faultsOf(draft, suggestions))).toBe(false);
    expect(isFaulty(faultsOf({ files: { 0: { name: "a/b" } } }, suggestions))).toBe(true);
  });

  it("sees two names of the same only among what is taken", () => {
    const same = { 0: { name: "x.jpg" }, 3: { name: "X.jpg" } };
    expect(fileLines({ files: same }, suggestions.attachments).map((line) => line.fault?.is ?? null)).toEqual(["twice", null, "twice"]);
    expect(isFaulty(faultsOf({ files: { ...same, 3: { name: "X.jpg", taken: false } } }, suggestions))).toBe(false);
  });

  it("is at fault when nothing would be filed", () => {
    expect(faultsOf({ includeMail: false, files: { 0: { taken: false }, 3: { taken: false } } }, suggestions).nothing).toBe(true);
  });
});

describe("the key of an act", () => {
  const keys = ["one", "two"];
  const next = () => keys.shift() ?? "more";

  it("is the same for the same wish until it is known to have worked, and new for another", () => {
    const wish = wishOf({}, suggestions, MAIL, "c");
    const first = keyOf({}, wish, next);
    expect(keyOf({ act: first }, wish, next)).toBe(first);
    expect(keyOf({ act: first }, wishOf({}, suggestions, MAIL, "d"), next).key).toBe("two");
  });
});

import { describe, expect, it } from "vitest";
import { isHalfCaseNumber, MAX_NAME_CHARS, nameFault, nameFaults, repaired, titleFault } from "./names";

describe("a file name", () => {
  it.each(["brev.pdf", "Ansøgning om carport (2).docx", "Bilag 1", "æøå ÆØÅ.txt", "Console.pdf", "COM10.pdf"])("may be %s", (name) => {
    expect(nameFault(name)).toBeNull();
  });

  it.each([
    ["", "empty"],
    ["   ", "empty"],
    ["Svar 24/1234.pdf", "forbidden"],
    ['"brev".pdf', "forbidden"],
    ["hvad?.pdf", "forbidden"],
    ["faktura\u202efdp.exe", "forbidden"],
    ["con.txt", "reserved"],
    ["LPT³", "reserved"],
    [".htaccess", "edge"],
    ["brev.pdf.", "edge"],
    ["brev ", "edge"],
    [`${"x".repeat(MAX_NAME_CHARS)}.pdf`, "long"],
  ])("cannot be %j: %s", (name, is) => {
    expect(nameFault(name)?.is).toBe(is);
  });

  it("is judged the same each time", () => {
    expect([1, 2, 3].map(() => nameFault("a\u200bb.pdf")?.is)).toEqual(["forbidden", "forbidden", "forbidden"]);
  });

  it("tells each forbidden character once", () => {
    expect(nameFault("a/b/c:d")).toEqual({ is: "forbidden", characters: ["/", ":"] });
  });

  it("is counted in letters, not in bytes", () => {
    expect(nameFault("å".repeat(MAX_NAME_CHARS))).toBeNull();
    expect(nameFault("😀".repeat(MAX_NAME_CHARS))).toBeNull();
  });
});

describe("two names", () => {
  it("are the same to Windows whatever their case, and both are at fault", () => {
    expect(nameFaults(["Brev.pdf", "andet.pdf", "brev.PDF"]).map((fault) => fault?.is ?? null)).toEqual(["twice", null, "twice"]);
  });
});

describe("a repaired name", () => {
  it.each([
    ["Svar 24/1234.pdf", "Svar 24-1234.pdf"],
    ["hvad?.pdf", "hvad_.pdf"],
    ["con.txt", "_con.txt"],
    [".htaccess", "dokument.htaccess"],
    ["", "dokument"],
    ["brev. . .", "brev"],
  ])("of %j is %j", (name, expected) => {
    expect(repaired(name)).toBe(expected);
  });

  it("keeps its extension when it is cut", () => {
    const name = repaired(`${"å".repeat(300)}.pdf`);
    expect([...name]).toHaveLength(MAX_NAME_CHARS);
    expect(name.endsWith("å.pdf")).toBe(true);
  });

  it("gets a number where another has the name", () => {
    expect(repaired("brev.pdf", ["Brev.pdf", "brev (2).pdf"])).toBe("brev (3).pdf");
  });

  it.each(["a/b", "con", " .x. ", "x".repeat(500), "?*<>|", "\u202e", "nul.tar.gz", "a\tb.pdf", `${"y".repeat(119)}..pdf`])("abides by the rules, of %j", (name) => {
    expect(nameFault(repaired(name))).toBeNull();
  });
});

describe("a title", () => {
  it("may not be empty, and not be longer than the service takes", () => {
    expect(titleFault(" \t")?.is).toBe("empty");
    expect(titleFault("æ".repeat(300))).toBeNull();
    expect(titleFault("æ".repeat(301))).toEqual({ is: "long", count: 301 });
  });
});

describe("a case number", () => {
  it.each(["2024-", "14/", "27.00.", "S2019-", "GEO-2022-", "01.02.05-P16-"])("that is typed half is known: %s", (words) => {
    expect(isHalfCaseNumber(words)).toBe(true);
  });

  it.each(["2024-00123", "14/10822", "lokalplan", "havn", "2024", ""])("is not seen in %j", (words) => {
    expect(isHalfCaseNumber(words)).toBe(false);
  });
});

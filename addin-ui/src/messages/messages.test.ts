import { describe, expect, it } from "vitest";
import { da } from "./da";
import { en } from "./en";
import { filled, textsFor, type TextKey } from "./messages";

const keys = Object.keys(da) as TextKey[];
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("the catalogues", () => {
  it("have the same keys", () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
  });

  it.each(keys)("say %s in both languages with the same values", (key) => {
    expect(da[key].trim()).not.toBe("");
    expect(en[key].trim()).not.toBe("");
    expect(places(en[key])).toEqual(places(da[key]));
  });
});

describe("texts", () => {
  it("are Danish wherever Office is not English", () => {
    expect(["da-DK", "en-US", "en-GB", "sv-SE", ""].map((language) => textsFor(language).language)).toEqual(["da", "en", "en", "da", "da"]);
  });

  it("have a form for a single one", () => {
    const t = textsFor("da");
    expect(t.count("several", 1)).toBe("1 mail valgt");
    expect(t.count("several", 3)).toBe("3 mails valgt");
  });

  it("take a value for what it is, not for a place", () => {
    expect(filled("{a} {b}", { a: "{b}", b: "x" })).toBe("{b} x");
  });

  it("tell how long ago something was", () => {
    const t = textsFor("da");
    const now = new Date("2026-05-03T12:00:00Z");
    expect(t.ago("2026-05-03T11:59:30Z", now)).toBe("lige nu");
    expect(t.ago("2026-05-03T11:50:00Z", now)).toBe("for 10 minutter siden");
    expect(t.ago("2026-05-01T11:00:00Z", now)).toBe("i forgårs");
    expect(t.ago("2026-04-28T11:00:00Z", now)).toBe("for 5 dage siden");
  });
});

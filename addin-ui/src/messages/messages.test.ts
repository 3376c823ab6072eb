import { describe, expect, it } from "vitest";
import { da } from "./da";
import { en } from "./en";
import { filled, textsFor } from "./messages";
import { webDa } from "./web.da";
import { webEn } from "./web.en";

const CATALOGUES = { pane: { da, en }, web: { da: webDa, en: webEn } } as Record<string, Record<"da" | "en", Record<string, string>>>;
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe.each(Object.entries(CATALOGUES))("the catalogues of the %s", (_, { da, en }) => {
  const keys = Object.keys(da);

  it("have the same keys", () => {
    expect(Object.keys(en).sort()).toEqual([...keys].sort());
  });

  it.each(keys)("say %s in both languages with the same values", (key) => {
    const [danish, english] = [da[key] ?? "", en[key] ?? ""];
    expect(danish.trim()).not.toBe("");
    expect(english.trim()).not.toBe("");
    expect(places(english)).toEqual(places(danish));
  });
});

it("no text of the web app hides one of the pane", () => {
  expect(Object.keys(webDa).filter((key) => key in da)).toEqual([]);
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

import { describe, expect, it } from "vitest";
import { filtersOf, fragmentOf, isFiltered, NO_FILTERS, queryOf } from "./filters";
import { areKeysOn, commandOf, switchKeys, TOLD } from "./keys";
import { laterThan, morningOf } from "./times";
import { rowsInSight, scrollTo } from "./window";

describe("filters", () => {
  const id = "0190a000-0000-7000-8000-000000000001";

  it("come back from the address as they went", () => {
    const filters = { mailbox: id, assigned: "unit:teknik", overdue: true, snoozed: true, oldestFirst: true, sender: "Åse & co", words: "hegn #2" };
    expect(filtersOf(`#/queue${fragmentOf(filters)}`)).toEqual(filters);
    expect(fragmentOf(NO_FILTERS)).toBe("");
    expect(filtersOf("#/queue")).toEqual(NO_FILTERS);
  });

  it("of an address that nobody wrote are none", () => {
    expect(filtersOf("#/queue?mailbox=../x&assigned=role:auditor&overdue=yes&order=%00")).toEqual(NO_FILTERS);
  });

  it.each(["310299-9999", "3102999999", "borger 310299 9999"])("never write %s into the address", (words) => {
    expect(fragmentOf({ ...NO_FILTERS, words, sender: words })).toBe("");
    expect(queryOf({ ...NO_FILTERS, words })).toEqual({ q: words });
  });

  it("are told from an order", () => {
    expect(isFiltered({ ...NO_FILTERS, oldestFirst: true })).toBe(false);
    expect(isFiltered({ ...NO_FILTERS, assigned: "mine" })).toBe(true);
  });
});

describe("keys", () => {
  const press = (key: string, over = {}) => commandOf({ key, ctrlKey: false, metaKey: false, altKey: false, repeat: false, defaultPrevented: false, ...over });

  it("are all told of", () => {
    for (const [key, command] of TOLD) if (key.length === 1) expect(press(key)).toBe(command);
  });

  it("do nothing with others, and nothing twice while they are held", () => {
    expect(press("1", { ctrlKey: true })).toBeNull();
    expect(press("n", { metaKey: true })).toBeNull();
    expect(press("1", { repeat: true })).toBeNull();
    expect(press("j", { repeat: true })).toBe("next");
    expect(press("q")).toBeNull();
  });

  it("stay off once they are switched off", () => {
    const kept = new Map<string, string>();
    const storage = { getItem: (name: string) => kept.get(name) ?? null, setItem: (name: string, value: string) => kept.set(name, value) } as unknown as Storage;
    expect(areKeysOn(storage)).toBe(true);
    switchKeys(false, storage);
    expect(areKeysOn(storage)).toBe(false);
  });
});

describe("when a mail comes back", () => {
  it.each(["2026-05-03T12:00", "2026-05-04T07:00", "2026-05-08T23:30", "2026-12-31T12:00"])("is later than %s, in order, each moment once", (text) => {
    const now = new Date(text);
    const moments = laterThan(now).map(({ until }) => until.getTime());
    expect(moments.every((moment) => moment > now.getTime())).toBe(true);
    expect(new Set(moments).size).toBe(moments.length);
  });

  it("is the morning of a day that has not begun", () => {
    const now = new Date("2026-05-03T12:00");
    expect(morningOf("2026-05-04", now)?.getHours()).toBe(8);
    expect(morningOf("2026-05-03", now)).toBeNull();
    expect(morningOf("", now)).toBeNull();
  });
});

describe("the rows that are drawn", () => {
  it("are those in sight and some around, however many there are", () => {
    expect(rowsInSight(100_000, 100, 50_000, 800, -1).length).toBeLessThan(30);
    expect(rowsInSight(3, 100, 0, 800, -1)).toEqual([0, 1, 2]);
    expect(rowsInSight(0, 100, 0, 800, -1)).toEqual([]);
  });

  it("hold the one that has the focus, wherever that is", () => {
    expect(rowsInSight(1000, 100, 0, 800, 900).at(-1)).toBe(900);
    expect(rowsInSight(1000, 100, 90_000, 800, 3)[0]).toBe(3);
    expect(rowsInSight(10, 100, 0, 800, 12)).not.toContain(12);
  });

  it("move only as far as a row needs to be whole in sight", () => {
    expect(scrollTo(2, 100, 0, 800)).toBe(0);
    expect(scrollTo(8, 100, 0, 800)).toBe(100);
    expect(scrollTo(1, 100, 500, 800)).toBe(100);
  });
});

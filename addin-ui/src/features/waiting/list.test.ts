import { describe, expect, it } from "vitest";
import type { QueueItem, QueuePage } from "../../api/types";
import { caseOf } from "../../testing/app";
import { changed, EMPTY, meant, moved, nextWaiting, settled, type Change, type List } from "./list";

const item = (id: string, over: Partial<QueueItem> = {}) => ({ id, subject: id, suggestions: [caseOf(1)], received_at: "2026-05-03T10:00:00Z", snoozed: null, sure: true, ...over }) as unknown as QueueItem;
const page = (ids: string[], cursor: string | null = null): QueuePage => ({ items: ids.map((id) => item(id)), next_cursor: cursor, built_percent: 100 });
const after = (...changes: Change[]) => changes.reduce(changed, EMPTY);
const states = (list: List) => list.order.map((id) => list.rows.get(id)?.state.is);
const on = { id: "c1", number: "2024-00001", title: "Sag" };
const filed: Change = { type: "state", ids: ["b"], state: { is: "filed", entry: "e", on, by: null } };
const three: Change = { type: "page", page: page(["a", "b", "c"]) };

describe("the list", () => {
  it("grows at its end, each mail once", () => {
    const list = after({ type: "page", page: page(["a", "b"], "next") }, { type: "page", page: page(["b", "c"]) });
    expect(list.order).toEqual(["a", "b", "c"]);
    expect(list.cursor).toBeNull();
  });

  it("keeps what is new apart until it is asked for", () => {
    const list = after(three, { type: "came", items: [item("d"), item("a")] }, { type: "came", items: [item("d"), item("e")] });
    expect(list.order).toEqual(["a", "b", "c"]);
    expect(list.fresh.map((one) => one.id)).toEqual(["d", "e"]);
    expect(changed(list, { type: "showFresh", atEnd: false }).order).toEqual(["e", "d", "a", "b", "c"]);
    expect(changed(list, { type: "showFresh", atEnd: true }).order).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("leaves what is settled where it is until it is tidied", () => {
    const list = after(three, { type: "current", id: "b" }, filed);
    expect(list.order).toEqual(["a", "b", "c"]);
    expect(settled(list)).toBe(1);
    const tidied = changed(list, { type: "tidied" });
    expect(tidied.order).toEqual(["a", "c"]);
    expect(tidied.current).toBeNull();
  });

  it("goes on with the mail after, and at the end with the one before", () => {
    const list = after(three, filed);
    expect(nextWaiting(list, "a")).toBe("c");
    expect(nextWaiting(list, "c")).toBe("a");
    expect(nextWaiting(after({ type: "page", page: page(["a"]) }), "a")).toBeNull();
  });

  it("is gone through up and down, and no further than its ends", () => {
    const list = after(three);
    expect(moved(list, 1)).toBe("a");
    expect(moved(changed(list, { type: "current", id: "a" }), 1)).toBe("b");
    expect(moved(changed(list, { type: "current", id: "c" }), 1)).toBe("c");
    expect(moved(changed(list, { type: "current", id: "a" }), -1)).toBe("a");
    expect(moved(EMPTY, 1)).toBeNull();
  });
});

describe("an act is meant for", () => {
  it("those that are selected, or else the one that is looked at", () => {
    const list = after(three, { type: "current", id: "a" });
    expect(meant(list)).toEqual(["a"]);
    expect(meant(changed(list, { type: "select", ids: ["c", "b"], selected: true }))).toEqual(["b", "c"]);
  });

  it("nothing that is settled, or at work", () => {
    const list = after(three, { type: "select", ids: ["a", "b"], selected: true }, filed, { type: "state", ids: ["a"], state: { is: "working", on: null } });
    expect(meant(list)).toEqual([]);
    expect([...list.selected]).toEqual(["a"]);
    expect([...changed(list, { type: "select", ids: ["b"], selected: true }).selected]).toEqual(["a"]);
  });
});

describe("what is heard of others", () => {
  const other = { suggestions: [caseOf(2)], sure: false };

  it("changes the suggestions of a mail, but not of the one that is looked at or selected", () => {
    const list = after(three, { type: "current", id: "a" }, { type: "select", ids: ["b"], selected: true });
    const told = changed(list, { type: "told", items: ["a", "b", "c"].map((id) => item(id, other)), missing: [] });
    expect(["a", "b", "c"].map((id) => told.rows.get(id)?.item.suggestions[0]?.number)).toEqual(["2024-00001", "2024-00001", "2024-00002"]);
  });

  it("tells where it stands what left the queue, and brings back what was undone", () => {
    const list = after(three, filed);
    expect(states(changed(list, { type: "told", items: [], missing: ["a", "b"] }))).toEqual(["gone", "filed", "waiting"]);
    expect(states(changed(list, { type: "told", items: [item("b")], missing: [] }))).toEqual(["waiting", "waiting", "waiting"]);
  });

  it("leaves alone what is at work here", () => {
    const list = after(three, { type: "state", ids: ["a"], state: { is: "working", on: "c1" } });
    expect(states(changed(list, { type: "told", items: [], missing: ["a"] }))[0]).toBe("working");
  });

  it("knows what was put off, and among those what was not", () => {
    const asleep = item("a", { snoozed: { until: "2026-05-04T08:00:00Z", by: "carl" } });
    expect(states(changed(after(three), { type: "told", items: [asleep], missing: [] }))[0]).toBe("snoozed");
    const among = after({ type: "emptied", showsSnoozed: true }, three);
    expect(states(changed(among, { type: "told", items: [asleep, item("b")], missing: [] }))).toEqual(["waiting", "gone", "waiting"]);
  });
});

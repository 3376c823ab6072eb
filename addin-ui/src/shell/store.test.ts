import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Shelf } from "./store";

beforeEach(() => {
  localStorage.clear();
  vi.useFakeTimers({ now: 1_000_000 });
});
afterEach(() => vi.useRealTimers());

describe("a shelf", () => {
  it("keeps one person's things from another's", () => {
    new Shelf<string>(localStorage, "a@x", "draft", 5).put("m", "typed");
    expect(new Shelf<string>(localStorage, "b@x", "draft", 5).get("m")).toBeNull();
    expect(new Shelf<string>(localStorage, "a@x", "draft", 5).get("m")).toBe("typed");
  });

  it("lets the oldest go when it is full, never the newest", () => {
    const shelf = new Shelf<number>(localStorage, "a@x", "draft", 2);
    for (const key of [1, 2, 3]) {
      shelf.put(String(key), key);
      vi.advanceTimersByTime(1);
    }
    expect(shelf.all().map(([, value]) => value)).toEqual([2, 3]);
  });

  it("forgets what is too old", () => {
    const shelf = new Shelf<string>(localStorage, "a@x", "seen", 5, 100);
    shelf.put("m", "x");
    vi.advanceTimersByTime(101);
    expect(shelf.get("m")).toBeNull();
  });

  it("bears with what it did not write, and with storage that is forbidden", () => {
    localStorage.setItem("sagspost/a@x/draft/m", "{nonsense");
    expect(new Shelf<string>(localStorage, "a@x", "draft", 5).get("m")).toBeNull();
    const forbidden = new Proxy({} as Storage, {
      get() {
        throw new DOMException("no", "SecurityError");
      },
    });
    const shelf = new Shelf<string>(forbidden, "a@x", "draft", 5);
    shelf.put("m", "x");
    expect(shelf.get("m")).toBeNull();
  });
});

/**
 * The list of mails that wait, as it is shown: pure. Nothing in it moves by itself, for somebody may be about to press on it:
 * what is settled stays where it was until the list is made anew, what is new waits above it until it is asked for, and the
 * suggestions of the mail that is looked at stay as they are.
 */

import type { CaseLabel, QueueItem, QueuePage } from "../../api/types";

export type RowState =
  | { is: "waiting"; error?: unknown }
  | { is: "working"; on: string | null }
  | { is: "filed"; entry: string; on: CaseLabel; by: string | null }
  | { is: "aside" }
  | { is: "snoozed" }
  /** Settled by others, or not ours to see any more. */
  | { is: "gone" };

export interface Row {
  item: QueueItem;
  state: RowState;
}

export interface List {
  /** Ids, as they are shown. */
  order: readonly string[];
  rows: ReadonlyMap<string, Row>;
  /** Came since, and fit. */
  fresh: readonly QueueItem[];
  /** Where the next page begins; null when all are here. */
  cursor: string | null;
  /** Until the first page is here. */
  isLoading: boolean;
  builtPercent: number;
  /** The list is of mails that were put off. */
  showsSnoozed: boolean;
  selected: ReadonlySet<string>;
  /** The mail that is looked at. */
  current: string | null;
}

export type Change =
  | { type: "emptied"; showsSnoozed: boolean }
  | { type: "page"; page: QueuePage }
  | { type: "came"; items: readonly QueueItem[] }
  | { type: "showFresh"; atEnd: boolean }
  | { type: "told"; items: readonly QueueItem[]; missing: readonly string[] }
  | { type: "state"; ids: readonly string[]; state: RowState }
  | { type: "current"; id: string | null }
  | { type: "select"; ids: readonly string[]; selected: boolean }
  | { type: "tidied" };

export const EMPTY: List = { order: [], rows: new Map(), fresh: [], cursor: null, isLoading: true, builtPercent: 100, showsSnoozed: false, selected: new Set(), current: null };

export function changed(list: List, change: Change): List {
  switch (change.type) {
    case "emptied":
      return { ...EMPTY, current: list.current, showsSnoozed: change.showsSnoozed };
    case "page": {
      const added = change.page.items.filter((item) => !list.rows.has(item.id));
      return { ...list, ...withRows(list, added, true), cursor: change.page.next_cursor ?? null, isLoading: false, builtPercent: change.page.built_percent };
    }
    case "came": {
      const known = new Set([...list.rows.keys(), ...list.fresh.map((item) => item.id)]);
      const fresh = [...list.fresh, ...change.items.filter((item) => !known.has(item.id))];
      return fresh.length === list.fresh.length ? list : { ...list, fresh };
    }
    case "showFresh":
      return { ...list, ...withRows(list, list.fresh, change.atEnd), fresh: [] };
    case "told":
      return told(list, change.items, change.missing);
    case "state":
      return { ...list, rows: put(list, change.ids, (row) => ({ ...row, state: change.state })), selected: change.state.is === "waiting" || change.state.is === "working" ? list.selected : without(list.selected, change.ids) };
    case "current":
      return list.current === change.id ? list : { ...list, current: change.id };
    case "select":
      return { ...list, selected: change.selected ? new Set([...list.selected, ...change.ids.filter((id) => canAct(list.rows.get(id)))]) : without(list.selected, change.ids) };
    case "tidied": {
      const order = list.order.filter((id) => canAct(list.rows.get(id)));
      return { ...list, order, rows: new Map([...list.rows].filter(([, row]) => canAct(row))), current: order.includes(list.current ?? "") ? list.current : null };
    }
  }
}

/** What can be filed, given away, put off. */
export const canAct = (row: Row | undefined) => row?.state.is === "waiting" || row?.state.is === "working";

/** The waiting mail to look at next: the one after, or else the one before. */
export function nextWaiting(list: List, id: string): string | null {
  const at = list.order.indexOf(id);
  const waits = (other: string) => other !== id && list.rows.get(other)?.state.is === "waiting" && !list.selected.has(other);
  return list.order.slice(at + 1).find(waits) ?? list.order.slice(0, Math.max(at, 0)).reverse().find(waits) ?? null;
}

/** The mail so many places from the one that is looked at; the first when none is. */
export function moved(list: List, by: number): string | null {
  const at = list.current === null ? -1 : list.order.indexOf(list.current);
  if (at < 0) return list.order[0] ?? null;
  return list.order[Math.min(list.order.length - 1, Math.max(0, at + by))] ?? null;
}

/** Whom an act is for: those that are selected, or the one that is looked at. */
export function meant(list: List): string[] {
  const ids = list.selected.size > 0 ? list.order.filter((id) => list.selected.has(id)) : list.current ? [list.current] : [];
  return ids.filter((id) => list.rows.get(id)?.state.is === "waiting");
}

export const settled = (list: List) => list.order.filter((id) => !canAct(list.rows.get(id))).length;

function told(list: List, items: readonly QueueItem[], missing: readonly string[]): List {
  const known = new Map(items.map((item) => [item.id, item]));
  const rows = put(list, [...known.keys(), ...missing], (row) => {
    const item = known.get(row.item.id);
    // What we did ourselves, and what is at work, we know better.
    if (row.state.is === "working") return row;
    if (!item) return row.state.is === "waiting" ? { ...row, state: { is: "gone" } } : row;
    const isHeld = row.item.id === list.current || list.selected.has(row.item.id);
    const suggestions = isHeld && row.item.suggestions.length > 0 ? { suggestions: row.item.suggestions, sure: row.item.sure } : {};
    const isElsewhere = Boolean(item.snoozed) !== list.showsSnoozed;
    const state: RowState = isElsewhere ? { is: list.showsSnoozed ? "gone" : "snoozed" } : row.state.is === "waiting" ? row.state : { is: "waiting" };
    return { item: { ...item, ...suggestions }, state };
  });
  const gone = [...known.keys(), ...missing].filter((id) => !canAct(rows.get(id)));
  return { ...list, rows, selected: without(list.selected, gone), fresh: list.fresh.filter((item) => !missing.includes(item.id)) };
}

function withRows(list: List, items: readonly QueueItem[], atEnd: boolean): Pick<List, "order" | "rows"> {
  const rows = new Map(list.rows);
  for (const item of items) rows.set(item.id, { item, state: { is: "waiting" } });
  const ids = items.map((item) => item.id);
  return { rows, order: atEnd ? [...list.order, ...ids] : [...ids.reverse(), ...list.order] };
}

function put(list: List, ids: readonly string[], change: (row: Row) => Row): ReadonlyMap<string, Row> {
  const rows = new Map(list.rows);
  for (const id of ids) {
    const row = rows.get(id);
    if (row) rows.set(id, change(row));
  }
  return rows;
}

function without(set: ReadonlySet<string>, ids: readonly string[]): ReadonlySet<string> {
  const left = new Set(set);
  for (const id of ids) left.delete(id);
  return left;
}

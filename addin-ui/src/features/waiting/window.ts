/** Which rows of a long list are drawn: those in sight, some around them, and the one that has the focus. */

/** Drawn above and below what is in sight. */
const AROUND = 6;

export function rowsInSight(count: number, rowHeight: number, scrollTop: number, height: number, also: number): number[] {
  const first = Math.max(0, Math.floor(scrollTop / rowHeight) - AROUND);
  const last = Math.min(count - 1, Math.ceil((scrollTop + height) / rowHeight) + AROUND);
  const rows = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  if (also >= 0 && also < count && also < first) rows.unshift(also);
  if (also >= 0 && also < count && also > last) rows.push(also);
  return rows;
}

/** How far to scroll so that a row is whole in sight; what is in sight already stays where it is. */
export function scrollTo(at: number, rowHeight: number, scrollTop: number, height: number): number {
  const top = at * rowHeight;
  if (top < scrollTop) return top;
  if (top + rowHeight > scrollTop + height) return Math.max(0, top + rowHeight - height);
  return scrollTop;
}

/** The list: only the rows in sight are drawn, so that thousands are as light as ten. Every row is as high as the others. */

import { makeStyles } from "@fluentui/react-components";
import { useCallback, useEffect, useImperativeHandle, useLayoutEffect, useRef, useState, type Ref } from "react";
import type { WebTexts } from "../../web/web";
import type { List } from "./list";
import { MailRow, ROW_REM, type RowActs } from "./MailRow";
import { rowsInSight, scrollTo } from "./window";

/** Rows before the end at which the next page is fetched. */
const AHEAD = 40;

const useStyles = makeStyles({
  scroller: { flexGrow: 1, minHeight: 0, overflowY: "auto", overflowX: "hidden", position: "relative", overscrollBehavior: "contain", outlineStyle: "none" },
  list: { listStyleType: "none", margin: 0, padding: 0, position: "relative" },
});

export interface ListHandle {
  /** Brings a mail into sight, and the keyboard to it. */
  focus: (id: string) => void;
}

interface Props {
  list: List;
  t: WebTexts;
  acts: RowActs;
  onSight: (ids: readonly string[]) => void;
  onEnd: () => void;
  ref: Ref<ListHandle>;
}

export function MailList({ list, t, acts, onSight, onEnd, ref }: Props) {
  const styles = useStyles();
  const scroller = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState({ top: 0, height: 800, row: ROW_REM * 16 });
  const wanted = useRef<string | null>(null);
  const { order } = list;
  const currentAt = list.current === null ? -1 : order.indexOf(list.current);
  const rows = rowsInSight(order.length, place.row, place.top, place.height, currentAt);

  const measure = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const row = ROW_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);
    setPlace((before) => (before.top === element.scrollTop && before.height === element.clientHeight && before.row === row ? before : { top: element.scrollTop, height: element.clientHeight, row }));
  }, []);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [measure]);

  // What is put above must not push down what is looked at.
  const first = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const before = first.current;
    first.current = order[0];
    const element = scroller.current;
    const at = before === undefined ? -1 : order.indexOf(before);
    if (element && at > 0 && element.scrollTop > 0) element.scrollTop += at * place.row;
    measure();
  }, [order, place.row, measure]);

  const focusWanted = useCallback(() => {
    if (wanted.current === null) return;
    const button = scroller.current?.querySelector<HTMLElement>(`[data-row="${wanted.current}"] > button`);
    if (!button) return;
    wanted.current = null;
    button.focus({ preventScroll: true });
  }, []);
  useLayoutEffect(focusWanted);
  useImperativeHandle(ref, () => ({
    focus: (id) => {
      const element = scroller.current;
      const at = order.indexOf(id);
      if (!element || at < 0) return;
      element.scrollTop = scrollTo(at, place.row, element.scrollTop, element.clientHeight);
      wanted.current = id;
      measure();
      focusWanted();
    },
  }));

  const sight = rows.map((at) => order[at] ?? "").join(",");
  useEffect(() => onSight(sight ? sight.split(",") : []), [sight, onSight]);
  const isNearEnd = (rows.filter((at) => at !== currentAt).at(-1) ?? 0) >= order.length - AHEAD;
  useEffect(() => {
    if (isNearEnd && list.cursor) onEnd();
  }, [isNearEnd, list.cursor, order.length, onEnd]);

  const door = currentAt >= 0 ? currentAt : 0;
  return (
    <div ref={scroller} className={styles.scroller} onScroll={measure} tabIndex={-1}>
      <ol className={styles.list} style={{ height: order.length * place.row }} aria-label={t("webMails")}>
        {rows.map((at) => {
          const id = order[at] ?? "";
          const row = list.rows.get(id);
          return row && <MailRow key={id} row={row} at={at} count={list.cursor ? -1 : order.length} top={at * place.row} isCurrent={at === currentAt} isSelected={list.selected.has(id)} isDoor={at === door} t={t} acts={acts} />;
        })}
      </ol>
    </div>
  );
}

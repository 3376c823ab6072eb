/** One mail in the list: who, what, the case it seems to belong on and why, when it is due, and whose it is. */

import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { memo } from "react";
import type { QueueItem } from "../../api/types";
import { inWords, named } from "../../shell/app";
import { PLAIN_BUTTON } from "../../shell/parts";
import type { WebTexts } from "../../web/web";
import { confidenceKey } from "../journal/Cards";
import type { Row } from "./list";

/** Of every row; in rem, so that it grows with the reader's letters. */
export const ROW_REM = 7.125;

const useStyles = makeStyles({
  row: { position: "absolute", left: 0, right: 0, height: `${ROW_REM}rem`, boxSizing: "border-box", display: "flex", borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground1 },
  current: { backgroundColor: tokens.colorNeutralBackground1Selected, boxShadow: `inset 4px 0 0 ${tokens.colorBrandStroke1}`, "@media (forced-colors: active)": { borderLeft: "4px solid Highlight" } },
  selected: { backgroundColor: tokens.colorBrandBackground2 },
  settled: { backgroundColor: tokens.colorNeutralBackground3 },
  check: { flexShrink: 0, width: "38px", display: "grid", placeItems: "center", cursor: "pointer" },
  box: { width: "18px", height: "18px", margin: 0, accentColor: tokens.colorBrandForeground1, ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "2px" } },
  open: {
    ...PLAIN_BUTTON,
    flexGrow: 1,
    minWidth: 0,
    boxSizing: "border-box",
    padding: "7px 12px 6px 6px",
    cursor: "pointer",
    display: "flex",
    flexDirection: "column",
    overflow: "hidden",
    lineHeight: "1.4",
    fontSize: "0.8125rem",
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  top: { display: "flex", columnGap: "8px", color: tokens.colorNeutralForeground2 },
  sender: { minWidth: 0, flexGrow: 1 },
  when: { flexShrink: 0 },
  subject: { fontSize: "0.9375rem", fontWeight: tokens.fontWeightSemibold, color: tokens.colorNeutralForeground1 },
  number: { fontWeight: tokens.fontWeightSemibold },
  case: { display: "flex", columnGap: "6px" },
  soft: { color: tokens.colorNeutralForeground2 },
  one: { display: "block", whiteSpace: "nowrap", overflow: "hidden", textOverflow: "ellipsis", minWidth: 0 },
  grow: { flexGrow: 1 },
  fixed: { flexShrink: 0 },
  marks: { display: "flex", columnGap: "10px", whiteSpace: "nowrap", overflow: "hidden", color: tokens.colorNeutralForeground2, marginTop: "auto" },
  late: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold, flexShrink: 0 },
  due: { flexShrink: 0 },
  undo: { flexShrink: 0, alignSelf: "center", ...PLAIN_BUTTON, padding: "10px 12px", cursor: "pointer", color: tokens.colorBrandForegroundLink, textDecorationLine: "underline", ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" } },
  fault: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
  narrow: { "@media (max-width: 26rem)": { display: "none" } },
});

export interface RowActs {
  open: (id: string, byKey: boolean) => void;
  select: (id: string, range: boolean) => void;
  undo: (id: string) => void;
}

interface Props {
  row: Row;
  at: number;
  count: number;
  top: number;
  isCurrent: boolean;
  isSelected: boolean;
  /** Whether the keyboard comes here from outside the list. */
  isDoor: boolean;
  t: WebTexts;
  acts: RowActs;
}

export const MailRow = memo(function MailRow({ row, at, count, top, isCurrent, isSelected, isDoor, t, acts }: Props) {
  const styles = useStyles();
  const { item, state } = row;
  const isSettled = state.is !== "waiting" && state.is !== "working";
  const isBusy = state.is === "working";
  const subject = item.subject || t("noSubject");
  return (
    <li className={mergeClasses(styles.row, isSettled && styles.settled, isSelected && styles.selected, isCurrent && styles.current)} style={{ top }} aria-posinset={at + 1} aria-setsize={count} data-row={item.id} data-state={state.is}>
      <label className={styles.check}>
        <input className={styles.box} type="checkbox" tabIndex={isDoor ? 0 : -1} checked={isSelected} disabled={isSettled} aria-label={t("webSelect", { subject })} onChange={(event) => acts.select(item.id, (event.nativeEvent as MouseEvent).shiftKey)} />
      </label>
      <button type="button" className={styles.open} tabIndex={isDoor ? 0 : -1} aria-current={isCurrent} aria-busy={isBusy} onClick={(event) => acts.open(item.id, event.detail === 0)}>
        <span className={styles.top}>
          <span className={mergeClasses(styles.one, styles.sender)}>{senderOf(item, t)}</span>
          <span className={styles.when}>{shortTime(item.received_at, t)}</span>
        </span>
        <span className={mergeClasses(styles.one, styles.subject)}>{subject}</span>
        {isSettled || isBusy ? <span className={mergeClasses(styles.one, styles.soft)}>{stateWords(row, t)}</span> : <Suggested item={item} t={t} />}
        {state.is === "waiting" && state.error !== undefined ? <span className={mergeClasses(styles.one, styles.fault)}>{inWords(state.error, t).title}</span> : !isSettled && <span className={mergeClasses(styles.one, styles.soft)}>{reasonsOf(item)}</span>}
        {!isSettled && <Marks item={item} t={t} />}
      </button>
      {isSettled && state.is !== "gone" && (
        <button type="button" className={styles.undo} tabIndex={isDoor ? 0 : -1} aria-label={`${t("undo")}: ${subject}`} onClick={() => acts.undo(item.id)}>
          {t("undo")}
        </button>
      )}
    </li>
  );
});

function Suggested({ item, t }: { item: QueueItem; t: WebTexts }) {
  const styles = useStyles();
  const [best] = item.suggestions;
  if (!best) return <span className={mergeClasses(styles.one, styles.soft)}>{t("webNoSuggestion")}</span>;
  return (
    <span className={styles.case}>
      <span className={mergeClasses(styles.one, styles.grow)}>
        <span className={styles.number}>{best.number}</span> {best.title}
      </span>
      <span className={styles.fixed}>{t(confidenceKey(best.confidence))}</span>
    </span>
  );
}

function Marks({ item, t }: { item: QueueItem; t: WebTexts }) {
  const styles = useStyles();
  return (
    <span className={styles.marks}>
      {item.deadline && <span className={item.deadline.is_past ? styles.late : styles.due}>{deadlineWords(item.deadline, t)}</span>}
      {item.assignee && <span className={styles.one}>{t("webAssignedTo", { name: item.assignee.name })}</span>}
      {item.attachments > 0 && <span className={styles.one}>{t.count("webFiles", item.attachments)}</span>}
      <span className={mergeClasses(styles.one, styles.narrow)}>{item.mailboxes.map((mailbox) => mailbox.name).join(", ")}</span>
    </span>
  );
}

export const senderOf = (item: QueueItem, t: WebTexts) => item.from[0]?.name || item.from[0]?.address || t("webUnknownSender");

export function reasonsOf(item: QueueItem): string {
  const reasons = item.suggestions[0]?.evidence.map((reason) => reason.text) ?? [];
  return reasons.length > 0 ? reasons.join(" · ") : item.waits.text;
}

export function deadlineWords(deadline: NonNullable<QueueItem["deadline"]>, t: WebTexts): string {
  if (deadline.is_past) return t("statusOverdue", { date: t.date(deadline.date) });
  if (deadline.working_days_left === 0) return t("statusDueToday");
  return deadline.working_days_left === 1 ? t("statusDueDay") : t("statusDueDays", { count: deadline.working_days_left });
}

export function stateWords({ item, state }: Row, t: WebTexts): string {
  switch (state.is) {
    case "filed":
      return state.by ? t("webFiledBy", { case: named(state.on), name: state.by }) : `✓ ${t("done", { case: named(state.on) })}`;
    case "aside":
      return `✓ ${t("statusNoCase")}`;
    case "snoozed":
      return item.snoozed ? t("webSnoozedUntil", { when: moment(item.snoozed.until, t) }) : t("webGone");
    case "gone":
      return t("webGone");
    case "working":
      return state.on ? t("filing") : t("webWorking");
    case "waiting":
      return "";
  }
}

const locale = (t: WebTexts) => (t.language === "da" ? "da-DK" : "en-GB");

export const moment = (time: string, t: WebTexts) => new Date(time).toLocaleString(locale(t), { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

export const wholeTime = (time: string, t: WebTexts) => new Date(time).toLocaleString(locale(t), { dateStyle: "long", timeStyle: "short" });

function shortTime(time: string, t: WebTexts) {
  const at = new Date(time);
  const isToday = at.toDateString() === new Date().toDateString();
  return at.toLocaleString(locale(t), isToday ? { hour: "2-digit", minute: "2-digit" } : { day: "numeric", month: "short" });
}

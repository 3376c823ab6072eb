/** The suggestions. One press on a card files the mail; so do the keys 1 to 3, and the arrows go from one to the next. */

import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { ChevronDown16Regular, ChevronUp16Regular } from "@fluentui/react-icons";
import { useEffect, useRef, useState } from "react";
import type { CaseLabel, SuggestedCase } from "../../api/types";
import type { TextKey } from "../../messages/messages";
import { named, useCore } from "../../shell/app";
import { Bone, PLAIN_BUTTON, useParts } from "../../shell/parts";

export const CARD_COUNT = 3;
const CARD_HEIGHT = "100px";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: "8px", minHeight: `calc(3 * ${CARD_HEIGHT} + 16px)` },
  card: { position: "relative", display: "flex", minHeight: CARD_HEIGHT, boxSizing: "border-box" },
  compact: { minHeight: 0 },
  file: {
    ...PLAIN_BUTTON,
    boxSizing: "border-box",
    flexGrow: 1,
    minWidth: 0,
    display: "flex",
    flexDirection: "column",
    gap: "2px",
    padding: "8px 40px 8px 12px",
    cursor: "pointer",
    borderRadius: tokens.borderRadiusLarge,
    border: `1px solid ${tokens.colorNeutralStroke1}`,
    backgroundColor: tokens.colorNeutralBackground1,
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover, border: `1px solid ${tokens.colorBrandStroke1}` },
    ":active": { backgroundColor: tokens.colorNeutralBackground1Pressed },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "1px" },
    "@media (prefers-reduced-motion: no-preference)": { transition: "background-color 80ms" },
  },
  first: { border: `2px solid ${tokens.colorBrandStroke1}` },
  busy: { cursor: "progress", opacity: 0.7 },
  top: { display: "flex", flexWrap: "wrap", columnGap: "8px", alignItems: "baseline", fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200 },
  key: { flexShrink: 0, minWidth: "16px", textAlign: "center", fontWeight: tokens.fontWeightSemibold, color: tokens.colorNeutralForeground2, border: `1px solid ${tokens.colorNeutralStroke1}`, borderRadius: tokens.borderRadiusSmall },
  number: { fontWeight: tokens.fontWeightSemibold, color: tokens.colorBrandForeground1, whiteSpace: "nowrap", overflow: "hidden", textOverflow: "ellipsis" },
  confidence: { marginLeft: "auto", color: tokens.colorNeutralForeground2, whiteSpace: "nowrap" },
  title: { fontWeight: tokens.fontWeightSemibold, lineHeight: tokens.lineHeightBase300 },
  reason: { fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200, color: tokens.colorNeutralForeground2 },
  // The only way to cut after so many lines; no standard has another yet.
  /* eslint-disable @typescript-eslint/no-deprecated */
  two: { display: "-webkit-box", WebkitLineClamp: "2", WebkitBoxOrient: "vertical", overflow: "hidden", overflowWrap: "anywhere" },
  one: { display: "-webkit-box", WebkitLineClamp: "1", WebkitBoxOrient: "vertical", overflow: "hidden", overflowWrap: "anywhere" },
  /* eslint-enable @typescript-eslint/no-deprecated */
  why: {
    ...PLAIN_BUTTON,
    position: "absolute",
    right: "4px",
    bottom: "4px",
    width: "32px",
    height: "32px",
    display: "grid",
    placeItems: "center",
    cursor: "pointer",
    borderRadius: tokens.borderRadiusMedium,
    color: tokens.colorNeutralForeground2,
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
  reasons: { margin: "0", paddingLeft: "18px" },
});

interface Props {
  cases: readonly SuggestedCase[];
  /** Number of the case that is being filed on. */
  busyOn: string | null;
  /** While a field is wrong, or something is at work. */
  onFile: (on: CaseLabel) => void;
  /** What a press does, before the case, for who listens. */
  pressWords: string;
  /** Where the keys are somebody else's. */
  hasKeys?: boolean;
  /** No higher than they must be: what stands below may move. */
  isCompact?: boolean;
}

export function Cards({ cases, busyOn, onFile, pressWords, hasKeys = true, isCompact = false }: Props) {
  const styles = useStyles();
  const list = useRef<HTMLOListElement>(null);
  const shown = cases.slice(0, CARD_COUNT);

  useEffect(() => {
    if (!hasKeys) return;
    const pressed = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      const chosen = /^[1-3]$/.test(event.key) ? shown[Number(event.key) - 1] : undefined;
      if (chosen) onFile(label(chosen));
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") move(list.current, event);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  });

  return (
    <ol className={mergeClasses(styles.list, isCompact && styles.compact)} ref={list}>
      {shown.map((suggestion, at) => (
        <Card key={suggestion.case_id} suggestion={suggestion} at={at} busy={busyOn === suggestion.case_id} onFile={onFile} pressWords={pressWords} isCompact={isCompact} />
      ))}
    </ol>
  );
}

export function CardBones() {
  const styles = useStyles();
  return (
    <div className={styles.list}>
      {Array.from({ length: CARD_COUNT }, (_, at) => (
        <Bone key={at} height={CARD_HEIGHT} />
      ))}
    </div>
  );
}

function Card({ suggestion, at, busy, onFile, pressWords, isCompact }: { suggestion: SuggestedCase; at: number; busy: boolean; isCompact: boolean } & Pick<Props, "onFile" | "pressWords">) {
  const styles = useStyles();
  const parts = useParts();
  const { t } = useCore();
  const [isOpen, setOpen] = useState(false);
  const reasons = suggestion.evidence.map((reason) => reason.text);
  const confidence = t(confidenceKey(suggestion.confidence));
  const clamp = isOpen ? "" : styles.two;
  return (
    <li className={mergeClasses(styles.card, isCompact && styles.compact)}>
      <button type="button" className={mergeClasses(styles.file, at === 0 && styles.first, busy && styles.busy)} data-card={at + 1} aria-disabled={busy} aria-busy={busy} aria-keyshortcuts={String(at + 1)} onClick={() => onFile(label(suggestion))}>
        <span className={parts.hidden}>{pressWords}</span>
        <span className={styles.top}>
          <span className={styles.key} aria-hidden="true">
            {at + 1}
          </span>
          <span className={styles.number}>{suggestion.number}</span>
          <span className={styles.confidence}>{busy ? t("filing") : confidence}</span>
        </span>
        <span className={mergeClasses(styles.title, clamp)} title={suggestion.title}>
          {suggestion.title}
        </span>
        <span className={mergeClasses(styles.reason, !isOpen && styles.one)}>
          {isOpen
            ? reasons.map((reason) => (
                <span key={reason} style={{ display: "block" }}>
                  • {reason}
                </span>
              ))
            : reasons.slice(0, 2).join(" · ") || t("reasonsNone")}
        </span>
      </button>
      {reasons.length > 0 && (
        <button type="button" className={styles.why} aria-expanded={isOpen} aria-label={t("reasons", { case: named(suggestion) })} onClick={() => setOpen(!isOpen)}>
          {isOpen ? <ChevronUp16Regular /> : <ChevronDown16Regular />}
        </button>
      )}
    </li>
  );
}

export function confidenceKey(percent: number): TextKey {
  if (percent >= 90) return "confidence90";
  if (percent >= 75) return "confidence75";
  return percent >= 50 ? "confidence50" : "confidence0";
}

const label = (suggestion: SuggestedCase): CaseLabel => ({ id: suggestion.case_id, number: suggestion.number, title: suggestion.title });

export function isTyping(target: EventTarget | null) {
  return target instanceof HTMLElement && (/^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) ? (target as HTMLInputElement).type !== "checkbox" : target.isContentEditable);
}

/** From card to card; from anywhere else to the first. Lists of their own keep their arrows. */
function move(list: HTMLOListElement | null, event: KeyboardEvent) {
  const cards = [...(list?.querySelectorAll<HTMLElement>("[data-card]") ?? [])];
  const at = cards.indexOf(document.activeElement as HTMLElement);
  if (cards.length === 0 || (at < 0 && document.activeElement !== document.body)) return;
  const next = at < 0 ? 0 : Math.min(cards.length - 1, Math.max(0, at + (event.key === "ArrowDown" ? 1 : -1)));
  cards[next]?.focus();
  event.preventDefault();
}

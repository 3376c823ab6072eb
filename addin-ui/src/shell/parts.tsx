/** Small pieces that every feature uses. */

import { Button, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useEffect, useRef, type ReactNode } from "react";
import { inWords, useCore } from "./app";

/** A button that looks like none, to be given looks of its own. */
export const PLAIN_BUTTON = {
  margin: 0,
  padding: 0,
  border: "none",
  backgroundColor: "transparent",
  color: "inherit",
  fontFamily: "inherit",
  fontSize: "inherit",
  textAlign: "left",
} as const;

export const useParts = makeStyles({
  face: { display: "flex", flexDirection: "column", alignItems: "flex-start", gap: "12px", padding: "24px 16px", overflowWrap: "anywhere" },
  faceTitle: { fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500, fontWeight: tokens.fontWeightSemibold, margin: 0 },
  text: { margin: 0, color: tokens.colorNeutralForeground2 },
  section: { display: "flex", flexDirection: "column", gap: "8px", padding: "0 16px" },
  heading: { fontSize: tokens.fontSizeBase300, lineHeight: tokens.lineHeightBase300, fontWeight: tokens.fontWeightSemibold, margin: 0, color: tokens.colorNeutralForeground1 },
  hint: { margin: 0, fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200, color: tokens.colorNeutralForeground3 },
  row: { display: "flex", flexWrap: "wrap", gap: "8px", alignItems: "center" },
  note: { margin: 0, padding: "8px 12px", borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground3, overflowWrap: "anywhere" },
  bad: { backgroundColor: tokens.colorStatusDangerBackground1, color: tokens.colorPaletteRedForeground1, border: `1px solid ${tokens.colorStatusDangerBorder1}` },
  fault: { margin: 0, fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200, color: tokens.colorPaletteRedForeground1, overflowWrap: "anywhere" },
  bone: {
    backgroundColor: tokens.colorNeutralBackground5,
    borderRadius: tokens.borderRadiusMedium,
    "@media (prefers-reduced-motion: no-preference)": {
      animationName: { from: { opacity: 1 }, "50%": { opacity: 0.5 }, to: { opacity: 1 } },
      animationDuration: "1.6s",
      animationIterationCount: "infinite",
    },
  },
  hidden: { position: "absolute", width: "1px", height: "1px", margin: "-1px", padding: 0, overflow: "hidden", clipPath: "inset(50%)", whiteSpace: "nowrap", border: 0 },
});

/** A state that fills the pane. */
export function Face({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  const parts = useParts();
  return (
    <section className={parts.face} role="status">
      <h1 className={parts.faceTitle}>{title}</h1>
      {text && <p className={parts.text}>{text}</p>}
      {children}
    </section>
  );
}

/** What went wrong, read out at once. */
export function Trouble({ error, children }: { error: unknown; children?: ReactNode }) {
  const parts = useParts();
  const { t } = useCore();
  if (!error) return null;
  const { title, detail } = inWords(error, t);
  return (
    <div className={mergeClasses(parts.note, parts.bad)} role="alert">
      <strong>{title}</strong>
      {detail && <div>{detail}</div>}
      {children}
    </div>
  );
}

/** For who listens instead of looking. */
export function Told({ children }: { children: ReactNode }) {
  const parts = useParts();
  return (
    <div className={parts.hidden} role="status" aria-live="polite">
      {children}
    </div>
  );
}

/** In place of what is not here yet, as high as it will be. */
export function Bone({ height, width = "100%" }: { height: string; width?: string }) {
  const parts = useParts();
  return <div className={parts.bone} style={{ height, width }} aria-hidden="true" />;
}

/** A heading that takes the focus when it appears: what the person waited for. */
export function Arrival({ children, className }: { children: ReactNode; className?: string }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <h1 ref={heading} tabIndex={-1} className={className} style={{ outline: "none" }}>
      {children}
    </h1>
  );
}

/** At work it keeps the focus, which a disabled button would lose. */
export function WorkButton({ busy, words, working, onClick, appearance = "secondary", label }: { busy: boolean; words: string; working: string; onClick: () => void; appearance?: "primary" | "secondary" | "subtle"; label?: string }) {
  return (
    <Button appearance={appearance} aria-disabled={busy} aria-busy={busy} aria-label={label} onClick={() => !busy && onClick()}>
      {busy ? working : words}
    </Button>
  );
}

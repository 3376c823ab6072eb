/** The whole pane: the look of Office, the feature that the mode asks for, and what waits for a connection. */

import { Button, FluentProvider, makeStyles, teamsHighContrastTheme, tokens, webDarkTheme, webLightTheme } from "@fluentui/react-components";
import { lazy, Suspense, useEffect, useState, type ReactNode } from "react";
import { ReadPane } from "../features/journal/ReadPane";
import type { Look } from "../office/host";
import { AppProvider, inWords, named, useApp, useQueue, type App } from "./app";
import { Bone, useParts } from "./parts";

const Several = lazy(() => import("../features/several/Several"));
const Compose = lazy(() => import("../features/compose/Compose"));

const THEMES = { light: webLightTheme, dark: webDarkTheme, contrast: teamsHighContrastTheme };
/** Until the service has told. */
const UNDO_HOURS = 24;

const useStyles = makeStyles({
  page: { minHeight: "100vh", display: "flex", flexDirection: "column", boxSizing: "border-box", backgroundColor: tokens.colorNeutralBackground1 },
  body: {
    flexGrow: 1,
    minWidth: 0,
    paddingBottom: "16px",
    overflowWrap: "anywhere",
    hyphens: "auto",
    // Fields are as wide as what they hold would like to be, and the pane may be 200 px.
    "& .fui-Field": { minWidth: 0, gridTemplateColumns: "minmax(0, 1fr)" },
    "& .fui-Input, & .fui-Select, & .fui-Select__select": { minWidth: 0, maxWidth: "100%" },
    "& .fui-Input__input": { minWidth: 0 },
    "& .fui-Button": { maxWidth: "100%", minWidth: 0 },
    "& legend": { padding: 0 },
  },
  queue: { position: "sticky", bottom: 0, padding: "8px 16px", backgroundColor: tokens.colorNeutralBackground3, borderTop: `1px solid ${tokens.colorNeutralStroke2}`, overflowWrap: "anywhere" },
  lines: { display: "flex", flexDirection: "column", gap: "4px" },
});

export function Pane({ app }: { app: App }) {
  const [look, setLook] = useState<Look>(() => app.host.look());
  useEffect(() => app.host.onLookChanged(() => setLook(app.host.look())), [app.host]);
  useEffect(() => {
    document.documentElement.style.colorScheme = look === "light" ? "light" : "dark";
  }, [look]);
  return (
    <AppProvider value={app}>
      <FluentProvider theme={THEMES[look]}>
        <Page>
          <Feature />
        </Page>
      </FluentProvider>
    </AppProvider>
  );
}

function Feature() {
  const { host, settings } = useApp();
  const [undoHours, setUndoHours] = useState(UNDO_HOURS);
  useEffect(() => void settings().then((known) => known && setUndoHours(known.undo_hours)), [settings]);
  if (host.mode === "read") return <ReadPane undoHours={undoHours} />;
  return <Suspense fallback={<Bone height="400px" />}>{host.mode === "multi" ? <Several /> : <Compose isInserting={host.mode === "insert"} />}</Suspense>;
}

function Page({ children }: { children: ReactNode }) {
  const styles = useStyles();
  const { queue } = useApp();
  useEffect(() => {
    const back = () => void queue.run();
    addEventListener("online", back);
    return () => removeEventListener("online", back);
  }, [queue]);
  return (
    <div className={styles.page}>
      <main className={styles.body}>{children}</main>
      <QueueLine />
    </div>
  );
}

/** Clicks on other mails that wait, and what became of them. */
function QueueLine() {
  const styles = useStyles();
  const parts = useParts();
  const { t } = useApp();
  const { queue, waiting, outcomes } = useQueue();
  if (waiting.length === 0 && outcomes.length === 0) return null;
  return (
    <footer className={styles.queue}>
      <div className={styles.lines} role="status">
        {waiting.length > 0 && <span>{t.count("queue", waiting.length)}</span>}
        {outcomes.map((outcome) => {
          const values = { subject: outcome.click.subject || t("noSubject"), case: named(outcome.click.on) };
          const words = "entry" in outcome ? t("queueDone", values) : t("queueFailed", { ...values, reason: inWords(outcome.problem, t).title });
          return (
            <div key={outcome.click.key} className={parts.row}>
              <span>{words}</span>
              <Button size="small" appearance="subtle" onClick={() => queue.dismiss(outcome)} aria-label={`${t("dismiss")}: ${words}`}>
                {t("close")}
              </Button>
            </div>
          );
        })}
      </div>
    </footer>
  );
}

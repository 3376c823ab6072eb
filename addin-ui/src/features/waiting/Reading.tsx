/** The mail that is looked at: what it is, where it seems to belong, what can be done with it, and its text. */

import { Button, makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { CaseLabel, Suggestions } from "../../api/types";
import { Bone, Trouble, useParts } from "../../shell/parts";
import { useWeb } from "../../web/web";
import { Cards } from "../journal/Cards";
import type { Row } from "./list";
import { deadlineWords, moment, senderOf, stateWords, wholeTime } from "./MailRow";

/** Whoever goes from mail to mail does not ask for each. */
const PAUSE_MS = 200;
/** Of the service's answer to whether the mail is for a case, in percent. */
const HARDLY_PERCENT = 30;

const useStyles = makeStyles({
  panel: { flexGrow: 1, minHeight: 0, minWidth: 0, overflowY: "auto", display: "flex", flexDirection: "column", gap: "12px", padding: "12px 16px 16px", overflowWrap: "anywhere", boxSizing: "border-box" },
  subject: { margin: 0, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500, fontWeight: tokens.fontWeightSemibold, outlineStyle: "none" },
  facts: { margin: 0, display: "flex", flexWrap: "wrap", columnGap: "16px", rowGap: "2px", color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase300 },
  late: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
  columns: { display: "flex", flexDirection: "column", gap: "12px", flexGrow: 1 },
  rows: { display: "grid", gridTemplateColumns: "fit-content(10rem) minmax(0, 1fr)", columnGap: "12px", rowGap: "2px", margin: 0, fontSize: tokens.fontSizeBase300, "@media (max-width: 30rem)": { gridTemplateColumns: "minmax(0, 1fr)" } },
  name: { color: tokens.colorNeutralForeground2 },
  value: { margin: 0 },
  letter: { flexGrow: 1, minHeight: "20rem", width: "100%", boxSizing: "border-box", border: `1px solid ${tokens.colorNeutralStroke1}`, borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground1 },
});

export interface ReadingActs {
  file: (on: CaseLabel) => void;
  search: () => void;
  take: () => void;
  assign: () => void;
  snooze: () => void;
  aside: () => void;
  undo: () => void;
  next: () => void;
  back: () => void;
}

interface Props {
  row: Row;
  acts: ReadingActs;
  /** The list is behind it. */
  isAlone: boolean;
  self: string;
}

export function Reading({ row, acts, isAlone, self }: Props) {
  const styles = useStyles();
  const parts = useParts();
  const { t } = useWeb();
  const { item, state } = row;
  const against = item.for_a_case.probability <= HARDLY_PERCENT ? item.for_a_case.reasons.find((reason) => !reason.for_a_case) : null;
  const isOpen = state.is === "waiting" || state.is === "working";
  const [Heading, Subheading] = isAlone ? (["h1", "h2"] as const) : (["h2", "h3"] as const);
  const isMine = item.assignee?.who === self;
  return (
    <article className={styles.panel} aria-labelledby="reading-subject" aria-busy={state.is === "working"} data-reading={item.id}>
      {isAlone && (
        <div>
          <Button appearance="subtle" onClick={acts.back}>
            {t("webBack")}
          </Button>
        </div>
      )}
      <Heading className={styles.subject} id="reading-subject" tabIndex={-1}>
        {item.subject || t("noSubject")}
      </Heading>
      <p className={styles.facts}>
        <span>
          {senderOf(item, t)}
          {item.from[0]?.name && item.from[0].address ? ` <${item.from[0].address}>` : ""}
        </span>
        <span>{wholeTime(item.received_at, t)}</span>
        {item.mailboxes.length > 0 && <span>{item.mailboxes.map((mailbox) => mailbox.name).join(", ")}</span>}
        {item.deadline && <span className={mergeClasses(item.deadline.is_past && styles.late)}>{deadlineWords(item.deadline, t)}</span>}
        {item.assignee && <span>{t("webAssignedTo", { name: item.assignee.name })}</span>}
        {item.snoozed && <span>{t("webSnoozedUntil", { when: moment(item.snoozed.until, t) })}</span>}
      </p>
      {state.is === "waiting" && state.error !== undefined && <Trouble error={state.error} />}
      {isOpen ? (
        <>
          <div className={parts.row} role="group" aria-label={t("webActs")}>
            <Act words={t("webSearchCase")} hotkey="s" onClick={acts.search} />
            {!isMine && <Act words={t("webTake")} hotkey="t" onClick={acts.take} />}
            <Act words={t("webAssign")} hotkey="a" onClick={acts.assign} />
            <Act words={t("webSnooze")} hotkey="z" onClick={acts.snooze} />
            <Act words={t("notForACase")} hotkey="n" onClick={acts.aside} />
          </div>
          <section aria-labelledby="reading-suggestions" className={parts.section} style={{ padding: 0 }}>
            <Subheading className={parts.heading} id="reading-suggestions">
              {t("suggestions")}
            </Subheading>
            <p className={parts.hint}>{against ? t("hardly", { reason: against.text }) : item.waits.text}</p>
            {item.suggestions.length > 0 && <Cards cases={item.suggestions} busyOn={state.is === "working" ? state.on : null} onFile={acts.file} pressWords={t("fileOn", { case: "" })} hasKeys={false} isCompact />}
          </section>
        </>
      ) : (
        <div className={parts.note} role="status">
          <p style={{ margin: "0 0 8px" }}>{stateWords(row, t)}</p>
          <div className={parts.row}>
            {state.is !== "gone" && <Button onClick={acts.undo}>{t("undo")}</Button>}
            <Button appearance="primary" onClick={acts.next}>
              {t("webNext")}
            </Button>
          </div>
        </div>
      )}
      <Letter key={item.id} mail={item.id} subject={item.subject || t("noSubject")} isOpen={isOpen} />
    </article>
  );
}

function Act({ words, hotkey, onClick }: { words: string; hotkey: string; onClick: () => void }) {
  return (
    <Button size="small" aria-keyshortcuts={hotkey} onClick={onClick}>
      {words}
    </Button>
  );
}

/**
 * What the mail will be called on the case, and its text: what a stranger wrote, cleaned by the service and shown in a frame of
 * its own, where nothing runs and which knows nothing of this page. This page's policy holds for the frame as well.
 */
function Letter({ mail, subject, isOpen }: { mail: string; subject: string; isOpen: boolean }) {
  const styles = useStyles();
  const { api, t } = useWeb();
  const [letter, setLetter] = useState<string | null>(null);
  const [described, setDescribed] = useState<Suggestions | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const ask = async () => {
      setError(null);
      const described = isOpen ? api.suggest({ mail_id: mail }, controller.signal).then(setDescribed) : Promise.resolve();
      try {
        setLetter(await api.letter(mail, controller.signal));
        await described;
      } catch (error) {
        if (!controller.signal.aborted) setError(error);
        await described.catch(() => undefined);
      }
    };
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
    // Whether it still waits does not change what it says.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [api, mail, tries]);
  const files = described?.attachments.filter((file) => file.proposed).map((file) => file.name) ?? [];
  const rows = [
    [t("webFiledAs"), described?.title],
    [t("documentType"), described?.document_type?.name],
    [t("webTask"), described?.task_date ? [t.date(described.task_date.date), described.task_date.sentence].filter(Boolean).join(" – ") : null],
    [t("attachments"), files.join(", ")],
  ].filter((row): row is [string, string] => Boolean(row[1]));
  return (
    <div className={styles.columns}>
      {error !== null && (
        <Trouble error={error}>
          <Button size="small" onClick={() => setTries(tries + 1)}>
            {t("again")}
          </Button>
        </Trouble>
      )}
      {letter === null ? error === null && <Bone height="20rem" /> : <iframe className={styles.letter} title={t("webLetter", { subject })} sandbox="allow-popups allow-popups-to-escape-sandbox" referrerPolicy="no-referrer" srcDoc={letter} />}
      {rows.length > 0 && (
        <dl className={styles.rows}>
          {rows.map(([name, value]) => [
            <dt key={`${name} `} className={styles.name}>
              {name}
            </dt>,
            <dd key={name} className={styles.value}>
              {value}
            </dd>,
          ])}
        </dl>
      )}
    </div>
  );
}

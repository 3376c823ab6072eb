/** The mail is on a case: what was done, and what can be done now. */

import { Button, makeStyles, tokens } from "@fluentui/react-components";
import type { JournalState, KnownMail } from "../../api/types";
import { useApp } from "../../shell/app";
import { Arrival, useParts, WorkButton } from "../../shell/parts";
import type { Filing } from "./useFiling";

const useStyles = makeStyles({
  entry: { display: "flex", flexDirection: "column", gap: "6px", padding: "12px", borderRadius: tokens.borderRadiusLarge, border: `1px solid ${tokens.colorNeutralStroke1}`, overflowWrap: "anywhere" },
  done: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold, ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` } },
});

interface Props {
  mail: KnownMail;
  filing: Filing;
  undoHours: number;
  onAlso: () => void;
}

export function Filed({ mail, filing, undoHours, onAlso }: Props) {
  const parts = useParts();
  const { t } = useApp();
  return (
    <div className={parts.section} style={{ paddingTop: 12 }}>
      {mail.entries.map((entry) => (
        <Entry key={entry.entry_id} entry={entry} filing={filing} undoHours={undoHours} />
      ))}
      {filing.done && <p className={parts.hint}>{t("doneNext")}</p>}
      <div>
        <Button appearance="subtle" onClick={onAlso}>
          {t("alsoOn")}
        </Button>
      </div>
    </div>
  );
}

function Entry({ entry, filing, undoHours }: { entry: JournalState; filing: Filing; undoHours: number }) {
  const styles = useStyles();
  const parts = useParts();
  const { t, api } = useApp();
  const name = `${entry.case_number} ${entry.case_title}`;
  const done = filing.done?.entry.id === entry.entry_id ? filing.done : null;
  const isYoung = Date.now() - new Date(entry.created_at).getTime() < undoHours * 3_600_000;
  return (
    <article className={styles.entry}>
      {done ? <Arrival className={styles.done}>{t("done", { case: name })}</Arrival> : <h2 className={styles.done}>{name}</h2>}
      {done ? (
        <>
          <p className={parts.text}>{t("doneTitle", { title: done.title })}</p>
          <p className={parts.text}>{done.files === 0 ? t("doneFilesNone") : t.count("doneFiles", done.files)}</p>
        </>
      ) : (
        <p className={parts.hint}>{t("statusFiledBy", { name: entry.created_by_name, when: t.ago(entry.created_at) })}</p>
      )}
      {entry.state === "failed" && <p className={parts.fault}>{entry.state_reason_text ?? t("statusNotDelivered")}</p>}
      <div className={parts.row}>
        {isYoung && <WorkButton busy={filing.busyOn === "undo"} words={t("undo")} working={t("undoing")} label={t("undoFrom", { case: name })} onClick={() => void filing.undo(entry.entry_id)} />}
        {entry.state === "failed" && <WorkButton busy={filing.busyOn === "retry"} words={t("deliverAgain")} working={t("filing")} onClick={() => void filing.act("retry", () => api.retry(entry.entry_id))} />}
      </div>
    </article>
  );
}

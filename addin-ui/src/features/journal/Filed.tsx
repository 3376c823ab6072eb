/** The mail is on a case: what was done, and what can be done now. */

import { Button, makeStyles, tokens } from "@fluentui/react-components";
import { useState } from "react";
import type { JournalState, KnownMail } from "../../api/types";
import { useApp } from "../../shell/app";
import { useParts, WorkButton } from "../../shell/parts";
import type { Filing } from "./useFiling";

const useStyles = makeStyles({
  entry: { display: "flex", flexDirection: "column", gap: "6px", padding: "12px", borderRadius: tokens.borderRadiusLarge, border: `1px solid ${tokens.colorNeutralStroke1}`, overflowWrap: "anywhere" },
  name: { margin: 0, fontSize: tokens.fontSizeBase300, fontWeight: tokens.fontWeightSemibold },
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
        <Entry key={entry.entry_id} entry={entry} isOneOfMany={mail.entries.length > 1} filing={filing} undoHours={undoHours} />
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

function Entry({ entry, isOneOfMany, filing, undoHours }: { entry: JournalState; isOneOfMany: boolean; filing: Filing; undoHours: number }) {
  const styles = useStyles();
  const parts = useParts();
  const { t, api } = useApp();
  const name = `${entry.case_number} ${entry.case_title}`;
  const done = filing.done?.entry.id === entry.entry_id ? filing.done : null;
  const [shownAt] = useState(() => Date.now());
  const isYoung = shownAt - new Date(entry.created_at).getTime() < undoHours * 3_600_000;
  if (!isOneOfMany && !done && !isYoung && entry.state !== "failed") return null;
  return (
    <article className={styles.entry}>
      {isOneOfMany && <h2 className={styles.name}>{name}</h2>}
      {done ? (
        <>
          <p className={parts.text}>{t("doneTitle", { title: done.title })}</p>
          <p className={parts.text}>{done.files === 0 ? t("doneFilesNone") : t.count("doneFiles", done.files)}</p>
        </>
      ) : (
        isOneOfMany && <p className={parts.hint}>{t("statusFiledBy", { name: entry.created_by_name, when: t.ago(entry.created_at) })}</p>
      )}
      {entry.state === "failed" && <p className={parts.fault}>{entry.state_reason_text ?? t("statusNotDelivered")}</p>}
      <div className={parts.row}>
        {isYoung && <WorkButton busy={filing.busyOn === "undo"} words={t("undo")} working={t("undoing")} label={t("undoFrom", { case: name })} onClick={() => void filing.undo(entry.entry_id)} />}
        {entry.state === "failed" && <WorkButton busy={filing.busyOn === "retry"} words={t("deliverAgain")} working={t("filing")} onClick={() => void filing.act("retry", () => api.retry(entry.entry_id))} />}
      </div>
    </article>
  );
}

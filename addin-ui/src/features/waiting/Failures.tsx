/** What followed a journaling and failed waits for a person: told here, with the button that tries again. */

import { Button, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, makeStyles, tokens } from "@fluentui/react-components";
import { useCallback, useEffect, useState } from "react";
import type { MailSummary } from "../../api/types";
import { Trouble, useParts, WorkButton } from "../../shell/parts";
import { useWeb } from "../../web/web";

const LOOK_AGAIN_MS = 60_000;

const useStyles = makeStyles({
  line: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: "4px 12px", padding: "6px 16px", backgroundColor: tokens.colorStatusDangerBackground1, color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: "12px", overflowWrap: "anywhere" },
});

interface Failure {
  entry: string;
  subject: string;
  lines: string[];
}

export default function Failures() {
  const styles = useStyles();
  const parts = useParts();
  const { api, t } = useWeb();
  const [failures, setFailures] = useState<readonly Failure[]>([]);
  const [isOpen, setOpen] = useState(false);
  const [busyOn, setBusyOn] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);

  const load = useCallback(async () => {
    const mails = await api.failed().catch((): MailSummary[] => []);
    const found = await Promise.all(mails.flatMap((mail) => mail.entries.map((entry) => api.entry(entry.entry_id).then((known) => ({ mail, entry, known }), () => null))));
    setFailures(
      found.flatMap((one) => {
        if (!one) return [];
        const undelivered = one.known.state === "failed" ? [`${one.entry.case_number} ${one.entry.case_title}: ${one.known.state_reason_text ?? t("statusNotDelivered")}`] : [];
        const unmarked = one.known.marks.filter((mark) => mark.state === "failed").map((mark) => t("webNotMarked", { mailbox: mark.mailbox, reason: mark.reason_text ?? t("failed") }));
        const lines = [...undelivered, ...unmarked];
        return lines.length > 0 ? [{ entry: one.entry.entry_id, subject: one.mail.subject || t("noSubject"), lines }] : [];
      }),
    );
  }, [api, t]);
  useEffect(() => {
    void load();
    const timer = setInterval(() => void load(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [load]);

  const again = async (failure: Failure) => {
    setBusyOn(failure.entry);
    setError(null);
    try {
      await api.retry(failure.entry);
      await load();
    } catch (error) {
      setError(error);
    }
    setBusyOn(null);
  };

  if (failures.length === 0) return null;
  return (
    <>
      <div className={styles.line} role="status">
        {t.count("webFailures", failures.length)}
        <Button size="small" onClick={() => setOpen(true)}>
          {t("webFailuresShow")}
        </Button>
      </div>
      <Dialog open={isOpen} onOpenChange={(_, { open }) => setOpen(open)}>
        <DialogSurface>
          <DialogBody>
            <DialogTitle>{t.count("webFailures", failures.length)}</DialogTitle>
            <DialogContent>
              <Trouble error={error} />
              <ul className={styles.list}>
                {failures.map((failure) => (
                  <li key={failure.entry}>
                    <strong>{failure.subject}</strong>
                    {failure.lines.map((line) => (
                      <p key={line} className={parts.fault}>
                        {line}
                      </p>
                    ))}
                    <WorkButton busy={busyOn === failure.entry} words={t("deliverAgain")} working={t("webWorking")} onClick={() => void again(failure)} />
                  </li>
                ))}
              </ul>
            </DialogContent>
            <DialogActions>
              <Button onClick={() => setOpen(false)}>{t("close")}</Button>
            </DialogActions>
          </DialogBody>
        </DialogSurface>
      </Dialog>
    </>
  );
}

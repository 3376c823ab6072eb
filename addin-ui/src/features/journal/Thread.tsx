/** Other mails of the thread that are on no case: they go along, by a tick before filing or a button after it. */

import { Checkbox } from "@fluentui/react-components";
import { useEffect, useRef, useState } from "react";
import { Problem } from "../../api/problem";
import type { KnownMail, MailSummary } from "../../api/types";
import { newKey } from "../../api/key";
import { inWords, useApp } from "../../shell/app";
import { Told, useParts, WorkButton } from "../../shell/parts";
import type { Filing } from "./useFiling";

interface Progress {
  isWorking: boolean;
  done: number;
  count: number;
  failed: number;
  reason: string;
}

interface Props {
  mail: KnownMail;
  filing: Filing;
}

export default function Thread({ mail, filing }: Props) {
  const parts = useParts();
  const { api, t } = useApp();
  const [others, setOthers] = useState<readonly MailSummary[]>([]);
  const [progress, setProgress] = useState<Progress | null>(null);
  const keys = useRef(new Map<string, string>());
  const isBusy = useRef(false);
  const entry = mail.entries[0];
  const { mail_id: self, thread_id: thread } = mail;

  useEffect(() => {
    const controller = new AbortController();
    api
      .thread(thread, controller.signal)
      .then((found) => !controller.signal.aborted && setOthers(found.filter((other) => other.id !== self && other.entries.length === 0)))
      .catch(() => undefined); // an extra: without it the mail is filed all the same
    return () => controller.abort();
  }, [api, thread, self]);

  const take = async (caseId: string) => {
    if (isBusy.current) return;
    isBusy.current = true;
    const result: Progress = { isWorking: true, done: 0, count: others.length, failed: 0, reason: "" };
    const left: MailSummary[] = [];
    for (const other of others) {
      setProgress({ ...result });
      const key = keys.current.get(other.id) ?? newKey();
      keys.current.set(other.id, key);
      try {
        await api.journal({ mail_id: other.id, case_id: caseId }, key);
        result.done += 1;
      } catch (error) {
        if (error instanceof Problem && error.slug === "already-journaled") continue;
        result.failed += 1;
        result.reason = inWords(error, t).title;
        left.push(other);
      }
    }
    isBusy.current = false;
    setOthers(left);
    setProgress({ ...result, isWorking: false });
  };

  const wanted = filing.done && filing.draft.withThread ? filing.done.entry.case_id : null;
  const taken = useRef<string | null>(null);
  useEffect(() => {
    if (!wanted || others.length === 0 || taken.current === wanted) return;
    taken.current = wanted;
    void take(wanted);
  });

  const isWorking = progress?.isWorking ?? false;
  const words = progress ? [progress.done > 0 ? t.count("threadTaken", progress.done) : "", progress.failed > 0 ? t("threadFailed", { count: progress.failed, reason: progress.reason }) : ""].filter(Boolean).join(". ") : "";
  if (others.length === 0 && !words) return null;
  return (
    <div className={parts.section}>
      {others.length > 0 &&
        (entry ? (
          <div className={parts.row}>
            <span>{t.count("threadWaiting", others.length)}</span>
            <WorkButton busy={isWorking} words={t.count("threadTake", others.length)} working={t("threadTaking", { done: progress?.done ?? 0, count: progress?.count ?? 0 })} onClick={() => void take(entry.case_id)} />
          </div>
        ) : (
          <Checkbox checked={filing.draft.withThread ?? false} label={`${t.count("threadWaiting", others.length)} – ${t.count("threadTake", others.length).toLowerCase()}`} onChange={(_, { checked }) => filing.change({ withThread: checked === true })} />
        ))}
      {words && !isWorking && <p className={parts.hint}>{words}</p>}
      <Told>{isWorking ? "" : words}</Told>
    </div>
  );
}

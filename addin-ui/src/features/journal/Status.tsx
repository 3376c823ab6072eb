/** First of all: is the mail filed, and if not, by when it should be. Always as high, whatever it says. */

import { makeStyles, mergeClasses, tokens } from "@fluentui/react-components";
import { CheckmarkCircle20Filled, Circle20Regular, Clock20Regular, DismissCircle20Regular, Warning20Filled } from "@fluentui/react-icons";
import type { KnownMail } from "../../api/types";
import { named, useApp } from "../../shell/app";
import { Arrival } from "../../shell/parts";
import type { WaitingClick } from "../queue/queue";

const useStyles = makeStyles({
  status: { display: "flex", gap: "10px", alignItems: "flex-start", padding: "12px 16px", minHeight: "68px", boxSizing: "border-box", borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, overflowWrap: "anywhere" },
  icon: { flexShrink: 0, color: tokens.colorNeutralForeground3 },
  filed: { color: tokens.colorStatusSuccessForeground1 },
  late: { color: tokens.colorPaletteRedForeground1 },
  title: { margin: 0, fontSize: tokens.fontSizeBase400, lineHeight: tokens.lineHeightBase400, fontWeight: tokens.fontWeightSemibold },
  link: { color: tokens.colorBrandForegroundLink },
  more: { margin: 0, fontSize: tokens.fontSizeBase200, lineHeight: tokens.lineHeightBase200, color: tokens.colorNeutralForeground2 },
});

interface Props {
  mail: KnownMail | null;
  waiting: WaitingClick | null;
  /** It was filed just now, by this pane. */
  isDone?: boolean;
  /** It was taken back just now, by this pane. */
  isUndone?: boolean;
  /** Address of whose mailbox it lies in, when not one's own. */
  owner?: string | null;
}

export function Status({ mail, waiting, isDone = false, isUndone = false, owner = null }: Props) {
  const styles = useStyles();
  const { t } = useApp();
  const told = waiting ? queued() : mail ? known(mail) : { title: t("statusLooking"), more: "", icon: <Circle20Regular />, tone: "" };

  const onCase = !waiting && mail?.entries.length === 1 ? mail.entries[0] : undefined;

  function queued() {
    return { title: t("statusQueued"), more: t("statusQueuedMore", { case: waiting ? named(waiting.on) : "" }), icon: <Clock20Regular />, tone: "" };
  }

  function known({ entries, not_for_a_case: noCase, deadline }: KnownMail) {
    const [entry] = entries;
    if (entry) {
      const name = `${entry.case_number} ${entry.case_title}`;
      const title = entries.length > 1 ? t("statusFiledMany", { count: entries.length }) : t(isDone ? "done" : "statusFiled", { case: name });
      const by = t("statusFiledBy", { name: entry.created_by_name, when: t.ago(entry.created_at) });
      const isFailed = entries.some((one) => one.state === "failed");
      return isFailed ? { title, more: `${by}. ${t("statusNotDelivered")}.`, icon: <Warning20Filled />, tone: styles.late } : { title, more: by, icon: <CheckmarkCircle20Filled />, tone: styles.filed };
    }
    if (noCase) return { title: t("statusNoCase"), more: t("statusNoCaseBy", { name: noCase.by, when: t.ago(noCase.at) }), icon: <DismissCircle20Regular />, tone: "" };
    if (deadline.is_past) return { title: t("statusWaiting"), more: t("statusOverdue", { date: t.date(deadline.date) }), icon: <Warning20Filled />, tone: styles.late };
    const left = deadline.working_days_left;
    const more = left === 0 ? t("statusDueToday") : left === 1 ? t("statusDueDay") : t("statusDueDays", { count: left });
    return { title: t("statusWaiting"), more, icon: <Clock20Regular />, tone: "" };
  }

  return (
    <div className={styles.status} aria-live="polite">
      <span className={mergeClasses(styles.icon, told.tone)} aria-hidden="true">
        {told.icon}
      </span>
      <div>
        {isDone || isUndone ? <Arrival className={styles.title}>{told.title}</Arrival> : <h1 className={styles.title}>{told.title}</h1>}
        <p className={mergeClasses(styles.more, told.tone === styles.late && styles.late)}>
          {told.more || "\u00a0"}
          {onCase && (
            <>
              {" – "}
              <a className={styles.link} href={`/case#${onCase.case_id}`} target="_blank" rel="noreferrer" aria-label={t("openCaseOf", { case: onCase.case_number })}>
                {t("openCase")}
              </a>
            </>
          )}
        </p>
        {owner && <p className={styles.more}>{t("statusOwner", { owner })}</p>}
      </div>
    </div>
  );
}

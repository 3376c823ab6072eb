/** What rules would have done with past mail, beside what people did with it. */

import { Button, Field, Input, makeStyles, ProgressBar, tokens } from "@fluentui/react-components";
import { useEffect, useRef, useState } from "react";
import type { DryRunResult, Verdict, Written } from "../../api/rules";
import { Problem } from "../../api/problem";
import { Told, Trouble, WorkButton } from "../../shell/parts";
import { useWeb } from "../../web/web";
import { useRuleStyles } from "./RulesView";

const DAYS = 30;

const useStyles = makeStyles({
  dates: { display: "flex", flexWrap: "wrap", alignItems: "flex-end", gap: "12px" },
  scroller: { overflowX: "auto" },
  table: { borderCollapse: "collapse", width: "100%", "& th, & td": { textAlign: "left", verticalAlign: "top", padding: "6px 8px", borderBottom: `1px solid ${tokens.colorNeutralStroke2}` } },
  // A table of five columns is no table on a narrow screen: each row stands as a card.
  narrow: { "@media (max-width: 48rem)": { display: "block", "& thead": { display: "none" }, "& tbody, & tr, & td": { display: "block" }, "& tr": { borderBottom: `1px solid ${tokens.colorNeutralStroke1}`, padding: "8px 0" }, "& td": { borderBottom: "none", padding: "2px 0" } } },
  bad: { color: tokens.colorPaletteRedForeground1, fontWeight: tokens.fontWeightSemibold },
});

export function DryRun({ what, name, onBack }: { what: Written | { rule_ids: readonly string[] }; name: string; onBack: () => void }) {
  const styles = useRuleStyles();
  const own = useStyles();
  const { rules: api, t } = useWeb();
  const [from, setFrom] = useState(() => dayBefore(DAYS));
  const [to, setTo] = useState(() => dayBefore(0));
  const [progress, setProgress] = useState<{ done: number; of: number } | null>(null);
  const [result, setResult] = useState<DryRunResult | null>(null);
  const [error, setError] = useState<unknown>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const run = async () => {
    running.current?.abort();
    const controller = new AbortController();
    running.current = controller;
    setProgress({ done: 0, of: 0 });
    setError(null);
    try {
      // No rule named means all of them.
      const asked = "rule_ids" in what && what.rule_ids.length === 0 ? ({} as { rule_ids: readonly string[] }) : what;
      await api.dryRun(asked, from, to, (event) => {
        if (event.name === "progress") setProgress(event.data as unknown as { done: number; of: number });
        if (event.name === "result") setResult(event.data as unknown as DryRunResult);
        if (event.name === "problem") setError(new Problem(event.data as unknown as Problem["body"]));
      }, controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) setError(error);
    }
    if (!controller.signal.aborted) setProgress(null);
  };

  return (
    <div className={styles.view}>
      <div>
        <Button appearance="subtle" onClick={onBack}>
          {t("rulesBack")}
        </Button>
      </div>
      <h1 className={styles.title}>{t("ruleTryOf", { name })}</h1>
      <p className={styles.words}>{t("ruleTryMore")}</p>
      <div className={own.dates}>
        <Field label={t("ruleFrom")}>
          <Input type="date" value={from} max={to} onChange={(_, { value }) => setFrom(value)} />
        </Field>
        <Field label={t("ruleTo")}>
          <Input type="date" value={to} min={from} onChange={(_, { value }) => setTo(value)} />
        </Field>
        <WorkButton busy={progress !== null} words={t("ruleRun")} working={t("ruleRunning")} appearance="primary" onClick={() => void run()} />
      </div>
      {progress && <ProgressBar aria-label={t("ruleRunning")} {...(progress.of > 0 ? { value: progress.done, max: progress.of } : {})} />}
      <Trouble error={error} />
      <Told>{result ? summaryOf(result) : ""}</Told>
      {result && (
        <>
          <p className={styles.words}>{summaryOf(result)}</p>
          {result.cut && <p className={styles.soft}>{t("ruleCut")}</p>}
          {result.not_known_text.map((text) => (
            <p key={text} className={styles.soft}>
              {text}
            </p>
          ))}
          <div className={own.scroller} tabIndex={0} role="region" aria-label={t("ruleExamples")}>
            <table className={`${own.table} ${own.narrow}`}>
              <thead>
                <tr>
                  <th scope="col">{t("ruleVerdict")}</th>
                  <th scope="col">{t("ruleMail")}</th>
                  <th scope="col">{t("ruleBecause")}</th>
                  <th scope="col">{t("ruleWould")}</th>
                  <th scope="col">{t("ruleDid")}</th>
                </tr>
              </thead>
              <tbody>
                {result.examples.map((example) => (
                  <tr key={example.mail_id} data-verdict={example.verdict}>
                    <td className={example.verdict === "disagrees" ? own.bad : ""}>{t(verdictKey(example.verdict))}</td>
                    <td>
                      {example.subject || t("noSubject")}
                      <p className={styles.soft}>
                        {example.from} · {t.date(example.received_at)}
                      </p>
                    </td>
                    <td>{example.because.map((one) => one.text).join("; ")}</td>
                    <td>{example.would.map((one) => (one.withheld_text ? `${one.text} (${one.withheld_text})` : one.text)).join("; ")}</td>
                    <td>{example.not_for_a_case ? t("statusNoCase") : example.did.map((one) => (one.case_number ? `${one.case_number} ${one.case_title ?? ""}` : t("ruleOtherCase"))).join("; ") || t("ruleNobody")}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
    </div>
  );

  function summaryOf({ mails, hits, agreements, disagreements, not_judged, millis }: DryRunResult) {
    return t("ruleSummary", { mails, hits, agreements, disagreements, not_judged, seconds: (millis / 1000).toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1, maximumFractionDigits: 1 }) });
  }
}

const verdictKey = (verdict: Verdict) => `verdict_${verdict}` as const;

function dayBefore(days: number) {
  const day = new Date();
  day.setDate(day.getDate() - days);
  return `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
}

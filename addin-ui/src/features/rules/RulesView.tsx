/** The rules: whose they are, in the order they are tried, whether they run, and how often they were met. */

import { Button, makeStyles, mergeClasses, Select, tokens } from "@fluentui/react-components";
import { useCallback, useEffect, useState } from "react";
import { NotSignedIn, Problem } from "../../api/problem";
import type { Mode, Rule } from "../../api/rules";
import { Bone, Told, Trouble, useParts } from "../../shell/parts";
import { useWeb, type WebTexts } from "../../web/web";
import { wholeTime } from "../waiting/MailRow";
import { DryRun } from "./DryRun";
import { History } from "./History";
import { RuleForm } from "./RuleForm";

export const useRuleStyles = makeStyles({
  view: { display: "flex", flexDirection: "column", gap: "16px", padding: "16px", maxWidth: "70rem", width: "100%", boxSizing: "border-box", margin: "0 auto", overflowWrap: "anywhere" },
  top: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: "8px" },
  title: { margin: 0, fontSize: tokens.fontSizeBase500, lineHeight: tokens.lineHeightBase500, fontWeight: tokens.fontWeightSemibold, flexGrow: 1 },
  owner: { margin: "8px 0 4px", fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold },
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column", gap: "8px" },
  rule: { border: `1px solid ${tokens.colorNeutralStroke1}`, borderRadius: tokens.borderRadiusLarge, padding: "10px 12px", display: "flex", flexDirection: "column", gap: "6px" },
  off: { backgroundColor: tokens.colorNeutralBackground3 },
  name: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, flexGrow: 1 },
  words: { margin: 0 },
  soft: { margin: 0, color: tokens.colorNeutralForeground2, fontSize: tokens.fontSizeBase200 },
});

type Open = { what: "form"; rule: Rule | null } | { what: "dry"; rule: Rule | null } | { what: "history"; rule: Rule };

export default function RulesView() {
  const styles = useRuleStyles();
  const parts = useParts();
  const { api: mailApi, rules: api, t, signedOut } = useWeb();
  const [rules, setRules] = useState<readonly Rule[] | null>(null);
  const [mayCreate, setMayCreate] = useState<readonly string[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [contradiction, setContradiction] = useState<{ rule: Rule; mode: Mode; problem: Problem } | null>(null);
  const [open, setOpen] = useState<Open | null>(null);
  const [busyOn, setBusyOn] = useState<string | null>(null);
  const [said, setSaid] = useState("");
  const [mailboxes, setMailboxes] = useState<ReadonlyMap<string, string>>(new Map());
  useEffect(() => {
    mailApi.mailboxes().then((found) => setMailboxes(new Map(found.map((mailbox) => [`mailbox:${mailbox.id}`, mailbox.name]))), () => undefined); // then they have no names
  }, [mailApi]);

  const load = useCallback(async () => {
    try {
      const found = await api.list();
      setRules(found?.items ?? []);
      setMayCreate(found?.may_create ?? []);
    } catch (error) {
      if (error instanceof NotSignedIn) signedOut();
      else setError(error);
    }
  }, [api, signedOut]);
  useEffect(() => void load(), [load]);

  const act = async (rule: Rule, work: () => Promise<unknown>, words: string) => {
    setBusyOn(rule.id);
    setError(null);
    setContradiction(null);
    try {
      await work();
      setSaid(words);
    } catch (error) {
      if (error instanceof NotSignedIn) signedOut();
      else setError(error);
    }
    await load();
    setBusyOn(null);
  };
  const switchTo = (rule: Rule, mode: Mode, force = false) =>
    act(
      rule,
      () =>
        api.mode(rule, mode, force).catch((error: unknown) => {
          if (!(error instanceof Problem) || error.slug !== "rule-contradicts") throw error;
          setContradiction({ rule, mode, problem: error });
        }),
      t("ruleIsNow", { name: rule.name, mode: t(`mode_${mode}`) }),
    );
  const move = (rule: Rule, by: number) => {
    const ids = (rules ?? []).filter((one) => one.owner === rule.owner).map((one) => one.id);
    const at = ids.indexOf(rule.id);
    const other = ids[at + by];
    if (other === undefined) return;
    ids[at + by] = rule.id;
    ids[at] = other;
    void act(rule, () => api.order(rule.owner, ids), t("ruleMoved", { name: rule.name, place: at + by + 1 }));
  };
  const back = () => {
    setOpen(null);
    void load();
  };

  if (open?.what === "form") return <RuleForm rule={open.rule} owners={mayCreate} ownerName={(owner) => ownerName(owner, mailboxes.get(owner), t)} onBack={back} />;
  if (open?.what === "dry") return <DryRun what={open.rule ? { rule_ids: [open.rule.id] } : { rule_ids: [] }} name={open.rule?.name ?? t("rulesAll")} onBack={back} />;
  if (open?.what === "history") return <History rule={open.rule} onBack={back} />;

  const owners = [...new Set((rules ?? []).map((rule) => rule.owner))];
  return (
    <div className={styles.view}>
      <div className={styles.top}>
        <h1 className={styles.title}>{t("webRules")}</h1>
        <Button onClick={() => setOpen({ what: "dry", rule: null })}>{t("rulesTryAll")}</Button>
        {mayCreate.length > 0 && (
          <Button appearance="primary" onClick={() => setOpen({ what: "form", rule: null })}>
            {t("ruleNew")}
          </Button>
        )}
      </div>
      <Told>{said}</Told>
      <Trouble error={error} />
      {contradiction && (
        <Trouble error={contradiction.problem}>
          <Button onClick={() => void switchTo(contradiction.rule, contradiction.mode, true)}>{t("ruleForce")}</Button> <Button onClick={() => setContradiction(null)}>{t("cancel")}</Button>
        </Trouble>
      )}
      {rules === null && error === null && <Bone height="300px" />}
      {rules?.length === 0 && (
        <div className={parts.note} role="status">
          <strong>{t("rulesNone")}.</strong> {t("rulesNoneMore")}
        </div>
      )}
      {owners.map((owner) => {
        const own = (rules ?? []).filter((rule) => rule.owner === owner);
        return (
          <section key={owner} aria-label={ownerName(owner, own[0]?.owner_name, t)}>
            <h2 className={styles.owner}>{ownerName(owner, own[0]?.owner_name, t)}</h2>
            <ol className={styles.list}>
              {own.map((rule, at) => (
                <li key={rule.id} className={mergeClasses(styles.rule, rule.mode === "off" && styles.off)} aria-busy={busyOn === rule.id} data-rule={rule.id}>
                  <div className={styles.top}>
                    <h3 className={styles.name}>
                      {rule.position}. {rule.name}
                    </h3>
                    {rule.may_edit ? (
                      <Select size="small" aria-label={t("ruleMode", { name: rule.name })} value={rule.mode} onChange={(_, { value }) => void switchTo(rule, value as Mode)}>
                        {(["live", "shadow", "off"] as const).map((mode) => (
                          <option key={mode} value={mode}>
                            {t(`mode_${mode}`)}
                          </option>
                        ))}
                      </Select>
                    ) : (
                      <span>{t(`mode_${rule.mode}`)}</span>
                    )}
                  </div>
                  <p className={styles.words}>{rule.in_words}</p>
                  {rule.suspended && <p className={parts.fault}>{t("ruleSuspended", { reason: rule.suspended.text })}</p>}
                  <p className={styles.soft}>{[t.count("ruleHits", rule.hits), rule.last_hit_at && t("ruleLastHit", { when: t.ago(rule.last_hit_at) }), t("ruleChangedBy", { name: rule.changed_by, when: wholeTime(rule.changed_at, t) })].filter(Boolean).join(" · ")}</p>
                  <div className={styles.top}>
                    {rule.may_edit && (
                      <>
                        <RuleButton words={t("ruleEdit")} of={rule} onClick={() => setOpen({ what: "form", rule })} />
                        {at > 0 && <RuleButton words={t("ruleUp")} of={rule} onClick={() => move(rule, -1)} />}
                        {at < own.length - 1 && <RuleButton words={t("ruleDown")} of={rule} onClick={() => move(rule, 1)} />}
                      </>
                    )}
                    <RuleButton words={t("ruleTry")} of={rule} onClick={() => setOpen({ what: "dry", rule })} />
                    <RuleButton words={t("ruleHistory")} of={rule} onClick={() => setOpen({ what: "history", rule })} />
                  </div>
                </li>
              ))}
            </ol>
          </section>
        );
      })}
    </div>
  );
}

/** Many rules have the same buttons: who listens hears which rule each is of. */
function RuleButton({ words, of, onClick }: { words: string; of: Rule; onClick: () => void }) {
  return (
    <Button size="small" aria-label={`${words}: ${of.name}`} onClick={onClick}>
      {words}
    </Button>
  );
}

function ownerName(owner: string, known: string | undefined, t: WebTexts): string {
  if (owner === "organisation") return t("rulesOrganisation");
  const name = known || owner.replace(/^\w+:/, "");
  return t(owner.startsWith("person:") ? "rulesOfPerson" : "rulesOfMailbox", { name });
}

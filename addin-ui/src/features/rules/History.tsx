/** What a rule was: who changed it when, and the way back. */

import { Button } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { Rule, Version } from "../../api/rules";
import { Bone, Trouble } from "../../shell/parts";
import { useWeb } from "../../web/web";
import { wholeTime } from "../waiting/MailRow";
import { useRuleStyles } from "./RulesView";

export function History({ rule, onBack }: { rule: Rule; onBack: () => void }) {
  const styles = useRuleStyles();
  const { rules: api, t } = useWeb();
  const [versions, setVersions] = useState<readonly Version[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    api.versions(rule).then(setVersions, setError);
  }, [api, rule]);
  const restore = (version: number) => void api.restore(rule, version).then(onBack, setError);
  return (
    <div className={styles.view}>
      <div>
        <Button appearance="subtle" onClick={onBack}>
          {t("rulesBack")}
        </Button>
      </div>
      <h1 className={styles.title}>{t("ruleHistoryOf", { name: rule.name })}</h1>
      <Trouble error={error} />
      {versions === null && error === null && <Bone height="200px" />}
      <ol className={styles.list}>
        {versions?.map((version) => (
          <li key={version.version} className={styles.rule} data-version={version.version}>
            <h2 className={styles.name}>{t("ruleVersion", { version: version.version, what: t(whatKey(version.what)) })}</h2>
            <p className={styles.soft}>{t("ruleChangedBy", { name: version.changed_by, when: wholeTime(version.changed_at, t) })}</p>
            <p className={styles.words}>{version.in_words}</p>
            {version.version !== rule.version && rule.may_edit && (
              <div>
                <Button size="small" aria-label={`${t("ruleRestore")}: ${version.version}`} onClick={() => restore(version.version)}>
                  {t("ruleRestore")}
                </Button>
              </div>
            )}
          </li>
        ))}
      </ol>
    </div>
  );
}

const whatKey = (what: string) => (what === "created" || what === "restored" || what === "imported" ? (`rule_${what}` as const) : "rule_changed");

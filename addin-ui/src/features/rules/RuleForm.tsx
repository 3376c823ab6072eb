/** One rule, written in sentences; or as text, where it says more than sentences can. The service reads it aloud meanwhile. */

import { Button, Checkbox, Field, Input, makeStyles, Select, Textarea, tokens } from "@fluentui/react-components";
import { useEffect, useMemo, useState } from "react";
import { NotSignedIn } from "../../api/problem";
import { mistakesOf, type Mistake, type Rule, type Written } from "../../api/rules";
import { Trouble, useParts, WorkButton } from "../../shell/parts";
import { useWeb, type WebTexts } from "../../web/web";
import { DryRun } from "./DryRun";
import { useRuleStyles } from "./RulesView";
import { ACTIONS, FIELDS, NEW, newAction, newCondition, pathOfAction, pathOfCondition, ruleOf, sentenceOf, TARGETS, TESTS, WORDS, type Action, type ActionName, type Condition, type FieldName, type Sentence } from "./sentence";

const PAUSE_MS = 300;

const useStyles = makeStyles({
  line: { display: "flex", flexWrap: "wrap", gap: "8px", alignItems: "flex-end", padding: "8px", border: `1px solid ${tokens.colorNeutralStroke2}`, borderRadius: tokens.borderRadiusMedium },
  grow: { flexGrow: 1, flexBasis: "12rem", minWidth: 0 },
  fixed: { minWidth: 0, maxWidth: "100%" },
  legend: { fontWeight: tokens.fontWeightSemibold, padding: 0 },
  group: { border: "none", margin: 0, padding: 0, minWidth: 0, display: "flex", flexDirection: "column", gap: "8px" },
  aloud: { padding: "12px", borderRadius: tokens.borderRadiusMedium, backgroundColor: tokens.colorNeutralBackground3, margin: 0 },
  text: { fontFamily: tokens.fontFamilyMonospace },
});

interface Props {
  rule: Rule | null;
  owners: readonly string[];
  ownerName: (owner: string) => string;
  onBack: () => void;
}

export function RuleForm({ rule, owners, ownerName, onBack }: Props) {
  const styles = useRuleStyles();
  const own = useStyles();
  const parts = useParts();
  const { rules: api, t, signedOut } = useWeb();
  const [sentence, setSentence] = useState<Sentence | null>(() => (rule ? sentenceOf(rule.rule) : NEW));
  const [text, setText] = useState(rule?.text ?? "");
  const [owner, setOwner] = useState(rule?.owner ?? owners[0] ?? "");
  const [aloud, setAloud] = useState("");
  const [mistakes, setMistakes] = useState<readonly Mistake[]>([]);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [isTried, setTried] = useState(false);
  const [wasTold, setTold] = useState(rule !== null);
  const written = useMemo((): Written => (sentence ? { rule: ruleOf(sentence) } : { text }), [sentence, text]);

  useEffect(() => {
    const controller = new AbortController();
    const ask = () =>
      api.check(written, controller.signal).then(
        (checked) => {
          if (controller.signal.aborted) return;
          setAloud(checked.in_words ?? "");
          setMistakes(checked.mistakes);
          if (sentence && checked.text) setText(checked.text);
        },
        (error: unknown) => {
          if (!controller.signal.aborted) setError(error);
        },
      );
    const timer = setTimeout(() => void ask(), PAUSE_MS);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, written, sentence]);

  const save = async () => {
    setBusy(true);
    setError(null);
    setTold(true);
    try {
      await (rule ? api.change(rule, written) : api.create(written, owner));
      onBack();
    } catch (error) {
      if (error instanceof NotSignedIn) signedOut();
      const found = mistakesOf(error);
      if (found.length > 0) setMistakes(found);
      else setError(error);
    }
    setBusy(false);
  };
  const remove = async () => {
    if (!rule) return;
    try {
      await api.remove(rule);
      onBack();
    } catch (error) {
      setError(error);
    }
  };
  const toSentences = async () => {
    const { rule: read } = await api.check({ text });
    const sentence = read && sentenceOf(read);
    if (sentence) setSentence(sentence);
    else setError(null);
  };

  if (isTried) return <DryRun what={written} name={sentence?.name || rule?.name || t("ruleNew")} onBack={() => setTried(false)} />;
  // Nobody is scolded for what they have not written yet.
  const shown = wasTold ? mistakes : [];
  const at = (path: string) => shown.filter((one) => one.path === path || one.path.startsWith(`${path}.`) || one.path.startsWith(`${path}[`));
  const placed = new Set(sentence ? [...at("name"), ...sentence.conditions.flatMap((_, index) => at(pathOfCondition(sentence, index))), ...sentence.actions.flatMap((action) => at(pathOfAction(action)))] : []);
  const others = shown.filter((one) => !placed.has(one));
  const change = (some: Partial<Sentence>) => {
    setTold(true);
    setSentence((before) => before && { ...before, ...some });
  };
  return (
    <div className={styles.view}>
      <div>
        <Button appearance="subtle" onClick={onBack}>
          {t("rulesBack")}
        </Button>
      </div>
      <h1 className={styles.title}>{rule ? t("ruleEditOf", { name: rule.name }) : t("ruleNew")}</h1>
      {!rule && owners.length > 1 && (
        <Field label={t("ruleOwner")}>
          <Select value={owner} onChange={(_, { value }) => setOwner(value)}>
            {owners.map((one) => (
              <option key={one} value={one}>
                {ownerName(one)}
              </option>
            ))}
          </Select>
        </Field>
      )}
      {sentence ? (
        <>
          <Field label={t("ruleName")} {...fault(at("name"))}>
            <Input value={sentence.name} maxLength={200} onChange={(_, { value }) => change({ name: value })} />
          </Field>
          <fieldset className={own.group}>
            <legend className={own.legend}>{t("ruleWhen")}</legend>
            <Select aria-label={t("ruleJoin")} value={sentence.join} onChange={(_, { value }) => change({ join: value as Sentence["join"] })}>
              <option value="all">{t("join_all")}</option>
              <option value="any">{t("join_any")}</option>
            </Select>
            {sentence.conditions.map((condition, index) => (
              <ConditionLine key={index} condition={condition} number={index + 1} mistakes={at(pathOfCondition(sentence, index))} onChange={(next) => change({ conditions: replaced(sentence.conditions, index, next) })} {...(sentence.conditions.length > 1 ? { onRemove: () => change({ conditions: sentence.conditions.filter((_, other) => other !== index) }) } : {})} />
            ))}
            <div>
              <Button size="small" onClick={() => change({ conditions: [...sentence.conditions, newCondition()] })}>
                {t("ruleAddCondition")}
              </Button>
            </div>
          </fieldset>
          <fieldset className={own.group}>
            <legend className={own.legend}>{t("ruleThen")}</legend>
            {sentence.actions.map((action, index) => (
              <ActionLine key={index} action={action} number={index + 1} mistakes={at(pathOfAction(action))} onChange={(next) => change({ actions: replaced(sentence.actions, index, next) })} {...(sentence.actions.length > 1 ? { onRemove: () => change({ actions: sentence.actions.filter((_, other) => other !== index) }) } : {})} />
            ))}
            <div>
              <Button size="small" onClick={() => change({ actions: [...sentence.actions, newAction()] })}>
                {t("ruleAddAction")}
              </Button>
            </div>
          </fieldset>
          <Checkbox checked={sentence.stop} onChange={(_, { checked }) => change({ stop: checked === true })} label={t("ruleStop")} />
          <Checkbox checked={sentence.trustsSender} onChange={(_, { checked }) => change({ trustsSender: checked === true })} label={t("ruleTrusts")} />
        </>
      ) : (
        <Field label={t("ruleText")} hint={t("ruleTextHint")} {...(shown.length > 0 ? { validationMessage: shown.map((one) => t("ruleAt", { line: one.line, column: one.column, message: one.message })).join(" ") } : {})}>
          <Textarea className={own.text} rows={14} value={text} onChange={(_, { value }) => {
              setTold(true);
              setText(value);
            }} />
        </Field>
      )}
      <p className={own.aloud} role="status" aria-label={t("ruleAloud")}>
        {aloud || t("ruleNotYet")}
      </p>
      {sentence &&
        others.map((one) => (
          <p key={`${one.path} ${one.code}`} className={parts.fault} role="alert">
            {one.message}
          </p>
        ))}
      <Trouble error={error} />
      <div className={styles.top}>
        <WorkButton busy={isBusy} words={t("ruleSave")} working={t("ruleSaving")} appearance="primary" onClick={() => void save()} />
        <Button onClick={() => setTried(true)}>{t("ruleTry")}</Button>
        {sentence ? <Button onClick={() => setSentence(null)}>{t("ruleAsText")}</Button> : <Button onClick={() => void toSentences()}>{t("ruleAsSentences")}</Button>}
        {rule && (
          <Button appearance="subtle" onClick={() => void remove()}>
            {t("ruleRemove")}
          </Button>
        )}
      </div>
    </div>
  );
}

interface LineProps<T> {
  number: number;
  mistakes: readonly Mistake[];
  onChange: (next: T) => void;
  onRemove?: () => void;
}

function ConditionLine({ condition, number, mistakes, onChange, onRemove }: LineProps<Condition> & { condition: Condition }) {
  const own = useStyles();
  const { t } = useWeb();
  const kind = FIELDS[condition.field];
  const tests = TESTS[kind];
  const words = WORDS[condition.field];
  const isYes = kind === "yes" || condition.test === "internal";
  const choose = (field: FieldName) => onChange({ field, test: TESTS[FIELDS[field]][0] ?? "", value: WORDS[field]?.[0] ?? (FIELDS[field] === "yes" ? "true" : FIELDS[field] === "share" ? "95" : ""), not: condition.not });
  return (
    <div className={own.line} role="group" aria-label={t("ruleCondition", { number })}>
      <Select className={own.fixed} aria-label={t("ruleHolds")} value={condition.not ? "not" : "is"} onChange={(_, { value }) => onChange({ ...condition, not: value === "not" })}>
        <option value="is">{t("ruleIs")}</option>
        <option value="not">{t("ruleIsNot")}</option>
      </Select>
      <Select className={own.fixed} aria-label={t("ruleAbout")} value={condition.field} onChange={(_, { value }) => choose(value as FieldName)}>
        {(Object.keys(FIELDS) as FieldName[]).map((field) => (
          <option key={field} value={field}>
            {t(`about_${field}`)}
          </option>
        ))}
      </Select>
      {tests.length > 0 && (
        <Select className={own.fixed} aria-label={t("ruleTest")} value={condition.test} onChange={(_, { value }) => onChange({ ...condition, test: value, value: value === "internal" ? "true" : condition.test === "internal" ? "" : condition.value })}>
          {tests.map((test) => (
            <option key={test} value={test}>
              {t(`test_${test}` as Parameters<WebTexts>[0])}
            </option>
          ))}
        </Select>
      )}
      <Field className={own.grow} {...fault(mistakes)}>
        {words || isYes ? (
          <Select aria-label={t("ruleValue")} value={condition.value} onChange={(_, { value }) => onChange({ ...condition, value })}>
            {(words ?? ["true", "false"]).map((word) => (
              <option key={word} value={word}>
                {t(`word_${word}` as Parameters<WebTexts>[0])}
              </option>
            ))}
          </Select>
        ) : (
          <Input aria-label={t("ruleValue")} value={condition.value} maxLength={1000} placeholder={kind === "share" ? "95" : t("ruleSeveral")} {...(kind === "share" ? { contentAfter: "%" } : {})} onChange={(_, { value }) => onChange({ ...condition, value })} />
        )}
      </Field>
      {onRemove && (
        <Button size="small" appearance="subtle" aria-label={`${t("ruleTakeAway")}: ${t("ruleCondition", { number })}`} onClick={onRemove}>
          {t("ruleTakeAway")}
        </Button>
      )}
    </div>
  );
}

function ActionLine({ action, number, mistakes, onChange, onRemove }: LineProps<Action> & { action: Action }) {
  const own = useStyles();
  const { t } = useWeb();
  const isJournal = action.kind === "journal";
  const asks = isJournal ? (action.on === "case" ? t("ruleCaseNumber") : action.on === "suggestion" ? t("rulePercent") : null) : action.kind === "flag" || action.kind === "follow_thread" ? null : t(`asks_${action.kind}` as Parameters<WebTexts>[0]);
  return (
    <div className={own.line} role="group" aria-label={t("ruleAction", { number })}>
      <Select className={own.fixed} aria-label={t("ruleDo")} value={action.kind} onChange={(_, { value }) => onChange({ ...newAction(), kind: value as ActionName })}>
        {ACTIONS.map((kind) => (
          <option key={kind} value={kind}>
            {t(`do_${kind}`)}
          </option>
        ))}
      </Select>
      {isJournal && (
        <Select className={own.fixed} aria-label={t("ruleWhereOn")} value={action.on} onChange={(_, { value }) => onChange({ ...action, on: value, value: value === "suggestion" ? "95" : "" })}>
          {TARGETS.map((on) => (
            <option key={on} value={on}>
              {t(`on_${on}`)}
            </option>
          ))}
        </Select>
      )}
      <Field className={own.grow} {...fault(mistakes)}>
        {asks ? <Input aria-label={asks} placeholder={asks} value={action.value} maxLength={300} onChange={(_, { value }) => onChange({ ...action, value })} /> : <span />}
      </Field>
      {isJournal && <Input className={own.grow} aria-label={t("title")} placeholder={t("ruleTitle")} value={action.title} maxLength={300} onChange={(_, { value }) => onChange({ ...action, title: value })} />}
      {onRemove && (
        <Button size="small" appearance="subtle" aria-label={`${t("ruleTakeAway")}: ${t("ruleAction", { number })}`} onClick={onRemove}>
          {t("ruleTakeAway")}
        </Button>
      )}
    </div>
  );
}

const fault = (mistakes: readonly Mistake[]) => (mistakes.length > 0 ? { validationMessage: mistakes.map((one) => one.message).join(" ") } : {});

const replaced = <T,>(list: readonly T[], at: number, next: T) => list.map((one, index) => (index === at ? next : one));

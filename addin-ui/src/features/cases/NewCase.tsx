/** A new case from the mail: filled in as far as the mail, a template or another case tells, with a look at cases that resemble it. */

import { Button, Field, Input, Radio, RadioGroup, Select } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { CaseLabel, CaseProposal, CaseTemplate, KnownMail, NewCase as Wish } from "../../api/types";
import { newKey } from "../../api/key";
import { named, useApp } from "../../shell/app";
import { Arrival, Bone, Trouble, useParts, WorkButton } from "../../shell/parts";
import type { CaseForm, CaseModel } from "../journal/draft";
import { asParty, PartyTick } from "../journal/parties";
import { titleFault } from "../journal/names";
import { Search } from "./Search";

const KLE = /^\d{2}\.\d{2}\.\d{2}$/;

interface Props {
  mail: KnownMail;
  /** What was typed before; nothing of it is lost by looking at another mail. */
  typed: Partial<CaseForm> | undefined;
  onTyped: (form: Partial<CaseForm>) => void;
  onBack: () => void;
  onFile: (on: CaseLabel) => Promise<void>;
}

export default function NewCase({ mail, typed, onTyped, onBack, onFile }: Props) {
  const parts = useParts();
  const { api, t } = useApp();
  const [answer, setAnswer] = useState<{ to: string; proposal: CaseProposal } | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<CaseLabel | null>(null);
  const model = typed?.model;
  const asked = JSON.stringify(model ?? null);

  useEffect(() => {
    const controller = new AbortController();
    const model = JSON.parse(asked) as CaseModel | null;
    const given = !model ? {} : "like" in model ? { like: model.like.id } : model;
    api
      .propose(mail.mail_id, controller.signal, given)
      .then((proposal) => {
        if (controller.signal.aborted) return;
        setAnswer({ to: asked, proposal });
        setError(null);
      })
      .catch((error: unknown) => !controller.signal.aborted && setError(error));
    return () => controller.abort();
  }, [api, mail.mail_id, asked]);

  // What is shown meanwhile is what was asked for before.
  const proposal = answer?.proposal ?? null;
  const isCurrent = answer?.to === asked;

  if (!proposal)
    return (
      <div className={parts.section} style={{ paddingTop: 12 }}>
        <Trouble error={error} />
        {error === null && <Bone height="320px" />}
        <div>
          <Button onClick={onBack}>{t("back")}</Button>
        </div>
      </div>
    );

  const form: CaseForm = { ...formOf(proposal), ...typed };
  const change = (change: Partial<CaseForm>) => onTyped({ ...typed, ...change });
  /** What the model says comes in place of what was filled in; a title that was typed stays. */
  const begin = (model: CaseModel | undefined) => {
    setMade(null);
    onTyped({ ...(typed?.title === undefined ? {} : { title: typed.title }), model });
  };
  const isKleWrong = form.kle.trim() !== "" && !KLE.test(form.kle.trim());
  const isFaulty = isKleWrong || titleFault(form.title) !== null;

  const create = async () => {
    if (isFaulty || !isCurrent) {
      document.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const label = made ?? (await make());
      setMade(label);
      await onFile(label);
    } catch (error) {
      setError(error);
    } finally {
      setBusy(false);
    }
  };

  const make = async (): Promise<CaseLabel> => {
    const wish = wishOf(form, proposal);
    const text = JSON.stringify(wish);
    const sent = form.act?.wish === text ? form.act : { wish: text, key: newKey() };
    change({ act: sent });
    const { id, number, title } = await api.createCase(wish, sent.key);
    return { id, number, title };
  };

  return (
    <div className={parts.section} style={{ gap: 12, paddingTop: 12, paddingBottom: 12 }}>
      <Arrival className={parts.heading}>{t("newCaseOf")}</Arrival>
      {proposal.similar_cases.length > 0 && !made && (
        <section className={parts.note} aria-label={t("newCaseSimilar")}>
          <p className={parts.text}>{t("newCaseSimilar")}</p>
          {proposal.similar_cases.map((similar) => (
            <Button key={similar.case_id} appearance="transparent" style={{ textAlign: "left", justifyContent: "flex-start" }} onClick={() => void onFile({ id: similar.case_id, number: similar.number, title: similar.title })} aria-label={t("fileOn", { case: named(similar) })}>
              {named(similar)}
              {similar.status === "closed" ? ` (${t("caseClosed")})` : ""}
            </Button>
          ))}
        </section>
      )}
      <Begin proposal={proposal} model={model} onBegin={begin} />
      <Field label={t("newCaseTitle")} {...(titleFault(form.title) ? { validationMessage: t("titleEmpty"), validationState: "error" as const } : {})}>
        <Input value={form.title} onChange={(_, { value }) => change({ title: value })} maxLength={300} />
      </Field>
      <Field label={t("newCaseKle")} hint={t("newCaseKleHint")} {...(isKleWrong ? { validationMessage: t("newCaseKleWrong"), validationState: "error" as const } : {})}>
        <Input value={form.kle} maxLength={8} inputMode="decimal" onChange={(_, { value }) => change({ kle: value, facet: null })} />
      </Field>
      {proposal.kle.slice(0, 3).map((subject) => (
        <Button key={subject.number} appearance="subtle" size="small" style={{ textAlign: "left", justifyContent: "flex-start" }} aria-pressed={form.kle === subject.number} title={subject.reasons.map((reason) => reason.text).join(" · ")} onClick={() => change({ kle: subject.number, facet: subject.facet?.facet ?? null })}>
          {subject.number} {subject.title}
        </Button>
      ))}
      {proposal.parties.length > 0 && (
        <fieldset style={{ border: "none", margin: 0, padding: 0, minWidth: 0 }}>
          <legend className={parts.heading}>{t("newCaseParties")}</legend>
          {proposal.parties.map((party, at) => (
            <PartyTick key={`${party.name}-${at}`} party={party} isTaken={form.parties.includes(at)} onTake={(isTaken) => change({ parties: isTaken ? [...form.parties, at] : form.parties.filter((other) => other !== at) })} />
          ))}
        </fieldset>
      )}
      <Field label={t("newCaseAccess")} {...(proposal.access.reasons.length > 0 ? { hint: proposal.access.reasons.map((reason) => reason.text).join(" · ") } : {})}>
        <RadioGroup value={form.restricted ? "restricted" : "open"} onChange={(_, { value }) => change({ restricted: value === "restricted" })}>
          <Radio value="open" label={t("newCaseOpen")} />
          <Radio value="restricted" label={isListed(proposal) ? t("newCaseListed", { count: proposal.access.list?.length ?? 0 }) : t("newCaseRestricted")} />
        </RadioGroup>
      </Field>
      <p className={parts.hint}>
        {t("newCaseResponsible", { name: proposal.responsible })}
        {proposal.unit ? ` · ${t("newCaseUnit", { name: proposal.unit })}` : ""}
      </p>
      {made && <p className={parts.note}>{t("newCaseMadeNotFiled", { case: named(made) })}</p>}
      <Trouble error={error} />
      <div className={parts.row}>
        <WorkButton busy={isBusy} words={t("newCaseMake")} working={t("newCaseMaking")} appearance="primary" onClick={() => void create()} />
        <Button onClick={onBack}>{t("back")}</Button>
      </div>
    </div>
  );
}

/** More than whoever makes the case are on its list. */
const isListed = ({ access }: CaseProposal) => (access.list?.length ?? 0) > 1;

const MAIL_ALONE = "";
const ANOTHER = "another";

/** What the case begins as: the mail alone, a template, a case that resembles it, or any other case. */
function Begin({ proposal, model, onBegin }: { proposal: CaseProposal; model: CaseModel | undefined; onBegin: (model: CaseModel | undefined) => void }) {
  const parts = useParts();
  const { api, t } = useApp();
  const [templates, setTemplates] = useState<readonly CaseTemplate[]>([]);
  const [isSearching, setSearching] = useState(false);
  const [words, setWords] = useState("");

  useEffect(() => {
    const controller = new AbortController();
    api
      .templates(controller.signal)
      .then((templates) => !controller.signal.aborted && setTemplates(templates))
      .catch(() => undefined); // without them the case is made all the same
    return () => controller.abort();
  }, [api]);

  const cases = proposal.similar_cases.map(({ case_id: id, number, title }) => ({ id, number, title }));
  const like = model && "like" in model ? model.like : null;
  const others = like && !cases.some((one) => one.id === like.id) ? [like] : [];
  const value = isSearching ? ANOTHER : !model ? MAIL_ALONE : "like" in model ? `case:${model.like.id}` : `template:${model.template}`;
  const choose = (value: string) => {
    setSearching(value === ANOTHER);
    if (value === ANOTHER) return;
    const on = [...cases, ...others].find((one) => value === `case:${one.id}`);
    onBegin(on ? { like: on } : value.startsWith("template:") ? { template: value.slice("template:".length) } : undefined);
  };
  return (
    <>
      <Field label={t("newCaseBegin")} {...(like ? { hint: t("newCaseLikeHint") } : {})}>
        <Select value={value} onChange={(_, { value }) => choose(value)}>
          <option value={MAIL_ALONE}>{t("newCaseBeginMail")}</option>
          {templates.length > 0 && (
            <optgroup label={t("newCaseTemplates")}>
              {templates.map(({ name }) => (
                <option key={name} value={`template:${name}`}>
                  {name}
                </option>
              ))}
            </optgroup>
          )}
          <optgroup label={t("newCaseLike")}>
            {[...others, ...cases].map((one) => (
              <option key={one.id} value={`case:${one.id}`}>
                {named(one)}
              </option>
            ))}
            <option value={ANOTHER}>{t("newCaseAnother")}</option>
          </optgroup>
        </Select>
      </Field>
      {isSearching && (
        <div className={parts.note}>
          <Search
            label={t("newCaseAnotherFind")}
            words={words}
            onWords={setWords}
            onChoose={(like) => {
              setSearching(false);
              onBegin({ like });
            }}
            chooseWords={(name) => t("newCaseBeginAs", { case: name })}
          />
        </div>
      )}
    </>
  );
}

function formOf(proposal: CaseProposal): CaseForm {
  const [subject] = proposal.kle;
  return { title: proposal.title, kle: subject?.number ?? "", facet: subject?.facet?.facet ?? null, restricted: proposal.access.code === "restricted", parties: proposal.parties.flatMap((party, at) => (party.proposed ? [at] : [])) };
}

function wishOf(form: CaseForm, proposal: CaseProposal): Wish {
  const chosen = form.parties.map((at) => proposal.parties[at]).filter((party) => party !== undefined);
  return {
    title: form.title.trim(),
    mail_id: proposal.mail_id,
    ...(form.kle.trim() ? { kle: form.kle.trim() } : {}),
    ...(form.kle.trim() && form.facet ? { facet: form.facet } : {}),
    ...(proposal.responsible ? { responsible: proposal.responsible } : {}),
    ...(proposal.unit ? { unit: proposal.unit } : {}),
    // Whoever makes the case, and those whom its model names.
    ...(form.restricted ? { access: { code: "restricted" as const, list: proposal.access.list ?? [] } } : {}),
    parties: chosen.map(asParty),
  };
}

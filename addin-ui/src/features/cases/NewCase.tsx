/** A new case from the mail: filled in as far as the mail tells, with a look at cases that resemble it. */

import { Button, Checkbox, Field, Input, Radio, RadioGroup } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { CaseLabel, CaseProposal, KnownMail, NewCase as Wish } from "../../api/types";
import { newKey } from "../../api/key";
import { named, useApp } from "../../shell/app";
import { Arrival, Bone, Trouble, useParts, WorkButton } from "../../shell/parts";
import type { CaseForm } from "../journal/draft";
import { titleFault } from "../journal/names";

const KLE = /^\d{2}\.\d{2}\.\d{2}$/;

interface Props {
  mail: KnownMail;
  /** What was typed before; nothing of it is lost by looking at another mail. */
  typed: CaseForm | undefined;
  onTyped: (form: CaseForm) => void;
  onBack: () => void;
  onFile: (on: CaseLabel) => Promise<void>;
}

export default function NewCase({ mail, typed, onTyped, onBack, onFile }: Props) {
  const parts = useParts();
  const { api, t } = useApp();
  const [proposal, setProposal] = useState<CaseProposal | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [made, setMade] = useState<CaseLabel | null>(null);

  useEffect(() => {
    const controller = new AbortController();
    api
      .propose(mail.mail_id, controller.signal)
      .then((proposal) => {
        if (controller.signal.aborted) return;
        setProposal(proposal);
      })
      .catch((error: unknown) => !controller.signal.aborted && setError(error));
    return () => controller.abort();
  }, [api, mail.mail_id]);

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

  const form = typed ?? formOf(proposal);
  const change = (change: Partial<CaseForm>) => onTyped({ ...form, ...change });
  const isKleWrong = form.kle.trim() !== "" && !KLE.test(form.kle.trim());
  const isFaulty = isKleWrong || titleFault(form.title) !== null;

  const create = async () => {
    if (isFaulty) {
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
            <div key={`${party.name}-${at}`}>
              <Checkbox
                checked={form.parties.includes(at)}
                label={[party.name, party.identifier].filter(Boolean).join(", ")}
                onChange={(_, { checked }) => change({ parties: checked === true ? [...form.parties, at] : form.parties.filter((other) => other !== at) })}
              />
              <p className={parts.hint} style={{ paddingLeft: 32 }}>
                {party.reasons.map((reason) => reason.text).join(" · ")}
              </p>
            </div>
          ))}
        </fieldset>
      )}
      <Field label={t("newCaseAccess")} {...(proposal.access.reasons.length > 0 ? { hint: proposal.access.reasons.map((reason) => reason.text).join(" · ") } : {})}>
        <RadioGroup value={form.restricted ? "restricted" : "open"} onChange={(_, { value }) => change({ restricted: value === "restricted" })}>
          <Radio value="open" label={t("newCaseOpen")} />
          <Radio value="restricted" label={t("newCaseRestricted")} />
        </RadioGroup>
      </Field>
      <p className={parts.hint}>{t("newCaseResponsible", { name: proposal.responsible })}</p>
      {made && <p className={parts.note}>{t("newCaseMadeNotFiled", { case: named(made) })}</p>}
      <Trouble error={error} />
      <div className={parts.row}>
        <WorkButton busy={isBusy} words={t("newCaseMake")} working={t("newCaseMaking")} appearance="primary" onClick={() => void create()} />
        <Button onClick={onBack}>{t("back")}</Button>
      </div>
    </div>
  );
}

function formOf(proposal: CaseProposal): CaseForm {
  const [subject] = proposal.kle;
  return { title: proposal.title, kle: subject?.number ?? "", facet: subject?.facet?.facet ?? null, restricted: proposal.access.code === "restricted", parties: proposal.parties.map((_, at) => at) };
}

function wishOf(form: CaseForm, proposal: CaseProposal): Wish {
  const chosen = form.parties.map((at) => proposal.parties[at]).filter((party) => party !== undefined);
  return {
    title: form.title.trim(),
    mail_id: proposal.mail_id,
    ...(form.kle.trim() ? { kle: form.kle.trim() } : {}),
    ...(form.kle.trim() && form.facet ? { facet: form.facet } : {}),
    // Only whoever makes the case, until they let others in.
    ...(form.restricted ? { access: { code: "restricted" as const, list: proposal.access.list ?? [] } } : {}),
    parties: chosen.map(({ kind, name, identifier, address, mail }) => ({ kind, name, identifier: identifier ?? null, address: address ?? null, mail: mail ?? null })),
  };
}

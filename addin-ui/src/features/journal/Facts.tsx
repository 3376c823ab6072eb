/** Whom the mail is from, to or about, until when it asks for something, and the KLE number of a case that has none. */

import { Button, Field, Input } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { CaseProposal, Party, ProposedParty, Suggestions } from "../../api/types";
import { useApp } from "../../shell/app";
import { Bone, Trouble, useParts } from "../../shell/parts";
import { CARD_COUNT } from "./Cards";
import type { FilingDraft } from "./draft";
import { asParty, isSame, PartyTick } from "./parties";

interface Props {
  mail: string;
  draft: FilingDraft;
  suggestions: Suggestions;
  onChange: (change: Partial<FilingDraft>) => void;
}

export function Facts({ mail, draft, suggestions, onChange }: Props) {
  const { api } = useApp();
  const [proposal, setProposal] = useState<CaseProposal | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    const controller = new AbortController();
    api
      .propose(mail, controller.signal)
      .then((proposal) => !controller.signal.aborted && setProposal(proposal))
      .catch((error: unknown) => !controller.signal.aborted && setError(error));
    return () => controller.abort();
  }, [api, mail]);

  return (
    <>
      <Deadline draft={draft} suggestions={suggestions} onChange={onChange} />
      <Trouble error={error} />
      {!proposal && error === null && <Bone height="96px" />}
      {proposal && <Parties proposed={proposal.parties} draft={draft} onChange={onChange} />}
      {proposal && <CaseKle proposal={proposal} draft={draft} suggestions={suggestions} onChange={onChange} />}
    </>
  );
}

function Deadline({ draft, suggestions, onChange }: Omit<Props, "mail">) {
  const { t } = useApp();
  const task = suggestions.task_date;
  const value = draft.deadline === undefined ? (task?.date ?? "") : (draft.deadline ?? "");
  const isFound = task && value === task.date;
  return (
    <Field label={t("deadline")} {...(isFound ? { hint: task.sentence ? `»${task.sentence}«` : task.evidence.text } : {})}>
      <Input type="date" value={value} onChange={(_, { value }) => onChange({ deadline: value || null })} />
    </Field>
  );
}

function Parties({ proposed, draft, onChange }: { proposed: readonly ProposedParty[]; draft: FilingDraft; onChange: Props["onChange"] }) {
  const parts = useParts();
  const { t } = useApp();
  const taken = draft.parties ?? proposed.filter((party) => party.proposed).map(asParty);
  const take = (party: Party, isTaken: boolean) => {
    // In the order that they are proposed in, whatever was ticked first.
    const others = taken.filter((other) => !isSame(other, party));
    const next = isTaken ? proposed.map(asParty).filter((one) => isSame(one, party) || others.some((other) => isSame(other, one))) : others;
    onChange({ parties: next });
  };
  return (
    <fieldset style={{ border: "none", margin: 0, padding: 0, minWidth: 0 }}>
      <legend className={parts.heading}>{t("parties")}</legend>
      {proposed.length === 0 && <p className={parts.hint}>{t("partiesNone")}</p>}
      {proposed.map((shown) => {
        const party = asParty(shown);
        return <PartyTick key={`${party.name}/${party.identifier}/${party.mail}`} party={shown} isTaken={taken.some((other) => isSame(other, party))} onTake={(isTaken) => take(party, isTaken)} />;
      })}
    </fieldset>
  );
}

/** Cases that are suggested tell theirs; one that has none gets what is pressed here. */
function CaseKle({ proposal, draft, suggestions, onChange }: { proposal: CaseProposal } & Omit<Props, "mail">) {
  const parts = useParts();
  const { t } = useApp();
  const shown = suggestions.cases.slice(0, CARD_COUNT);
  const isAnyWithout = shown.length === 0 || shown.some((one) => !one.kle);
  return (
    <section className={parts.section} style={{ padding: 0 }}>
      <h3 className={parts.heading}>{t("caseKle")}</h3>
      {shown.map((one) => (
        <p key={one.case_id} className={parts.hint}>
          {one.number}: {one.kle ?? t("caseKleNone")}
        </p>
      ))}
      {isAnyWithout && proposal.kle.length === 0 && <p className={parts.hint}>{t("caseKleNoIdea")}</p>}
      {isAnyWithout && proposal.kle.length > 0 && (
        <>
          <p className={parts.hint}>{t("caseKleHint")}</p>
          {proposal.kle.map((subject) => {
            const isChosen = draft.caseKle?.number === subject.number;
            return (
              <Button
                key={subject.number}
                size="small"
                appearance={isChosen ? "primary" : "secondary"}
                style={{ textAlign: "left", justifyContent: "flex-start" }}
                aria-pressed={isChosen}
                title={subject.reasons.map((reason) => reason.text).join(" · ")}
                onClick={() => onChange({ caseKle: isChosen ? undefined : { number: subject.number, facet: subject.facet?.facet ?? null } })}
              >
                {subject.number} {subject.title}
              </Button>
            );
          })}
        </>
      )}
    </section>
  );
}

/** What seldom needs changing: direction, date, parties, deadline, KLE number, who may see it, and how it is kept. */

import { Checkbox, Field, Input, Radio, RadioGroup, Select } from "@fluentui/react-components";
import type { Direction, DocumentType, Suggestions } from "../../api/types";
import { useApp } from "../../shell/app";
import { useParts } from "../../shell/parts";
import { Facts } from "./Facts";
import { faultsOf, type FilingDraft } from "./draft";

const DIRECTIONS: readonly Direction[] = ["incoming", "outgoing", "internal"];

/** The compiler holds the list complete. */
const ALL_TYPES: Record<DocumentType, true> = { letter: true, decision: true, application: true, complaint: true, invoice: true, reminder: true, minutes: true, agenda: true, hearing: true, hearing_answer: true, party_hearing: true, contract: true, offer: true, report: true, receipt: true, statement: true, note: true, access_request: true, notification: true, consent: true, power_of_attorney: true, invitation: true, drawing: true, map: true, photo: true, cv: true, medical_certificate: true, form: true, inquiry: true, budget: true, plan: true };
const TYPES = Object.keys(ALL_TYPES) as DocumentType[];

interface Props {
  /** Its id. */
  mail: string;
  draft: FilingDraft;
  suggestions: Suggestions;
  onChange: (change: Partial<FilingDraft>) => void;
}

export default function More({ mail, draft, suggestions, onChange }: Props) {
  const parts = useParts();
  const { t } = useApp();
  const type = draft.documentType ?? suggestions.document_type?.type;
  const why = type === suggestions.document_type?.type ? suggestions.document_type?.evidence[0]?.text : undefined;
  return (
    <div className={parts.section} style={{ padding: 0 }}>
      <Field label={t("direction")}>
        <Select value={draft.direction ?? suggestions.direction} onChange={(_, { value }) => onChange({ direction: value as Direction })}>
          {DIRECTIONS.map((direction) => (
            <option key={direction} value={direction}>
              {t(direction)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t("documentType")} {...(why ? { hint: why } : {})}>
        <Select value={type ?? ""} onChange={(_, { value }) => value && onChange({ documentType: value as DocumentType })}>
          {!type && <option value="">{t("documentTypeNone")}</option>}
          {TYPES.map((one) => (
            <option key={one} value={one}>
              {t(`type_${one}`)}
            </option>
          ))}
        </Select>
      </Field>
      <Field label={t("documentDate")}>
        <Input type="date" value={draft.documentDate ?? suggestions.document_date} onChange={(_, { value }) => value && onChange({ documentDate: value })} />
      </Field>
      <Facts mail={mail} draft={draft} suggestions={suggestions} onChange={onChange} />
      <Field label={t("whoSees")} {...(draft.onlyMe ? { hint: t("onlyMeHint") } : {})}>
        <RadioGroup value={draft.onlyMe ? "me" : "case"} onChange={(_, { value }) => onChange({ onlyMe: value === "me" })}>
          <Radio value="case" label={t("asCase")} />
          <Radio value="me" label={t("onlyMe")} />
        </RadioGroup>
      </Field>
      {suggestions.attachments.length > 0 && (
        <>
          <Field label={t("arrangement")}>
            <RadioGroup value={draft.arrangement ?? "together"} onChange={(_, { value }) => onChange({ arrangement: value as "together" | "separate" })}>
              <Radio value="together" label={t("together")} />
              <Radio value="separate" label={t("separate")} />
            </RadioGroup>
          </Field>
          <Checkbox checked={draft.includeMail ?? true} label={t("includeMail")} onChange={(_, { checked }) => onChange({ includeMail: checked === true })} />
          {faultsOf(draft, suggestions).nothing && (
            <p className={parts.fault} role="alert">
              {t("nothingChosen")}
            </p>
          )}
        </>
      )}
    </div>
  );
}

/** What seldom needs changing: direction, date, who may see it, how it is kept, and the deadline that the mail names. */

import { Checkbox, Field, Input, Radio, RadioGroup, Select } from "@fluentui/react-components";
import type { Direction, DocumentType, Suggestions } from "../../api/types";
import { useApp } from "../../shell/app";
import { useParts } from "../../shell/parts";
import { faultsOf, type FilingDraft } from "./draft";

const DIRECTIONS: readonly Direction[] = ["incoming", "outgoing", "internal"];

/** The compiler holds the list complete. */
const ALL_TYPES: Record<DocumentType, true> = { letter: true, decision: true, application: true, complaint: true, invoice: true, reminder: true, minutes: true, agenda: true, hearing: true, hearing_answer: true, party_hearing: true, contract: true, offer: true, report: true, receipt: true, statement: true, note: true, access_request: true, notification: true, consent: true, power_of_attorney: true, invitation: true, drawing: true, map: true, photo: true, cv: true, medical_certificate: true, form: true, inquiry: true, budget: true, plan: true };
const TYPES = Object.keys(ALL_TYPES) as DocumentType[];

interface Props {
  draft: FilingDraft;
  suggestions: Suggestions;
  onChange: (change: Partial<FilingDraft>) => void;
}

export default function More({ draft, suggestions, onChange }: Props) {
  const parts = useParts();
  const { t } = useApp();
  const task = suggestions.task_date;
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
      {task && (
        <p className={parts.note}>
          {t("deadlineFound", { date: t.date(task.date) })}
          {task.sentence && <q style={{ display: "block" }}>{task.sentence}</q>}
        </p>
      )}
    </div>
  );
}

/** What seldom needs changing: direction, date, how it is kept, and the deadline that the mail names. */

import { Checkbox, Field, Input, Radio, RadioGroup, Select } from "@fluentui/react-components";
import type { Direction, Suggestions } from "../../api/types";
import { useApp } from "../../shell/app";
import { useParts } from "../../shell/parts";
import { faultsOf, type FilingDraft } from "./draft";

const DIRECTIONS: readonly Direction[] = ["incoming", "outgoing", "internal"];

interface Props {
  draft: FilingDraft;
  suggestions: Suggestions;
  onChange: (change: Partial<FilingDraft>) => void;
}

export default function More({ draft, suggestions, onChange }: Props) {
  const parts = useParts();
  const { t } = useApp();
  const task = suggestions.task_date;
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
      <Field label={t("documentDate")}>
        <Input type="date" value={draft.documentDate ?? suggestions.document_date} onChange={(_, { value }) => value && onChange({ documentDate: value })} />
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

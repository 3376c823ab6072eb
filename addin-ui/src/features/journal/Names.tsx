/** Title and attachments: suggested, put right in place, and judged while one types. */

import { Button, Checkbox, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { useState } from "react";
import type { SuggestedFile } from "../../api/types";
import type { Texts } from "../../messages/messages";
import { useApp } from "../../shell/app";
import { Bone, useParts } from "../../shell/parts";
import { fileLines, type FileLine, type FilingDraft } from "./draft";
import { MAX_NAME_CHARS, MAX_TITLE_CHARS, repaired, titleFault, type NameFault, type TitleFault } from "./names";

/** So many are shown at first: of fifty a person wants the first few, or all. */
export const SHOWN_FILES = 5;
const FILE_HEIGHT = "44px";
/** Label and field, as high as Fluent makes them. */
const FIELD_HEIGHT = "54px";

const useStyles = makeStyles({
  files: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column" },
  file: { display: "flex", alignItems: "flex-start", minHeight: FILE_HEIGHT },
  name: { flexGrow: 1, minWidth: 0, paddingTop: "4px", paddingBottom: "4px" },
  input: { width: "100%", minWidth: 0 },
  head: { display: "flex", flexWrap: "wrap", justifyContent: "space-between", alignItems: "baseline", gap: "4px 8px" },
  better: { justifyContent: "flex-start", textAlign: "left", paddingLeft: 0, overflowWrap: "anywhere", color: tokens.colorBrandForeground1 },
});

interface Props {
  draft: FilingDraft;
  onChange: (change: Partial<FilingDraft>) => void;
}

export function TitleField({ draft, onChange, suggested }: Props & { suggested: string }) {
  const styles = useStyles();
  const { t } = useApp();
  const title = draft.title ?? suggested;
  const fault = titleFault(title);
  return (
    <div>
      <Field label={t("title")} {...(fault ? { validationMessage: titleWords(fault, t), validationState: "error" as const } : {})}>
        <Input className={styles.input} id="filing-title" value={title} spellCheck onChange={(_, { value }) => onChange({ title: value })} />
      </Field>
      {draft.title !== undefined && draft.title !== suggested && (
        <Button appearance="transparent" size="small" onClick={() => onChange({ title: suggested })}>
          {t("titleBack")}
        </Button>
      )}
    </div>
  );
}

export function Attachments({ draft, onChange, files }: Props & { files: readonly SuggestedFile[] }) {
  const styles = useStyles();
  const parts = useParts();
  const { t } = useApp();
  const [isWhole, setWhole] = useState(false);
  const lines = fileLines(draft, files);
  if (lines.length === 0) return null;
  const taken = lines.filter((line) => line.taken);
  // What is wrong is never hidden.
  const shown = isWhole ? lines : lines.filter((line, at) => at < SHOWN_FILES || line.fault);
  const change = (index: number, own: { taken?: boolean; name?: string }) => onChange({ files: { ...draft.files, [index]: { ...draft.files?.[index], ...own } } });
  const all = (isTaken: boolean) => onChange({ files: Object.fromEntries(lines.map((line) => [line.index, { ...draft.files?.[line.index], taken: isTaken }])) });
  return (
    <section aria-labelledby="attachments-heading">
      <div className={styles.head}>
        <h2 className={parts.heading} id="attachments-heading">
          {t("attachments")}
        </h2>
        <span className={parts.hint}>{t("attachmentsCount", { chosen: taken.length, count: lines.length })}</span>
      </div>
      {lines.length > SHOWN_FILES && (
        <div className={parts.row}>
          <Button appearance="subtle" size="small" onClick={() => all(true)}>
            {t("attachmentsAll")}
          </Button>
          <Button appearance="subtle" size="small" onClick={() => all(false)}>
            {t("attachmentsNone")}
          </Button>
        </div>
      )}
      <ul className={styles.files}>
        {shown.map((line) => (
          <File key={line.index} line={line} others={taken.filter((other) => other !== line).map((other) => other.name)} onChange={(own) => change(line.index, own)} />
        ))}
      </ul>
      {shown.length < lines.length && (
        <Button appearance="subtle" size="small" onClick={() => setWhole(true)}>
          {t("attachmentsShow", { count: lines.length })}
        </Button>
      )}
    </section>
  );
}

function File({ line, others, onChange }: { line: FileLine; others: readonly string[]; onChange: (own: { taken?: boolean; name?: string }) => void }) {
  const styles = useStyles();
  const { t } = useApp();
  const { fault } = line;
  const better = fault && fault.is !== "empty" ? repaired(line.name, others) : fault ? line.suggested : null;
  return (
    <li className={styles.file}>
      <Checkbox checked={line.taken} aria-label={t("attachmentTake", { name: line.name })} onChange={(_, { checked }) => onChange({ taken: checked === true })} />
      <Field className={styles.name} {...(fault ? { validationMessage: nameWords(fault, t), validationState: "error" as const } : {})}>
        <Input className={styles.input} data-fault={fault ? "" : undefined} aria-label={t("attachmentName", { number: line.index + 1 })} title={line.name} disabled={!line.taken} value={line.name} spellCheck={false} onChange={(_, { value }) => onChange({ name: value })} />
        {better && better !== line.name && (
          <Button className={styles.better} appearance="transparent" size="small" onClick={() => onChange({ name: better })}>
            {t("nameBecomes", { name: better })}
          </Button>
        )}
      </Field>
    </li>
  );
}

/** As high as the form will be: how many attachments there are, Outlook knows at once. */
export function NameBones({ attachments }: { attachments: number }) {
  return (
    <>
      <Bone height={FIELD_HEIGHT} />
      {attachments > 0 && <Bone height={`calc(20px + ${attachments > SHOWN_FILES ? "48px + " : ""}${Math.min(attachments, SHOWN_FILES)} * ${FILE_HEIGHT})`} />}
    </>
  );
}

function titleWords(fault: TitleFault, t: Texts) {
  return fault.is === "empty" ? t("titleEmpty") : t("titleLong", { count: fault.count, max: MAX_TITLE_CHARS });
}

function nameWords(fault: NameFault, t: Texts) {
  switch (fault.is) {
    case "empty":
      return t("nameEmpty");
    case "forbidden":
      return t("nameForbidden", { characters: fault.characters.join(" ") });
    case "long":
      return t("nameLong", { count: fault.count, max: MAX_NAME_CHARS });
    case "reserved":
      return t("nameReserved", { name: fault.name });
    case "edge":
      return t("nameEdge");
    case "twice":
      return t("nameTwice");
  }
}

/** Which mails are shown, and in which order. */

import { Button, Input, makeStyles, Select, ToggleButton, tokens } from "@fluentui/react-components";
import { Search20Regular } from "@fluentui/react-icons";
import { useEffect, useState, type RefObject } from "react";
import type { Assignee, Mailbox } from "../../api/types";
import { useWeb } from "../../web/web";
import type { Filters } from "./filters";

const PAUSE_MS = 300;

const useStyles = makeStyles({
  bar: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: "8px", padding: "8px 16px", borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  field: { flexGrow: 1, flexShrink: 1, flexBasis: "10rem", minWidth: 0, maxWidth: "18rem" },
  more: { display: "contents" },
  hidden: { display: "none" },
  choice: { flexGrow: 0, flexShrink: 1, flexBasis: "auto", minWidth: 0, maxWidth: "100%" },
});

interface Props {
  filters: Filters;
  onChange: (change: Partial<Filters>) => void;
  wordsField: RefObject<HTMLInputElement | null>;
  /** Little room: all but the words are behind a button. */
  isNarrow: boolean;
}

export function FilterBar({ filters, onChange, wordsField, isNarrow }: Props) {
  const styles = useStyles();
  const { api, t } = useWeb();
  const [mailboxes, setMailboxes] = useState<readonly Mailbox[]>([]);
  const [units, setUnits] = useState<readonly Assignee[]>([]);
  useEffect(() => {
    let isHere = true;
    api.mailboxes().then((found) => isHere && setMailboxes(found), () => undefined); // the list itself tells what is wrong
    api.assignees("").then((found) => isHere && setUnits(found.filter((one) => one.who.startsWith("unit:"))), () => undefined);
    return () => {
      isHere = false;
    };
  }, [api]);
  const [isOpen, setOpen] = useState(false);
  const isOther = /^(user|unit):/.test(filters.assigned) && !units.some((unit) => unit.who === filters.assigned);
  return (
    <search className={styles.bar}>
      <Typed field={wordsField} value={filters.words} label={t("webWords")} onChange={(words) => onChange({ words })} icon />
      {isNarrow && (
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          {t("webFilters")}
        </Button>
      )}
      <div className={isNarrow && !isOpen ? styles.hidden : styles.more}>
        <Typed value={filters.sender} label={t("webSender")} onChange={(sender) => onChange({ sender })} />
        <Select className={styles.choice} aria-label={t("webMailbox")} value={filters.mailbox} onChange={(_, { value }) => onChange({ mailbox: value })}>
          <option value="">{t("webAllMailboxes")}</option>
          {mailboxes.map((mailbox) => (
            <option key={mailbox.id} value={mailbox.id}>
              {mailbox.name}
            </option>
          ))}
        </Select>
        <Select className={styles.choice} aria-label={t("webAssigned")} value={filters.assigned} onChange={(_, { value }) => onChange({ assigned: value })}>
          <option value="">{t("webAnybodys")}</option>
          <option value="mine">{t("webMine")}</option>
          <option value="nobody">{t("webNobodys")}</option>
          {units.map((unit) => (
            <option key={unit.who} value={unit.who}>
              {unit.name}
            </option>
          ))}
          {isOther && <option value={filters.assigned}>{filters.assigned.slice(5)}</option>}
        </Select>
        <Select className={styles.choice} aria-label={t("webOrder")} value={filters.oldestFirst ? "oldest" : "newest"} onChange={(_, { value }) => onChange({ oldestFirst: value === "oldest" })}>
          <option value="newest">{t("webNewestFirst")}</option>
          <option value="oldest">{t("webOldestFirst")}</option>
        </Select>
        <ToggleButton checked={filters.overdue} onClick={() => onChange({ overdue: !filters.overdue })}>
          {t("webOverdue")}
        </ToggleButton>
        <ToggleButton checked={filters.snoozed} onClick={() => onChange({ snoozed: !filters.snoozed })}>
          {t("webSnoozed")}
        </ToggleButton>
      </div>
    </search>
  );
}

/** Asked for when the typing pauses. */
function Typed({ value, label, onChange, field, icon }: { value: string; label: string; onChange: (value: string) => void; field?: RefObject<HTMLInputElement | null>; icon?: boolean }) {
  const styles = useStyles();
  const [typed, setTyped] = useState(value);
  const [told, setTold] = useState(value);
  // Changed from outside, by the address.
  if (told !== value) {
    setTold(value);
    setTyped(value);
  }
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => onChange(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, value, onChange]);
  return <Input className={styles.field} type="search" aria-label={label} placeholder={label} value={typed} maxLength={200} autoComplete="off" spellCheck={false} {...(field ? { input: { ref: field } } : {})} {...(icon ? { contentBefore: <Search20Regular aria-hidden="true" /> } : {})} onChange={(_, data) => setTyped(data.value)} />;
}

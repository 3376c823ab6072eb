/** What is asked before an act: which case, whom, until when. Loaded when first needed. */

import { Button, Checkbox, Dialog, DialogActions, DialogBody, DialogContent, DialogSurface, DialogTitle, Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import type { Assignee, CaseLabel } from "../../api/types";
import { PLAIN_BUTTON, Told, Trouble, useParts } from "../../shell/parts";
import { useWeb } from "../../web/web";
import { Search } from "../cases/Search";
import { TOLD } from "./keys";
import { moment } from "./MailRow";
import { laterThan, morningOf } from "./times";

const PAUSE_MS = 120;

const useStyles = makeStyles({
  choices: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column" },
  choice: {
    ...PLAIN_BUTTON,
    display: "flex",
    flexWrap: "wrap",
    columnGap: "12px",
    justifyContent: "space-between",
    width: "100%",
    boxSizing: "border-box",
    minHeight: "44px",
    alignItems: "center",
    padding: "6px 8px",
    cursor: "pointer",
    overflowWrap: "anywhere",
    borderBottom: `1px solid ${tokens.colorNeutralStroke2}`,
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  soft: { color: tokens.colorNeutralForeground2 },
  content: { display: "flex", flexDirection: "column", gap: "12px" },
  keys: { display: "grid", gridTemplateColumns: "auto minmax(0, 1fr)", columnGap: "16px", rowGap: "4px", margin: 0 },
  key: { fontFamily: "inherit", border: `1px solid ${tokens.colorNeutralStroke1}`, borderRadius: tokens.borderRadiusSmall, padding: "0 6px", justifySelf: "start" },
  meaning: { margin: 0 },
});

export type Asked = { what: "case" | "assign" | "snooze"; ids: readonly string[] } | { what: "help" };

interface Props {
  /** Null while nothing is asked. */
  asked: Asked | null;
  onClose: () => void;
  onCase: (on: CaseLabel) => void;
  onAssign: (to: { who: string; name: string } | null) => void;
  onSnooze: (until: Date) => void;
  areKeysOn: boolean;
  onKeys: (on: boolean) => void;
}

/** One dialog that opens and closes: one that is taken away while it is open would leave the page hidden from who listens. */
export default function Dialogs({ asked, ...props }: Props) {
  const styles = useStyles();
  const { t } = useWeb();
  const [last, setLast] = useState(asked);
  if (asked && asked !== last) setLast(asked);
  const count = !last || last.what === "help" ? 0 : last.ids.length;
  const titles = { case: t.count("webOnCase", count), assign: t.count("webAssignMany", count), snooze: t.count("webSnoozeMany", count), help: t("webKeys") };
  return (
    <Dialog open={asked !== null} onOpenChange={(_, { open }) => !open && props.onClose()}>
      <DialogSurface>
        <DialogBody>
          <DialogTitle>{titles[last?.what ?? "help"]}</DialogTitle>
          <DialogContent className={styles.content}>
            {last?.what === "case" && <CaseSearch onChoose={props.onCase} onClose={props.onClose} />}
            {last?.what === "assign" && <Whom onChoose={props.onAssign} />}
            {last?.what === "snooze" && <When onChoose={props.onSnooze} />}
            {last?.what === "help" && <Keys isOn={props.areKeysOn} onSwitch={props.onKeys} />}
          </DialogContent>
          <DialogActions>
            <Button onClick={props.onClose}>{t("close")}</Button>
          </DialogActions>
        </DialogBody>
      </DialogSurface>
    </Dialog>
  );
}

/** The search takes Escape for itself; where there is nothing to clear, it closes the dialog all the same. */
function CaseSearch({ onChoose, onClose }: { onChoose: (on: CaseLabel) => void; onClose: () => void }) {
  const { t } = useWeb();
  const [words, setWords] = useState("");
  const closing = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || words) return;
    event.stopPropagation();
    onClose();
  };
  return (
    <div onKeyDownCapture={closing}>
      <Search words={words} onWords={setWords} onChoose={onChoose} chooseWords={(name) => t("fileOn", { case: name })} label={t("webCase")} />
    </div>
  );
}

function Whom({ onChoose }: { onChoose: Props["onAssign"] }) {
  const styles = useStyles();
  const parts = useParts();
  const { api, t, self, me } = useWeb();
  const [words, setWords] = useState("");
  const [found, setFound] = useState<readonly Assignee[]>([]);
  const [error, setError] = useState<unknown>(null);
  const list = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const controller = new AbortController();
    const ask = () =>
      api.assignees(words.trim(), controller.signal).then(
        (found) => {
          setFound(found);
          setError(null);
        },
        (error: unknown) => {
          if (!controller.signal.aborted) setError(error);
        },
      );
    const timer = setTimeout(() => void ask(), words ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, words]);
  // Enter takes the first: one that was found for other words must not be it.
  const part = words.trim().toLowerCase();
  const fitting = found.filter((one) => one.name.toLowerCase().includes(part) || one.who.slice(5).includes(part));
  const others = fitting.filter((one) => one.who !== self);
  const mine = fitting.find((one) => one.who === self);
  const keys = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll("button") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    if (event.key === "ArrowDown") buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (at === 0 ? field.current : buttons[at - 1])?.focus();
    else if (event.key === "Enter" && at < 0) buttons[0]?.click();
    else return;
    event.preventDefault();
  };
  return (
    <div className={styles.content} onKeyDown={keys}>
      <Field label={t("webWhom")}>
        <Input input={{ ref: field }} type="search" value={words} maxLength={200} autoComplete="off" spellCheck={false} onChange={(_, { value }) => setWords(value)} />
      </Field>
      <Trouble error={error} />
      <Told>{t.count("webPeopleFound", fitting.length)}</Told>
      {fitting.length === 0 && error === null && words && <p className={parts.hint}>{t("webNobodyFound", { words })}</p>}
      <ul className={styles.choices} ref={list}>
        {(mine ?? !part) && (
          <li>
            <button type="button" className={styles.choice} onClick={() => onChoose({ who: self, name: mine?.name ?? me.display_name })}>
              <span>{t("webToMe")}</span>
              <span className={styles.soft}>{mine?.name ?? ""}</span>
            </button>
          </li>
        )}
        {others.map((one) => (
          <li key={one.who}>
            <button type="button" className={styles.choice} onClick={() => onChoose(one)}>
              <span>{one.name}</span>
              <span className={styles.soft}>{one.who.startsWith("unit:") ? t("webUnit") : one.unit}</span>
            </button>
          </li>
        ))}
        {!part && (
          <li>
            <button type="button" className={styles.choice} onClick={() => onChoose(null)}>
              {t("webToNobody")}
            </button>
          </li>
        )}
      </ul>
    </div>
  );
}

function When({ onChoose }: { onChoose: (until: Date) => void }) {
  const styles = useStyles();
  const { t } = useWeb();
  const [now] = useState(() => new Date());
  const [day, setDay] = useState("");
  const [isWrong, setWrong] = useState(false);
  const chosen = () => {
    const until = morningOf(day, now);
    if (until) onChoose(until);
    else setWrong(true);
  };
  return (
    <>
      <ul className={styles.choices}>
        {laterThan(now).map(({ key, until }) => (
          <li key={key}>
            <button type="button" className={styles.choice} onClick={() => onChoose(until)}>
              <span>{t(key)}</span>
              <span className={styles.soft}>{moment(until.toISOString(), t)}</span>
            </button>
          </li>
        ))}
      </ul>
      <Field label={t("webSnoozeDay")} {...(isWrong ? { validationMessage: t("webSnoozePast") } : {})}>
        <Input
          type="date"
          value={day}
          onChange={(_, { value }) => {
            setDay(value);
            setWrong(false);
          }}
          onKeyDown={(event) => event.key === "Enter" && chosen()}
        />
      </Field>
      <div>
        <Button disabled={!day} onClick={chosen}>
          {t("webSnoozeUntilDay")}
        </Button>
      </div>
    </>
  );
}

function Keys({ isOn, onSwitch }: { isOn: boolean; onSwitch: (on: boolean) => void }) {
  const styles = useStyles();
  const { t } = useWeb();
  return (
    <>
      <dl className={styles.keys}>
        {TOLD.map(([key, command]) => [
          <dt key={key} className={styles.key}>
            {key}
          </dt>,
          <dd key={`${key} `} className={styles.meaning}>
            {t(`key_${command}`)}
          </dd>,
        ])}
      </dl>
      <Checkbox checked={isOn} onChange={(_, { checked }) => onSwitch(checked === true)} label={t("webKeysOn")} />
    </>
  );
}

/** Any other case: results as one types, what was used lately, and favourites. A press on a case chooses it. */

import { Field, Input, makeStyles, tokens } from "@fluentui/react-components";
import { Search20Regular, Star16Filled, Star16Regular } from "@fluentui/react-icons";
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { Away } from "../../api/problem";
import type { Case, CaseLabel } from "../../api/types";
import { named, useCore } from "../../shell/app";
import { PLAIN_BUTTON, Told, Trouble, useParts } from "../../shell/parts";
import { isHalfCaseNumber } from "../journal/names";

/** Between the last key and the question. */
const PAUSE_MS = 150;
/** The service begins to search at a word's beginning; one letter says too little. */
const MIN_CHARS = 2;

const useStyles = makeStyles({
  results: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column" },
  result: { display: "flex", alignItems: "center", borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  choose: {
    ...PLAIN_BUTTON,
    boxSizing: "border-box",
    flexGrow: 1,
    minWidth: 0,
    minHeight: "44px",
    padding: "6px 8px",
    cursor: "pointer",
    overflowWrap: "anywhere",
    lineHeight: tokens.lineHeightBase300,
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}`, outlineOffset: "-2px" },
  },
  number: { fontWeight: tokens.fontWeightSemibold, color: tokens.colorBrandForeground1 },
  closed: { fontSize: tokens.fontSizeBase200, color: tokens.colorNeutralForeground2, border: `1px solid ${tokens.colorNeutralStroke1}`, borderRadius: tokens.borderRadiusSmall, padding: "0 4px", marginLeft: "6px", whiteSpace: "nowrap" },
  star: {
    ...PLAIN_BUTTON,
    width: "36px",
    height: "36px",
    flexShrink: 0,
    display: "grid",
    placeItems: "center",
    cursor: "pointer",
    color: tokens.colorNeutralForeground2,
    borderRadius: tokens.borderRadiusMedium,
    ":hover": { backgroundColor: tokens.colorNeutralBackground1Hover },
    ":focus-visible": { outline: `2px solid ${tokens.colorStrokeFocus2}` },
  },
});

interface Results {
  words: string;
  groups: { heading: string; cases: Case[] }[];
}

interface Props {
  words: string;
  onWords: (words: string) => void;
  onChoose: (chosen: CaseLabel) => void;
  /** What is done with the case that is pressed, for who listens. */
  chooseWords: (name: string) => string;
  label?: string;
}

export function Search({ words, onWords, onChoose, chooseWords, label }: Props) {
  const styles = useStyles();
  const parts = useParts();
  const { api, t } = useCore();
  const [isOpen, setOpen] = useState(words !== "");
  const [results, setResults] = useState<Results | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [favourites, setFavourites] = useState<ReadonlySet<string>>(new Set());
  const list = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const asked = words.trim();

  useEffect(() => {
    if (!isOpen) return;
    const controller = new AbortController();
    const look = async () => {
      try {
        const groups = asked.length >= MIN_CHARS ? await found(asked) : await used();
        if (controller.signal.aborted) return;
        setResults({ words: asked, groups });
        setError(null);
      } catch (error) {
        if (!controller.signal.aborted) setError(error);
      }
    };
    const found = async (q: string) => [{ heading: "", cases: await api.cases({ q }, controller.signal) }];
    const used = async () => {
      const [favourite, recent] = await Promise.all([api.cases({ filter: "favourite" }, controller.signal), api.cases({ filter: "recent" }, controller.signal)]);
      const others = recent.filter((one) => !favourite.some((kept) => kept.id === one.id));
      return [
        { heading: t("searchFavourite"), cases: favourite },
        { heading: t("searchRecent"), cases: others },
      ];
    };
    const timer = setTimeout(() => void look(), asked ? PAUSE_MS : 0);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, t, asked, isOpen]);

  // Stars are told for what is found, too.
  useEffect(() => {
    if (!isOpen) return;
    const controller = new AbortController();
    api
      .cases({ filter: "favourite" }, controller.signal)
      .then((kept) => !controller.signal.aborted && setFavourites(new Set(kept.map((one) => one.id))))
      .catch(() => undefined); // the search itself tells what is wrong
    return () => controller.abort();
  }, [api, isOpen]);

  const isCurrent = results?.words === asked;
  const groups = isOpen ? (results?.groups.filter((group) => group.cases.length > 0) ?? []) : [];
  const count = groups.reduce((sum, group) => sum + group.cases.length, 0);
  const isHalf = isHalfCaseNumber(asked) && !groups.some((group) => group.cases.some((one) => one.number === asked));
  const nothing = isOpen && isCurrent && asked.length >= MIN_CHARS && count === 0 && !isHalf;

  const keys = (event: KeyboardEvent) => {
    const buttons = [...(list.current?.querySelectorAll<HTMLElement>("[data-result]") ?? [])];
    const at = buttons.indexOf(document.activeElement as HTMLElement);
    if (event.key === "ArrowDown" && buttons.length > 0) buttons[Math.min(at + 1, buttons.length - 1)]?.focus();
    else if (event.key === "ArrowUp" && at >= 0) (at === 0 ? field.current : buttons[at - 1])?.focus();
    else if (event.key === "Enter" && at < 0) {
      if (isCurrent && count === 1) buttons[0]?.click();
      else buttons[0]?.focus();
    } else if (event.key === "Escape") {
      onWords("");
      setOpen(false);
      field.current?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const keep = async (one: Case) => {
    const kept = !favourites.has(one.id);
    const next = new Set(favourites);
    if (kept) next.add(one.id);
    else next.delete(one.id);
    setFavourites(next);
    try {
      await api.favourite(one.id, kept);
    } catch (error) {
      setFavourites(favourites);
      setError(error);
    }
  };

  return (
    <div className={parts.section} onKeyDown={keys} style={{ padding: 0 }}>
      <Field label={label ?? t("search")} {...(isHalf ? { validationMessage: t("searchHalf"), validationState: "warning" as const } : {})}>
        <Input input={{ ref: field }} type="search" value={words} placeholder={t("searchHint")} contentBefore={<Search20Regular aria-hidden="true" />} autoComplete="off" spellCheck={false} onFocus={() => setOpen(true)} onChange={(_, { value }) => onWords(value)} maxLength={200} />
      </Field>
      <Told>{isOpen && isCurrent && asked ? (count > 0 ? t.count("searchFound", count) : t("searchNothing", { words: asked })) : ""}</Told>
      {error instanceof Away || !error ? null : <Trouble error={error} />}
      {error instanceof Away && isOpen && <Trouble error={error} />}
      {nothing && <p className={parts.hint}>{t("searchNothing", { words: asked })}</p>}
      <div ref={list}>
        {groups.map((group) => (
          <div key={group.heading}>
            {group.heading && <h3 className={parts.hint}>{group.heading}</h3>}
            <ul className={styles.results}>
              {group.cases.map((one) => (
                <li key={one.id} className={styles.result}>
                  <button type="button" className={styles.choose} data-result="" onClick={() => onChoose({ id: one.id, number: one.number, title: one.title })} aria-label={chooseWords(named(one)) + (one.status === "closed" ? ` (${t("caseClosed")})` : "")}>
                    <span className={styles.number}>{one.number}</span> {one.title}
                    {one.status === "closed" && <span className={styles.closed}>{t("caseClosed")}</span>}
                  </button>
                  <button type="button" className={styles.star} aria-pressed={favourites.has(one.id)} aria-label={t(favourites.has(one.id) ? "favouriteRemove" : "favouriteAdd", { case: named(one) })} onClick={() => void keep(one)}>
                    {favourites.has(one.id) ? <Star16Filled /> : <Star16Regular />}
                  </button>
                </li>
              ))}
            </ul>
          </div>
        ))}
      </div>
    </div>
  );
}

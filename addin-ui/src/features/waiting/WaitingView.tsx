/** The queue: a list beside the mail that is looked at, and one key for each act. */

import { Button, makeStyles, mergeClasses, ProgressBar, tokens } from "@fluentui/react-components";
import { lazy, Suspense, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Problem } from "../../api/problem";
import type { CaseLabel } from "../../api/types";
import { inWords } from "../../shell/app";
import { Bone, Face, useParts } from "../../shell/parts";
import { useWeb, type WebTexts } from "../../web/web";
import { isTyping } from "../journal/Cards";
import { Desk, type Shown } from "./desk";
import type { Asked } from "./Dialogs";
import { FilterBar } from "./Filters";
import { filtersOf, fragmentOf, isFiltered, NO_FILTERS, type Filters } from "./filters";
import { areKeysOn, commandOf, switchKeys, type Command } from "./keys";
import { meant, moved, nextWaiting, settled } from "./list";
import { MailList, type ListHandle } from "./MailList";
import { moment, ROW_REM } from "./MailRow";
import { Reading } from "./Reading";

const Dialogs = lazy(() => import("./Dialogs"));
const Failures = lazy(() => import("./Failures"));

const WIDE = "(min-width: 60rem)";

const useStyles = makeStyles({
  view: { flexGrow: 1, minHeight: 0, display: "flex", flexDirection: "column" },
  bar: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: "4px 8px", minHeight: "44px", boxSizing: "border-box", padding: "4px 16px", borderBottom: `1px solid ${tokens.colorNeutralStroke2}` },
  count: { margin: 0, fontSize: tokens.fontSizeBase400, fontWeight: tokens.fontWeightSemibold, flexGrow: 1, minWidth: 0, overflowWrap: "anywhere" },
  desk: { flexGrow: 1, minHeight: "24rem", display: "grid", gridTemplateColumns: "minmax(0, 1fr)", gridTemplateRows: "minmax(0, 1fr)", [`@media ${WIDE}`]: { gridTemplateColumns: "minmax(22rem, 2fr) minmax(0, 3fr)" } },
  side: { minHeight: 0, minWidth: 0, display: "flex", flexDirection: "column", [`@media ${WIDE}`]: { borderRight: `1px solid ${tokens.colorNeutralStroke2}` } },
  reading: { minHeight: 0, minWidth: 0, display: "flex", flexDirection: "column" },
  hidden: { display: "none" },
  told: { display: "flex", flexWrap: "wrap", alignItems: "center", gap: "4px 12px", minHeight: "44px", boxSizing: "border-box", padding: "4px 16px", borderTop: `1px solid ${tokens.colorNeutralStroke2}`, backgroundColor: tokens.colorNeutralBackground3, overflowWrap: "anywhere", position: "sticky", bottom: 0 },
  // Its room is kept where there is enough.
  toldNothing: { [`@media not all and ${WIDE}`]: { display: "none" } },
  words: { flexGrow: 1, minWidth: 0 },
  bones: { display: "flex", flexDirection: "column", gap: "1px" },
});

export function WaitingView() {
  const styles = useStyles();
  const parts = useParts();
  const { api, t, self, signedOut } = useWeb();
  const desk = useMemo(() => new Desk(api, self, signedOut), [api, self, signedOut]);
  const shown = useSyncExternalStore(desk.subscribe, desk.snapshot);
  const { list } = shown;
  const [filters, setFilters] = useFilters();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [wasAsked, setWasAsked] = useState(false);
  if (asked && !wasAsked) setWasAsked(true);
  const [isReading, setReading] = useState(false);
  const [keysOn, setKeysOn] = useState(() => areKeysOn());
  const isWide = useMedia(WIDE);
  const handle = useRef<ListHandle | null>(null);
  const wordsField = useRef<HTMLInputElement>(null);

  useEffect(() => {
    desk.start();
    return () => desk.stop();
  }, [desk]);
  useEffect(() => void desk.show(filters), [desk, filters]);

  // Which was looked at last, for what is asked meanwhile.
  const latest = useRef(shown);
  useEffect(() => {
    latest.current = shown;
  });

  const goTo = useCallback(
    (id: string | null) => {
      if (id === null) return;
      desk.look(id);
      if (isReading && !isWide) focusReading();
      else requestAnimationFrame(() => handle.current?.focus(id));
    },
    [desk, isReading, isWide],
  );

  /** Does something with those that are meant; whoever works by keys goes on to the next at once. */
  const act = useCallback(
    (work: (ids: readonly string[]) => Promise<void>, goesOn: boolean, ids = meant(latest.current.list)) => {
      if (ids.length === 0) return;
      const { current, selected } = latest.current.list;
      const next = goesOn && selected.size === 0 && current && ids.includes(current) ? nextWaiting(latest.current.list, current) : null;
      void work(ids);
      if (next) goTo(next);
    },
    [goTo],
  );

  const fileOn = useCallback((on: CaseLabel | null, goesOn: boolean, ids?: readonly string[]) => act((meant) => desk.file(meant, on), goesOn, ids ? [...ids] : undefined), [act, desk]);
  const undo = useCallback(async () => goTo(await desk.undo()), [desk, goTo]);
  const ask = useCallback((what: "case" | "assign" | "snooze") => {
    const ids = meant(latest.current.list);
    if (ids.length > 0) setAsked({ what, ids });
  }, []);
  const fresh = useCallback(() => {
    desk.tidy();
    desk.showFresh();
  }, [desk]);
  const take = useCallback((goesOn: boolean) => act((ids) => desk.assign(ids, { who: self, name: t("webYou") }), goesOn), [act, desk, self, t]);

  const run = useCallback(
    (command: Command) => {
      const { list } = latest.current;
      const nth = (at: number) => () => {
        const found = list.rows.get(list.current ?? "")?.item.suggestions[at];
        if (list.selected.size > 0) {
          if (at === 0) fileOn(null, true);
        } else if (found) fileOn({ id: found.case_id, number: found.number, title: found.title }, true);
      };
      const acts: Record<Command, () => void> = {
        next: () => goTo(moved(list, 1)),
        previous: () => goTo(moved(list, -1)),
        file1: nth(0),
        file2: nth(1),
        file3: nth(2),
        search: () => ask("case"),
        select: () => list.current !== null && desk.select([list.current], !list.selected.has(list.current)),
        assign: () => ask("assign"),
        take: () => take(true),
        snooze: () => ask("snooze"),
        aside: () => act((ids) => desk.aside(ids), true),
        undo: () => void undo(),
        fresh,
        words: () => wordsField.current?.focus(),
        help: () => setAsked({ what: "help" }),
      };
      acts[command]();
    },
    [act, ask, desk, fileOn, fresh, goTo, take, undo],
  );

  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (asked || isTyping(event.target)) return;
      if (event.key === "Escape" && isReading) {
        setReading(false);
        if (latest.current.list.current) requestAnimationFrame(() => handle.current?.focus(latest.current.list.current ?? ""));
        return;
      }
      const isInList = event.target instanceof HTMLElement && event.target.closest("[data-row]") !== null;
      const arrow = isInList && !event.altKey && !event.ctrlKey && !event.metaKey ? ({ ArrowDown: "next", ArrowUp: "previous" } as const)[event.key] : undefined;
      const command = arrow ?? (keysOn || event.key === "?" ? commandOf(event) : null);
      if (!command) return;
      event.preventDefault();
      run(command);
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [asked, isReading, keysOn, run]);

  const lastSelected = useRef<string | null>(null);
  const rowActs = useMemo(
    () => ({
      open: (id: string, byKey: boolean) => {
        desk.look(id);
        setReading(true);
        if (byKey || !matchMedia(WIDE).matches) requestAnimationFrame(focusReading);
      },
      select: (id: string, range: boolean) => {
        const { order, selected } = latest.current.list;
        const from = range && lastSelected.current ? order.indexOf(lastSelected.current) : -1;
        const to = order.indexOf(id);
        const ids = from < 0 ? [id] : order.slice(Math.min(from, to), Math.max(from, to) + 1);
        lastSelected.current = id;
        desk.select(ids, !selected.has(id));
      },
      undo: (id: string) => void desk.undoOf(id),
    }),
    [desk],
  );

  const current = list.current === null ? null : (list.rows.get(list.current) ?? null);
  const close = () => setAsked(null);
  const answered = (work: (ids: readonly string[]) => Promise<void>) => {
    if (asked && asked.what !== "help") act(work, true, [...asked.ids]);
    close();
  };
  const onEnd = useCallback(() => void desk.more(), [desk]);
  const onSight = useCallback((ids: readonly string[]) => desk.sees(ids), [desk]);
  const hidesList = isReading && !isWide && current !== null;
  return (
    <div className={styles.view}>
      <div className={hidesList ? styles.hidden : undefined}>
        <FilterBar filters={filters} onChange={setFilters} wordsField={wordsField} isNarrow={!isWide} />
      </div>
      {!hidesList && <Bar shown={shown} t={t} onFresh={fresh} onHelp={() => setAsked({ what: "help" })} onSelectAll={(all) => desk.select(list.order, all)} onOwn={() => fileOn(null, false)} onAsk={ask} onTake={() => take(false)} onAside={() => act((ids) => desk.aside(ids), false)} />}
      {shown.isAway && !list.isLoading && (
        <div className={parts.note} role="alert" style={{ borderRadius: 0 }}>
          {t("webAway")}
        </div>
      )}
      <div className={styles.desk}>
        <div className={hidesList ? styles.hidden : styles.side}>
          {shown.error ? <ListTrouble error={shown.error} t={t} onAgain={() => void desk.show(filters)} /> : list.isLoading ? <Bones t={t} /> : list.order.length === 0 ? <Empty filters={filters} t={t} onAll={() => setFilters(NO_FILTERS)} /> : <MailList list={list} t={t} acts={rowActs} onSight={onSight} onEnd={onEnd} ref={handle} />}
        </div>
        <div className={isWide || hidesList ? styles.reading : styles.hidden}>
          {current ? (
            <Reading
              row={current}
              self={self}
              isAlone={!isWide}
              acts={{
                file: (on) => fileOn(on, false, [current.item.id]),
                search: () => setAsked({ what: "case", ids: [current.item.id] }),
                take: () => act((ids) => desk.assign(ids, { who: self, name: t("webYou") }), false, [current.item.id]),
                assign: () => setAsked({ what: "assign", ids: [current.item.id] }),
                snooze: () => setAsked({ what: "snooze", ids: [current.item.id] }),
                aside: () => act((ids) => desk.aside(ids), false, [current.item.id]),
                undo: () => void desk.undoOf(current.item.id),
                next: () => goTo(nextWaiting(list, current.item.id)),
                back: () => {
                  setReading(false);
                  requestAnimationFrame(() => handle.current?.focus(current.item.id));
                },
              }}
            />
          ) : (
            list.order.length > 0 && <Face title={t("webChoose")} text={t("webChooseMore")} />
          )}
        </div>
      </div>
      <ToldLine shown={shown} t={t} onUndo={() => void undo()} onForget={() => desk.forget()} />
      <Suspense fallback={null}>
        <Failures />
        {wasAsked && (
          <Dialogs
            asked={asked}
            onClose={close}
            onCase={(on) => answered((ids) => desk.file(ids, on))}
            onAssign={(to) => answered((ids) => desk.assign(ids, to))}
            onSnooze={(until) => answered((ids) => desk.snooze(ids, until))}
            areKeysOn={keysOn}
            onKeys={(on) => {
              switchKeys(on);
              setKeysOn(on);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}

interface BarProps {
  shown: Shown;
  t: WebTexts;
  onFresh: () => void;
  onHelp: () => void;
  onSelectAll: (all: boolean) => void;
  onOwn: () => void;
  onAsk: (what: "case" | "assign" | "snooze") => void;
  onTake: () => void;
  onAside: () => void;
}

/** How many wait and what is new; or what can be done with those that are selected. Always there, so that nothing moves. */
function Bar({ shown: { list, progress }, t, onFresh, onHelp, onSelectAll, onOwn, onAsk, onTake, onAside }: BarProps) {
  const styles = useStyles();
  const chosen = meant(list).length;
  const done = settled(list);
  if (progress)
    return (
      <div className={styles.bar}>
        <ProgressBar value={progress.done} max={progress.count} aria-label={t("filing")} />
        <span role="status">{t("severalProgress", progress)}</span>
      </div>
    );
  if (list.selected.size > 0)
    return (
      <div className={styles.bar} role="group" aria-label={t("webSelectedActs")}>
        <h1 className={styles.count}>{t.count("several", chosen)}</h1>
        <Button size="small" appearance="primary" onClick={onOwn}>
          {t("webFileOwn")}
        </Button>
        <Button size="small" onClick={() => onAsk("case")}>
          {t("webFileTogether")}
        </Button>
        <Button size="small" onClick={onTake}>
          {t("webTake")}
        </Button>
        <Button size="small" onClick={() => onAsk("assign")}>
          {t("webAssign")}
        </Button>
        <Button size="small" onClick={() => onAsk("snooze")}>
          {t("webSnooze")}
        </Button>
        <Button size="small" onClick={onAside}>
          {t("notForACase")}
        </Button>
        <Button size="small" appearance="subtle" onClick={() => onSelectAll(false)}>
          {t("webSelectNone")}
        </Button>
      </div>
    );
  const waiting = list.order.length - done;
  return (
    <div className={styles.bar}>
      <h1 className={styles.count}>{list.isLoading ? t("webQueue") : list.cursor ? t("webCountAtLeast", { count: waiting }) : t.count("webCount", waiting)}</h1>
      {list.builtPercent < 100 && <span role="status">{t("suggestionsBuilding", { percent: list.builtPercent })}</span>}
      {(list.fresh.length > 0 || done > 0) && (
        <Button size="small" appearance={list.fresh.length > 0 ? "primary" : "secondary"} onClick={onFresh}>
          {list.fresh.length > 0 ? t.count("webFresh", list.fresh.length) : t.count("webTidy", done)}
        </Button>
      )}
      {waiting > 0 && (
        <Button size="small" appearance="subtle" onClick={() => onSelectAll(true)}>
          {t("webSelectAll")}
        </Button>
      )}
      <Button size="small" appearance="subtle" onClick={onHelp} aria-keyshortcuts="?">
        {t("webKeys")}
      </Button>
    </div>
  );
}

function ToldLine({ shown: { told, canUndo }, t, onUndo, onForget }: { shown: Shown; t: WebTexts; onUndo: () => void; onForget: () => void }) {
  const styles = useStyles();
  const parts = useParts();
  return (
    <div className={mergeClasses(styles.told, !told && !canUndo && styles.toldNothing)}>
      <div className={styles.words} role="status" aria-live="polite">
        {told?.is !== "trouble" && toldWords(told, t)}
      </div>
      {told?.is === "trouble" && (
        <div className={parts.fault} role="alert">
          {[inWords(told.error, t).title, inWords(told.error, t).detail].filter(Boolean).join(". ")}
        </div>
      )}
      {canUndo && (
        <Button size="small" onClick={onUndo} aria-keyshortcuts="u">
          {t("webUndoLast")}
        </Button>
      )}
      {told && (
        <Button size="small" appearance="subtle" onClick={onForget} aria-label={t("dismiss")}>
          {t("close")}
        </Button>
      )}
    </div>
  );
}

function toldWords(told: Shown["told"], t: WebTexts): string {
  if (!told || told.is === "trouble") return "";
  if (told.is === "skipped") return t.count("webSkipped", told.count);
  const { kind, to, ids } = told.act;
  const count = ids.length;
  if (told.is === "undone") return t.count("webUndone", count);
  const words =
    kind === "filed" ? (to ? t.count("webFiledOn", count, { case: to }) : t.count("webFiled", count)) : kind === "aside" ? t.count("webAside", count) : kind === "assigned" ? (to ? t.count("webGiven", count, { name: to }) : t.count("webGivenBack", count)) : to ? t.count("webPutOff", count, { when: moment(to, t) }) : t.count("webWoken", count);
  return told.refused > 0 ? `${words}. ${t.count("webRefused", told.refused)}` : words;
}

function Empty({ filters, t, onAll }: { filters: Filters; t: WebTexts; onAll: () => void }) {
  if (!isFiltered(filters)) return <Face title={t("webEmpty")} text={t("webEmptyMore")} />;
  return (
    <Face title={t("webNothingFits")}>
      <Button onClick={onAll}>{t("webShowAll")}</Button>
    </Face>
  );
}

function ListTrouble({ error, t, onAgain }: { error: unknown; t: WebTexts; onAgain: () => void }) {
  const { title, detail } = inWords(error, t);
  const face = error instanceof Problem ? (error.body.status === 403 ? { title: t("faceNoAccess"), text: `${title}. ${detail}` } : { title, text: detail }) : { title: t("faceAway"), text: t("webAwayMore") };
  return (
    <Face {...face}>
      <Button onClick={onAgain}>{t("again")}</Button>
    </Face>
  );
}

function Bones({ t }: { t: WebTexts }) {
  const styles = useStyles();
  return (
    <div className={styles.bones} role="status" aria-label={t("webLoading")} aria-busy="true">
      {Array.from({ length: 6 }, (_, at) => (
        <Bone key={at} height={`${ROW_REM}rem`} />
      ))}
    </div>
  );
}

const focusReading = () => requestAnimationFrame(() => document.getElementById("reading-subject")?.focus());

/** As the address has them; what is changed stands there at once. */
function useFilters(): [Filters, (change: Partial<Filters>) => void] {
  const [filters, setFilters] = useState(() => filtersOf(location.hash));
  useEffect(() => {
    // Another view is not ours to read.
    const heard = () => {
      if (location.hash.startsWith("#/queue")) setFilters(filtersOf(location.hash));
    };
    addEventListener("hashchange", heard);
    return () => removeEventListener("hashchange", heard);
  }, []);
  const change = useCallback((some: Partial<Filters>) => setFilters((before) => ({ ...before, ...some })), []);
  useEffect(() => {
    history.replaceState(null, "", `#/queue${fragmentOf(filters)}`);
  }, [filters]);
  return [filters, change];
}

function useMedia(query: string) {
  return useSyncExternalStore(
    (heard) => {
      const media = matchMedia(query);
      media.addEventListener("change", heard);
      return () => media.removeEventListener("change", heard);
    },
    () => matchMedia(query).matches,
  );
}

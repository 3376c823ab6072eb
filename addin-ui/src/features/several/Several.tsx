/** Several mails at once: each on its own suggestion, or all on one case, with a result for each. */

import { Button, Checkbox, ProgressBar, makeStyles, tokens } from "@fluentui/react-components";
import { useCallback, useEffect, useRef, useState } from "react";
import { NotSignedIn } from "../../api/problem";
import type { CaseLabel } from "../../api/types";
import { newKey } from "../../api/key";
import { inWords, named, useApp } from "../../shell/app";
import { Face, Told, useParts, WorkButton } from "../../shell/parts";
import { SignedOut } from "../../shell/SignedOut";
import { Search } from "../cases/Search";
import { confidenceKey } from "../journal/Cards";
import { canFile, each, fileLine, lookUp, ownCase, type Line, type LineState } from "./filing";

const useStyles = makeStyles({
  list: { listStyleType: "none", margin: 0, padding: 0, display: "flex", flexDirection: "column" },
  line: { display: "flex", alignItems: "flex-start", borderBottom: `1px solid ${tokens.colorNeutralStroke2}`, minHeight: "88px", boxSizing: "border-box", paddingTop: "4px" },
  text: { flexGrow: 1, minWidth: 0, overflowWrap: "anywhere", paddingTop: "6px", paddingBottom: "6px" },
});

export default function Several() {
  const styles = useStyles();
  const parts = useParts();
  const { host, api, t } = useApp();
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [words, setWords] = useState("");
  const [progress, setProgress] = useState<{ done: number; count: number } | null>(null);
  const isBusy = progress !== null;
  const [isSignedOut, setSignedOut] = useState(false);
  const looking = useRef<AbortController | null>(null);
  const keys = useRef(new Map<string, string>());
  const busy = useRef(false);

  const put = useCallback((itemId: string, state: LineState) => setLines((before) => before.map((line) => (line.mail.itemId === itemId ? { ...line, state } : line))), []);

  const load = useCallback(async () => {
    if (busy.current) return;
    looking.current?.abort();
    const controller = new AbortController();
    looking.current = controller;
    const selected = await host.selection().catch(() => []);
    if (controller.signal.aborted) return;
    setLines(selected.map((mail) => ({ mail, taken: true, state: { is: "looking" } })));
    await each(selected, async (mail) => {
      try {
        const state = await lookUp(api, mail, controller.signal);
        if (!controller.signal.aborted) put(mail.itemId, state);
      } catch (error) {
        if (controller.signal.aborted) return;
        if (error instanceof NotSignedIn) setSignedOut(true);
        put(mail.itemId, { is: "failed", mailId: "", suggested: null, error });
      }
    });
  }, [api, host, put]);

  useEffect(() => {
    void load();
    const stop = host.onSelectionChanged(() => void load());
    return () => {
      stop();
      looking.current?.abort();
    };
  }, [host, load]);

  const file = async (on: CaseLabel | null) => {
    if (busy.current) return;
    busy.current = true;
    const toFile = lines.filter((line) => (on ? canFile(line) : ownCase(line)));
    let done = 0;
    setProgress({ done, count: toFile.length });
    await each(toFile, async (line) => {
      if (line.state.is !== "ready" && line.state.is !== "failed") return;
      const { suggested, mailId } = line.state;
      const own = ownCase(line);
      const target = on ?? (own && { id: own.case_id, number: own.number, title: own.title });
      if (!target || !mailId) return;
      const filing: Line = { ...line, state: { is: "filing", mailId, suggested } };
      put(line.mail.itemId, filing.state);
      const act = `${mailId} ${target.id}`;
      const key = keys.current.get(act) ?? newKey();
      keys.current.set(act, key);
      put(line.mail.itemId, await fileLine(api, filing, target, key));
      done += 1;
      setProgress({ done, count: toFile.length });
    });
    busy.current = false;
    setProgress(null);
  };

  const undo = async (line: Line) => {
    if (line.state.is !== "filed" || !line.state.entry) return;
    const { entry, mailId, suggested } = line.state;
    try {
      await api.undo(entry);
      keys.current.delete(`${mailId} ${line.state.on.id}`);
      put(line.mail.itemId, { is: "ready", mailId, suggested });
    } catch (error) {
      put(line.mail.itemId, { is: "failed", mailId, suggested, error });
    }
  };

  if (isSignedOut)
    return (
      <SignedOut
        onSignedIn={() => {
          setSignedOut(false);
          void load();
        }}
      />
    );
  if (lines.length === 0) return <Face title={t("severalNone")} text={t("severalNoneMore")} />;

  const count = (is: LineState["is"]) => lines.filter((line) => line.state.is === is).length;
  const filed = count("filed");
  const failed = count("failed");
  const ready = lines.filter(canFile);
  const withOwn = ready.filter(ownCase);
  const result = !isBusy && filed > 0 ? t("severalResult", { done: filed, failed }) : "";
  return (
    <div className={parts.section} style={{ gap: 16, paddingTop: 12 }}>
      <h1 className={parts.faceTitle}>{t.count("several", lines.length)}</h1>
      <div style={{ minHeight: 32 }}>
        {isBusy ? (
          <>
            <ProgressBar value={progress.done} max={Math.max(progress.count, 1)} aria-label={t("filing")} />
            <span className={parts.hint}>{t("severalProgress", progress)}</span>
          </>
        ) : (
          <p className={parts.hint}>{result || "\u00a0"}</p>
        )}
        <Told>{result}</Told>
      </div>
      <div>
        <WorkButton busy={isBusy || withOwn.length === 0} words={t("severalOwn", { count: withOwn.length })} working={isBusy ? t("filing") : t("severalOwn", { count: 0 })} appearance="primary" onClick={() => void file(null)} />
      </div>
      <ul className={styles.list}>
        {lines.map((line) => (
          <li key={line.mail.itemId} className={styles.line} data-state={line.state.is}>
            <Checkbox
              checked={line.taken}
              aria-label={t("severalTake", { subject: line.mail.subject || t("noSubject") })}
              onChange={(_, { checked }) => setLines((before) => before.map((other) => (other.mail.itemId === line.mail.itemId ? { ...other, taken: checked === true } : other)))}
            />
            <div className={styles.text}>
              <div>{line.mail.subject || t("noSubject")}</div>
              <div className={line.state.is === "failed" ? parts.fault : parts.hint}>{stateWords(line.state)}</div>
            </div>
            {line.state.is === "filed" && line.state.entry && (
              <Button appearance="subtle" size="small" aria-label={`${t("undo")}: ${line.mail.subject}`} onClick={() => void undo(line)}>
                {t("undo")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Search label={t("severalTogether")} words={words} onWords={setWords} onChoose={(on) => void file(on)} chooseWords={(name) => t("fileOn", { case: name })} />
    </div>
  );

  function stateWords(state: LineState) {
    switch (state.is) {
      case "looking":
        return t("severalLooking");
      case "unknown":
        return t("severalUnknown");
      case "draft":
        return t("severalDraft");
      case "ready":
        return state.suggested ? t(state.suggested.isLikely ? "severalSuggested" : "severalDoubtful", { case: named(state.suggested), confidence: t(confidenceKey(state.suggested.confidence)).toLowerCase() }) : t("severalNoSuggestion");
      case "already":
        return t("severalAlready", { case: named(state.on) });
      case "filing":
        return t("filing");
      case "filed":
        return t("severalFiled", { case: named(state.on) });
      case "failed":
        return t("severalFailed", { reason: inWords(state.error, t).title });
    }
  }
}

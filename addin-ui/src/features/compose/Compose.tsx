/** While somebody writes: the case that the mail is filed on once it is sent. */

import { Button } from "@fluentui/react-components";
import { useCallback, useEffect, useState } from "react";
import { NotSignedIn } from "../../api/problem";
import type { SuggestedCase } from "../../api/types";
import type { ChosenCase, Draft } from "../../office/host";
import { named, useApp } from "../../shell/app";
import { Bone, Face, Told, Trouble, useParts } from "../../shell/parts";
import { SignedOut } from "../../shell/SignedOut";
import { Search } from "../cases/Search";
import { Cards } from "../journal/Cards";
import Insert from "./Insert";
import { InsertFrom } from "./InsertFrom";
import { asMail } from "./sketch";

interface Known {
  suggested: readonly SuggestedCase[];
  /** Where the mail lies that this one answers. */
  replied: ChosenCase | null;
}

export default function Compose({ isInserting = false }: { isInserting?: boolean }) {
  const { host, t } = useApp();
  const [draft, setDraft] = useState<Draft | null>(() => host.draft());
  useEffect(() => host.onMailChanged(() => setDraft(host.draft())), [host]);
  return draft ? isInserting ? <InsertFrom draft={draft} /> : <OneDraft draft={draft} /> : <Face title={t("faceNoMail")} text={t("composeNoneMore")} />;
}

function OneDraft({ draft }: { draft: Draft }) {
  const parts = useParts();
  const { api, t } = useApp();
  const [chosen, setChosen] = useState<ChosenCase | null>(null);
  const [known, setKnown] = useState<Known | null>(null);
  const [words, setWords] = useState("");
  const [error, setError] = useState<unknown>(null);
  const [isSignedOut, setSignedOut] = useState(false);

  const choose = useCallback(
    async (next: ChosenCase | null) => {
      try {
        await draft.chooseCase(next);
        setChosen(next);
        setError(null);
      } catch (error) {
        setError(error);
      }
    },
    [draft],
  );

  const look = useCallback(
    async (signal: AbortSignal) => {
      const before = await draft.chosenCase();
      if (signal.aborted) return;
      setChosen(before);
      try {
        const known = await lookFor(draft, api, signal);
        if (signal.aborted) return;
        setKnown(known);
        setError(null);
        // A reply to a filed mail belongs there too.
        if (!before && known.replied) await choose(known.replied);
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof NotSignedIn) setSignedOut(true);
        else setError(error);
        setKnown({ suggested: [], replied: null });
      }
    },
    [api, choose, draft],
  );

  useEffect(() => {
    const controller = new AbortController();
    void look(controller.signal);
    return () => controller.abort();
  }, [look]);

  if (isSignedOut)
    return (
      <SignedOut
        onSignedIn={() => {
          setSignedOut(false);
          void look(new AbortController().signal);
        }}
      />
    );
  const isReply = chosen !== null && known?.replied?.number === chosen.number;
  return (
    <div className={parts.section} style={{ gap: 16, paddingTop: 12 }}>
      <div style={{ minHeight: 76 }}>
        <h1 className={parts.faceTitle}>{chosen ? t("composeChosen", { case: named(chosen) }) : t("composeNone")}</h1>
        <p className={parts.text}>{chosen ? (isReply ? t("composeReply") : "\u00a0") : t("composeNoneMore")}</p>
        <Told>{chosen ? t("composeChosen", { case: named(chosen) }) : ""}</Told>
      </div>
      <Trouble error={error} />
      {chosen && (
        <div>
          <Button onClick={() => void choose(null)}>{t("composeRemove")}</Button>
        </div>
      )}
      {chosen && draft.canAttach() && <Insert key={chosen.number} draft={draft} chosen={chosen} />}
      {!chosen && (
        <section className={parts.section} style={{ padding: 0 }}>
          <div className={parts.row} style={{ justifyContent: "space-between" }}>
            <h2 className={parts.heading}>{t("suggestions")}</h2>
            <Button appearance="subtle" size="small" onClick={() => void look(new AbortController().signal)}>
              {t("composeAgain")}
            </Button>
          </div>
          {!known && <Bone height="316px" />}
          {known?.suggested.length === 0 && <p className={parts.hint}>{t("suggestionsNone")}</p>}
          {known && known.suggested.length > 0 && <Cards cases={known.suggested} busyOn={null} onFile={(on) => void choose(on)} pressWords={t("composeChoose", { case: "" })} />}
        </section>
      )}
      <Search
        words={words}
        onWords={setWords}
        onChoose={(on) => {
          setWords("");
          void choose(on);
        }}
        chooseWords={(name) => t("composeChoose", { case: name })}
      />
    </div>
  );
}

async function lookFor(draft: Draft, api: ReturnType<typeof useApp>["api"], signal: AbortSignal): Promise<Known> {
  const [subject, to, from] = await Promise.all([draft.subject(), draft.recipients(), draft.from()]);
  const inReplyTo = draft.inReplyTo();
  const [suggestions, found] = await Promise.all([api.suggestFor(asMail({ from, to, subject, inReplyTo }), signal), inReplyTo ? api.lookup(inReplyTo, signal) : null]);
  const entry = found?.mails[0]?.entries[0];
  return { suggested: suggestions.cases, replied: entry ? { number: entry.case_number, title: entry.case_title } : null };
}

/** Attaching something from a case to the mail that is written: the mail's own case, or any other, which does not file it. */

import { Button } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { ChosenCase, Draft } from "../../office/host";
import { named, useApp } from "../../shell/app";
import { Arrival, Bone, Face, useParts } from "../../shell/parts";
import { Search } from "../cases/Search";
import Insert from "./Insert";

export function InsertFrom({ draft }: { draft: Draft }) {
  const parts = useParts();
  const { t } = useApp();
  const [from, setFrom] = useState<ChosenCase | null>(null);
  const [isKnown, setKnown] = useState(false);
  const [words, setWords] = useState("");

  useEffect(() => {
    let isHere = true;
    void draft
      .chosenCase()
      .catch(() => null)
      .then((chosen) => {
        if (!isHere) return;
        setFrom(chosen);
        setKnown(true);
      });
    return () => {
      isHere = false;
    };
  }, [draft]);

  if (!draft.canAttach()) return <Face title={t("insertChoose")} text={t("insertCannot")} />;
  if (!isKnown) return <Bone height="316px" />;
  return (
    <div className={parts.section} style={{ gap: 16, paddingTop: 12 }}>
      {/* A heading of its own for each case: it takes the focus. */}
      <Arrival key={from?.number ?? ""} className={parts.faceTitle}>
        {from ? t("insertFrom", { case: named(from) }) : t("insertChoose")}
      </Arrival>
      {from ? (
        <>
          <Insert key={from.number} draft={draft} chosen={from} />
          <div>
            <Button onClick={() => setFrom(null)}>{t("insertAnother")}</Button>
          </div>
        </>
      ) : (
        <>
          <p className={parts.text}>{t("insertChooseMore")}</p>
          <Search
            words={words}
            onWords={setWords}
            onChoose={(one) => {
              setWords("");
              setFrom(one);
            }}
            chooseWords={(name) => t("insertFrom", { case: name })}
          />
        </>
      )}
    </div>
  );
}

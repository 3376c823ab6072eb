/** Documents of the case, to be attached to the mail that is written. */

import { Button } from "@fluentui/react-components";
import { useEffect, useState } from "react";
import type { Document } from "../../api/types";
import type { ChosenCase, Draft } from "../../office/host";
import { useApp } from "../../shell/app";
import { Trouble, useParts } from "../../shell/parts";

export default function Insert({ draft, chosen }: { draft: Draft; chosen: ChosenCase }) {
  const parts = useParts();
  const { api, t } = useApp();
  const [documents, setDocuments] = useState<readonly Document[] | null>(null);
  const [states, setStates] = useState<Readonly<Record<string, "busy" | "done" | "failed">>>({});
  const [error, setError] = useState<unknown>(null);
  const { number } = chosen;

  useEffect(() => {
    const controller = new AbortController();
    const look = async () => {
      const found = await api.cases({ q: number }, controller.signal);
      const id = found.find((one) => one.number === number)?.id;
      return id ? api.documents(id, controller.signal) : [];
    };
    look()
      .then((documents) => !controller.signal.aborted && setDocuments(documents))
      .catch((error: unknown) => !controller.signal.aborted && setError(error));
    return () => controller.abort();
  }, [api, number]);

  const attach = async (id: string, name: string) => {
    if (states[id] === "busy") return;
    setStates((before) => ({ ...before, [id]: "busy" }));
    setError(null);
    try {
      await draft.attach(name, await api.file(id));
      setStates((before) => ({ ...before, [id]: "done" }));
    } catch (error) {
      setStates((before) => ({ ...before, [id]: "failed" }));
      setError(error);
    }
  };

  const files = documents?.flatMap((document) => document.files) ?? [];
  return (
    <section className={parts.section} style={{ padding: 0 }}>
      <h2 className={parts.heading}>{t("insert")}</h2>
      <Trouble error={error} />
      {documents && files.length === 0 && <p className={parts.hint}>{t("insertNone")}</p>}
      <ul style={{ listStyleType: "none", margin: 0, padding: 0 }}>
        {files.map((file) => (
          <li key={file.id} className={parts.row} style={{ justifyContent: "space-between", flexWrap: "nowrap" }}>
            <span style={{ overflowWrap: "anywhere", minWidth: 0 }}>{file.name}</span>
            <Button size="small" aria-label={t("insertFile", { name: file.name })} aria-busy={states[file.id] === "busy"} onClick={() => void attach(file.id, file.name)}>
              {states[file.id] === "busy" ? t("inserting") : states[file.id] === "done" ? t("inserted") : t("insertFile", { name: "" })}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

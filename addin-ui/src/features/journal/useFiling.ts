/** Filing the open mail, and taking it back: one act at a time, never the same twice, nothing lost on the way. */

import { useCallback, useEffect, useRef, useState } from "react";
import { Away, NotSignedIn, Problem } from "../../api/problem";
import type { CaseLabel, Entry, KnownMail, Suggestions } from "../../api/types";
import type { OpenMail } from "../../office/host";
import { newKey } from "../../api/key";
import { useApp, useQueue } from "../../shell/app";
import { faultsOf, fileLines, isFaulty, keyOf, titleOf, wishOf, type FilingDraft } from "./draft";

export interface Done {
  entry: Entry;
  title: string;
  files: number;
}

export interface Filing {
  draft: FilingDraft;
  change: (change: Partial<FilingDraft>) => void;
  /** Id of the case, or what is at work. */
  busyOn: string | null;
  error: unknown;
  done: Done | null;
  /** What was filed last was taken back just now. */
  isUndone: boolean;
  file: (on: CaseLabel) => Promise<void>;
  undo: (entry: string) => Promise<void>;
  act: (name: string, work: () => Promise<unknown>) => Promise<void>;
  /** Sends a mail in that no mailbox holds, and files it where a case was pressed. */
  sendIn: (content: Uint8Array, on: CaseLabel | null) => Promise<void>;
  notForACase: (mail: string) => Promise<void>;
  forACaseAfterAll: (mail: string) => Promise<void>;
}

export function useFiling(open: OpenMail, mail: KnownMail | null, suggestions: Suggestions | null, load: () => Promise<void>, onSignedOut: () => void): Filing {
  const { api, host, drafts, seen, queue } = useApp();
  const [draft, setDraft] = useState<FilingDraft>(() => drafts.get(open.key) ?? {});
  const [busyOn, setBusyOn] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState<Done | null>(null);
  const [isUndone, setUndone] = useState(false);
  const isBusy = useRef(false);

  const change = useCallback(
    (change: Partial<FilingDraft>) =>
      setDraft((before) => {
        const next = { ...before, ...change };
        drafts.put(open.key, next);
        return next;
      }),
    [drafts, open.key],
  );

  const act = useCallback(
    async (name: string, work: () => Promise<unknown>) => {
      if (isBusy.current) return;
      isBusy.current = true;
      setBusyOn(name);
      setError(null);
      try {
        await work();
      } catch (error) {
        if (error instanceof NotSignedIn) onSignedOut();
        else setError(error);
        // What is shown may be why: somebody else filed it, or the case was closed.
        if (error instanceof Problem && error.body.status === 409) await load();
      } finally {
        isBusy.current = false;
        setBusyOn(null);
      }
    },
    [load, onSignedOut],
  );

  const filed = useCallback(
    async (entry: Entry, wasQueued: boolean) => {
      setUndone(false);
      if (suggestions) setDone({ entry, title: titleOf(draft, suggestions), files: fileLines(draft, suggestions.attachments).filter((line) => line.taken).length });
      change({ act: undefined, newCase: undefined, words: "" });
      if (open.messageId) seen.remove(open.messageId);
      // Outlook marks whatever is open by now.
      if (!wasQueued || host.openMail()?.key === open.key) void host.markFiled(true);
      await load();
    },
    [change, draft, host, load, open, seen, suggestions],
  );

  const file = async (on: CaseLabel) => {
    if (!mail || queue.of(open.key)) return;
    // Without suggestions nothing can have been changed.
    const wish = suggestions ? wishOf(draft, suggestions, { mail_id: mail.mail_id }, on.id) : { mail_id: mail.mail_id, case_id: on.id };
    if (suggestions && isFaulty(faultsOf(draft, suggestions))) {
      focusFault();
      return;
    }
    await act(on.id, async () => {
      const sent = keyOf(draft, wish, newKey);
      change({ act: sent });
      try {
        await filed(await api.journal(wish, sent.key), false);
      } catch (error) {
        if (!(error instanceof Away)) throw error;
        queue.add({ key: sent.key, mailKey: open.key, subject: open.subject, wish, on });
      }
    });
  };

  const undo = (entry: string) =>
    act("undo", async () => {
      await api.undo(entry);
      setDone(null);
      setUndone(true);
      if (open.messageId) seen.remove(open.messageId);
      if (host.openMail()?.key === open.key && (mail?.entries.length ?? 0) <= 1) void host.markFiled(false);
      await load();
    });

  // A click that waited has come through.
  const { outcomes } = useQueue();
  const heard = useRef(new Set<unknown>());
  useEffect(() => {
    for (const outcome of outcomes) {
      if (outcome.click.mailKey !== open.key || heard.current.has(outcome)) continue;
      heard.current.add(outcome);
      if ("entry" in outcome) void filed(outcome.entry, true);
      else {
        setError(outcome.problem);
        void load();
      }
      queue.dismiss(outcome);
    }
  }, [outcomes, open.key, filed, load, queue]);

  const sendIn = (content: Uint8Array, on: CaseLabel | null) =>
    act(on?.id ?? "send", async () => {
      const { mail_id } = await api.upload(content);
      if (!on) return load();
      const wish = { mail_id, case_id: on.id };
      const sent = keyOf(draft, wish, newKey);
      change({ act: sent });
      await filed(await api.journal(wish, sent.key), false);
    });

  const notForACase = (mail: string) => api.notForACase(mail).then(load);
  const forACaseAfterAll = (mail: string) => api.forACaseAfterAll(mail).then(load);
  return { draft, change, busyOn, error, done, isUndone, file, undo, act, sendIn, notForACase, forACaseAfterAll };
}

/** To the field that is wrong, where its message stands. */
function focusFault() {
  const field = document.querySelector<HTMLElement>('[aria-invalid="true"], [data-fault]');
  const input = field?.matches("input") ? field : field?.querySelector("input");
  (input ?? field)?.focus();
}

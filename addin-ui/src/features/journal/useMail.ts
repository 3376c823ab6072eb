/**
 * What the service knows of the open mail. Shown from what was seen before, at once, and put right when the answer is here.
 *
 * The component that uses this lives as long as its mail is open: what is answered later goes nowhere.
 */

import { useCallback, useEffect, useRef, useState } from "react";
import { Away, NotSignedIn } from "../../api/problem";
import type { KnownMail, Suggestions } from "../../api/types";
import type { OpenMail } from "../../office/host";
import { useApp, type App } from "../../shell/app";
import { ask } from "./ask";

export type MailState =
  | { is: "loading" }
  | { is: "signed-out" }
  | { is: "trouble"; error: unknown }
  /** `isAway`: the service does not answer, this is from before. */
  | { is: "known"; mail: KnownMail; suggestions: Suggestions | null; isAway: boolean }
  /** In no mailbox that is watched; by its content, where Outlook gives it, there are suggestions. */
  | { is: "unknown"; content: Uint8Array | null; suggestions: Suggestions | null };

/** While the service is away, and while a mail may just be coming in: soon, and then ever more seldom. */
const FIRST_AGAIN_MS = 3_000;
const LAST_AGAIN_MS = 60_000;

export function useMail(open: OpenMail) {
  const app = useApp();
  const [state, setState] = useState<MailState>(() => fromBefore(app, open));
  const aborted = useRef<AbortController | null>(null);
  // Its content is asked for once, not at each look.
  const unknown = useRef<MailState | null>(null);
  const [looks, setLooks] = useState(0);

  const load = useCallback(async () => {
    aborted.current?.abort();
    const controller = new AbortController();
    aborted.current = controller;
    const next = await look(app, open, controller.signal, unknown.current);
    if (controller.signal.aborted) return;
    if (next.is === "unknown") unknown.current = next;
    setState((before) => (next.is === "trouble" && next.error instanceof Away && before.is === "known" ? { ...before, isAway: true } : next));
  }, [app, open]);

  useEffect(() => {
    void load();
    return () => aborted.current?.abort();
  }, [load]);

  const isWaiting = (state.is === "trouble" && state.error instanceof Away) || (state.is === "known" && state.isAway) || state.is === "unknown" || (state.is === "known" && (state.suggestions?.built_percent ?? 100) < 100);
  useEffect(() => {
    if (!isWaiting) return;
    const pause = Math.min(FIRST_AGAIN_MS * 2 ** looks, LAST_AGAIN_MS);
    const timer = setTimeout(() => void load().then(() => setLooks(looks + 1)), pause);
    return () => clearTimeout(timer);
  }, [isWaiting, load, looks]);

  // Others may have filed it while this window was not looked at.
  useEffect(() => {
    const back = () => document.visibilityState === "visible" && void load();
    document.addEventListener("visibilitychange", back);
    return () => document.removeEventListener("visibilitychange", back);
  }, [load]);

  return { state, load };
}

function fromBefore(app: App, open: OpenMail): MailState {
  const seen = open.messageId ? app.seen.get(open.messageId) : null;
  const mail = seen?.found.mails[0];
  return seen && mail ? { is: "known", mail, suggestions: seen.suggestions, isAway: false } : { is: "loading" };
}

async function look(app: App, open: OpenMail, signal: AbortSignal, unknown: MailState | null): Promise<MailState> {
  const { api, seen, headStart } = app;
  const { messageId } = open;
  if (!messageId) return { is: "unknown", content: null, suggestions: null };
  try {
    const { found, suggestions } = await (headStart.take(messageId) ?? ask(api, messageId, signal));
    const mail = found.mails[0];
    if (!mail) return unknown ?? (await byContent(app, open, signal));
    seen.put(messageId, { found, suggestions });
    return { is: "known", mail, suggestions, isAway: false };
  } catch (error) {
    return error instanceof NotSignedIn ? { is: "signed-out" } : { is: "trouble", error };
  }
}

async function byContent({ host, api }: App, open: OpenMail, signal: AbortSignal): Promise<MailState> {
  const given = await host.content().catch(() => null);
  // Outlook gives the content of whatever is open by now.
  const content = !signal.aborted && host.openMail()?.key === open.key ? given : null;
  const suggestions = content ? await api.suggestFor(content, signal).catch(() => null) : null;
  return { is: "unknown", content, suggestions };
}

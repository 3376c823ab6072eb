/** What every feature can reach: the host, the API, the texts, and what the browser keeps. */

import { createContext, useContext, useSyncExternalStore } from "react";
import type { Api } from "../api/calls";
import { Away, NotSignedIn, Problem } from "../api/problem";
import type { AddinSettings } from "../api/types";
import type { Answers, HeadStart } from "../features/journal/ask";
import type { FilingDraft } from "../features/journal/draft";
import type { Queue } from "../features/queue/queue";
import type { Texts } from "../messages/messages";
import type { Host } from "../office/host";
import type { SignIn } from "../sign-in/sign-in";
import type { Shelf } from "./store";

export type Seen = Answers;

export interface App {
  host: Host;
  api: Api;
  signIn: SignIn;
  t: Texts;
  settings: () => Promise<AddinSettings | null>;
  queue: Queue;
  drafts: Shelf<FilingDraft>;
  seen: Shelf<Seen>;
  headStart: HeadStart;
}

const Context = createContext<App | null>(null);
export const AppProvider = Context.Provider;

export function useApp(): App {
  const app = useContext(Context);
  if (!app) throw new Error("outside of the app");
  return app;
}

export function useQueue() {
  const { queue } = useApp();
  const waiting = useSyncExternalStore(queue.subscribe, queue.waiting);
  const outcomes = useSyncExternalStore(queue.subscribe, () => queue.outcomes);
  return { queue, waiting, outcomes };
}

/** An error as a person reads it: what happened, and what to do. */
export function inWords(error: unknown, t: Texts): { title: string; detail: string } {
  if (error instanceof Problem && error.body.title) return { title: error.body.title, detail: error.body.detail ?? "" };
  if (error instanceof Away) return { title: t("away"), detail: "" };
  if (error instanceof NotSignedIn) return { title: t("faceSignedOut"), detail: t("faceSignedOutMore") };
  return { title: t("failed"), detail: "" };
}

export const named = (one: { number: string; title: string }) => `${one.number} ${one.title}`.trim();

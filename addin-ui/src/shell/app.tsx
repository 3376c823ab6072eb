/** What every feature can reach: the host, the API, the texts, and what the browser keeps. */

import { createContext, useContext, useSyncExternalStore, type ReactNode } from "react";
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

/** What the pane and the web app have in common. */
export interface Core {
  api: Api;
  t: Texts;
}

export interface App extends Core {
  host: Host;
  signIn: SignIn;
  settings: () => Promise<AddinSettings | null>;
  queue: Queue;
  drafts: Shelf<FilingDraft>;
  seen: Shelf<Seen>;
  headStart: HeadStart;
}

const CoreContext = createContext<Core | null>(null);
export const CoreProvider = CoreContext.Provider;

export function useCore(): Core {
  const core = useContext(CoreContext);
  if (!core) throw new Error("outside of the app");
  return core;
}

const Context = createContext<App | null>(null);

export function AppProvider({ value, children }: { value: App; children: ReactNode }) {
  return (
    <Context.Provider value={value}>
      <CoreProvider value={value}>{children}</CoreProvider>
    </Context.Provider>
  );
}

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

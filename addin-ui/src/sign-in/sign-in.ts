/**
 * Who asks, in the order in which it is found out:
 *
 * 1. a token that the page was given (`sagspost.token` in the session's storage: the host to try it in signs in like that)
 * 2. nested app authentication, where Office and the organisation's provider can do it
 * 3. a token from the window of an earlier sign-in, until it runs out
 * 4. the session's cookie: then there is no token
 *
 * `signIn` is what the button does when none of them works.
 */

import type { Host } from "../office/host";
import type { AddinSettings } from "../api/types";

export const GIVEN = "sagspost.token";
const FROM_WINDOW = "sagspost.office-token";
/** A token is not used in its last seconds: it could run out on the way. */
const MARGIN_MS = 30_000;

export interface SignIn {
  token: () => Promise<string | null>;
  forget: () => void;
  /** `false` when the person closed the window. */
  signIn: () => Promise<boolean>;
}

export interface Nested {
  token(mayAsk: boolean): Promise<string | null>;
  forget(): void;
}

export function signInBy(host: Pick<Host, "user" | "askInWindow" | "canNestSignIn">, settings: () => Promise<AddinSettings | null>, storage: Storage = sessionStorage): SignIn {
  let nested: Promise<Nested | null> | null = null;
  let kept: { token: string; until: number } | null = read(storage);

  const nestedIfAble = () =>
    (nested ??= (async () => {
      if (!host.canNestSignIn()) return null;
      const how = (await settings())?.nested_sign_in;
      if (!how) return null;
      const { nestedSignIn } = await import("./nested");
      return nestedSignIn(how, host.user);
    })().catch(() => {
      nested = null;
      return null;
    }));

  return {
    async token() {
      const given = storage.getItem(GIVEN);
      if (given) return given;
      if (kept && kept.until > Date.now()) return kept.token;
      return (await nestedIfAble())?.token(false) ?? null;
    },
    forget() {
      kept = null;
      storage.removeItem(FROM_WINDOW);
      void nested?.then((known) => known?.forget());
    },
    async signIn() {
      const byHost = await (await nestedIfAble())?.token(true);
      if (byHost) return true;
      const code = await host.askInWindow("/sign-in/office");
      if (!code) return false;
      const response = await fetch("/sign-in/office/exchange", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }), cache: "no-store", referrerPolicy: "no-referrer" });
      if (!response.ok) return false;
      const answer = (await response.json()) as { token: string; expires_in: number };
      kept = { token: answer.token, until: Date.now() + answer.expires_in * 1000 - MARGIN_MS };
      storage.setItem(FROM_WINDOW, JSON.stringify(kept));
      return true;
    },
  };
}

function read(storage: Storage) {
  try {
    const kept = JSON.parse(storage.getItem(FROM_WINDOW) ?? "null") as { token?: unknown; until?: unknown } | null;
    return typeof kept?.token === "string" && typeof kept.until === "number" ? { token: kept.token, until: kept.until } : null;
  } catch {
    return null;
  }
}

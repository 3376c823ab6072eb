/** Who asks, for the commands. In a browser the page beside the script can sign in; classic Outlook's runtime asks Office. */

import { officeToken } from "../office/ribbon";
import type { SignIn } from "../sign-in/sign-in";

const GIVEN = "sagspost.token";
/** The page's own script is loaded after this one. */
const PAGE_PATIENCE_MS = 1_500;
const LOOK_MS = 25;

interface Shared {
  /** Set by `token.ts` in commands.html. */
  sagspostSignIn?: SignIn;
}

const shared = globalThis as Shared;

export async function token(): Promise<string | null> {
  const given = typeof sessionStorage === "object" ? sessionStorage.getItem(GIVEN) : null;
  if (given) return given;
  if (typeof document === "object") return (await page())?.token() ?? null;
  return officeToken();
}

export function forgetToken() {
  shared.sagspostSignIn?.forget();
}

async function page(): Promise<SignIn | null> {
  for (let waited = 0; !shared.sagspostSignIn && waited < PAGE_PATIENCE_MS; waited += LOOK_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  return shared.sagspostSignIn ?? null;
}

/** Tokens from the host itself (nested app authentication). Loaded only where it can be: MSAL is large. */

import { createNestablePublicClientApplication, InteractionRequiredAuthError } from "@azure/msal-browser";
import type { AddinSettings } from "../api/types";
import type { Nested } from "./sign-in";

type How = NonNullable<AddinSettings["nested_sign_in"]>;

export async function nestedSignIn(how: How, user: string): Promise<Nested> {
  const application = await createNestablePublicClientApplication({
    auth: { clientId: how.client_id, authority: how.authority },
    cache: { cacheLocation: "sessionStorage" },
  });
  const request = { scopes: [how.scope], ...(user ? { loginHint: user } : {}) };
  let refused = false;
  return {
    async token(mayAsk) {
      try {
        const answer = await application.acquireTokenSilent({ ...request, forceRefresh: refused });
        refused = false;
        return answer.accessToken;
      } catch (error) {
        if (!mayAsk || !(error instanceof InteractionRequiredAuthError)) return null;
        return (await application.acquireTokenPopup(request)).accessToken;
      }
    },
    forget() {
      refused = true;
    },
  };
}

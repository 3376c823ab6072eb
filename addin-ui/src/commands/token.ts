/** In commands.html, beside the plain script: signs in as the pane does. */

import { Api } from "../api/calls";
import { Client } from "../api/client";
import { outlook } from "../office/outlook";
import { signInBy, type SignIn } from "../sign-in/sign-in";

const anonymous = new Api(new Client({ token: () => Promise.resolve(null), forget: () => undefined, language: "da" }));

void outlook("read").then((host) => {
  (globalThis as { sagspostSignIn?: SignIn }).sagspostSignIn = signInBy(host, () => anonymous.settings().catch(() => null));
});

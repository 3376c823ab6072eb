/** What every view of the web app can reach. */

import { createContext, useContext } from "react";
import type { Api } from "../api/calls";
import type { RulesApi } from "../api/rules";
import type { AddinSettings, Me } from "../api/types";
import type { TextsAlso } from "../messages/messages";
import type { WebKey } from "../messages/web.da";
import type { Core } from "../shell/app";

export type WebTexts = TextsAlso<WebKey>;

export interface Web extends Core {
  api: Api;
  rules: RulesApi;
  t: WebTexts;
  me: Me;
  /** Principal of whose mails these are: the caller, or whom they act for. */
  self: string;
  settings: AddinSettings;
  /** The service knows them no more. */
  signedOut: () => void;
}

const Context = createContext<Web | null>(null);
export const WebProvider = Context.Provider;

export function useWeb(): Web {
  const web = useContext(Context);
  if (!web) throw new Error("outside of the web app");
  return web;
}

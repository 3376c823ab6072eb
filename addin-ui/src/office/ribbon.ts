/** Office.js as the commands use it, which run without a pane; in classic Outlook's script runtime without a DOM, too. */

import { asked, ifAble } from "./async";
import type { Draft } from "./host";
import { OutlookDraft, giveCategory, ownerOf } from "./outlook";

/** As the manifest names them. */
const ICON = "icon.16";
export const PANES = { read: "choose", compose: "compose" } as const;
/** Of a notification; Office refuses longer ones. */
export const MAX_NOTICE_CHARS = 150;
const MAX_ACTION_CHARS = 30;
const NOTICE = "sagspost";

export interface Ribbon {
  readonly language: string;
  /** Address of the service, also where the script has none of its own. */
  readonly origin: string;
  messageId(): string | null;
  /** Address of whose mailbox it is, when that is another's or a shared one. */
  owner(): Promise<string | null>;
  draft(): Draft | null;
  /** A line above the mail that stays until it is closed. */
  tell(text: string): Promise<void>;
  /** A line with a button that opens the pane, where Outlook can; the line alone elsewhere. */
  offerPane(text: string, action: string): Promise<void>;
  markFiled(): Promise<void>;
}

export interface SendQuestion {
  text: string;
  /** Of the button that opens the pane instead of sending. */
  action: string;
}

export function ribbon(): Ribbon {
  const item = () => Office.context.mailbox?.item as (Office.MessageRead & Office.MessageCompose) | null | undefined;
  const notices = () => item()?.notificationMessages;
  const replace = (details: Office.NotificationMessageDetails) => asked<void>((done) => notices()?.replaceAsync(NOTICE, details, done));
  const tell = (text: string) => replace({ type: "informationalMessage", message: shortened(text, MAX_NOTICE_CHARS), icon: ICON, persistent: false });
  return {
    language: Office.context.displayLanguage || "da-DK",
    origin: origin(),
    messageId: () => (typeof item()?.subject === "string" ? item()?.internetMessageId?.trim().replace(/^<|>$/g, "") || null : null),
    owner: () => ownerOf(item(), Office.context.mailbox?.userProfile?.emailAddress ?? ""),
    draft: () => {
      const open = item();
      return open && typeof open.subject === "object" ? new OutlookDraft(open) : null;
    },
    tell: async (text) => {
      await ifAble(() => tell(text));
    },
    offerPane: async (text, action) => {
      const actions = [{ actionType: "showTaskPane", actionText: shortened(action, MAX_ACTION_CHARS), commandId: PANES.read, contextData: "{}" }];
      const offered = supports("1.10") && (await ifAble(() => replace({ type: "insightMessage", message: shortened(text, MAX_NOTICE_CHARS), icon: ICON, actions }).then(() => true)));
      if (!offered) await ifAble(() => tell(text));
    },
    markFiled: async () => {
      const categories = supports("1.8") ? item()?.categories : undefined;
      if (categories) await giveCategory(categories);
    },
  };
}

/** Makes a function known under the name that the manifest has for it; whatever happens, Office hears that it is over. */
export function command(name: string, run: () => Promise<void>) {
  Office.actions.associate(name, (event: Office.AddinCommands.Event) => {
    const over = () => event.completed();
    run().then(over, over);
  });
}

/** An event that is answered within `patienceMs`, or lets go. */
export function sendEvent(name: string, patienceMs: number, run: () => Promise<SendQuestion | null>) {
  Office.actions.associate(name, (event: Office.MailboxEvent) => {
    let isOver = false;
    const answer = (question: SendQuestion | null) => {
      if (isOver) return;
      isOver = true;
      event.completed(question ? refusal(question) : { allowEvent: true });
    };
    setTimeout(() => answer(null), patienceMs);
    run().then(answer, () => answer(null));
  });
}

/** Where there is no browser to sign in with: the way that Office documents for event handlers. */
export async function officeToken(): Promise<string | null> {
  const { OfficeRuntime } = globalThis as { OfficeRuntime?: { auth?: { getAccessToken(): Promise<string> } } };
  return ifAble(async () => (await OfficeRuntime?.auth?.getAccessToken()) ?? null);
}

export function shortened(text: string, max: number) {
  const letters = [...text];
  return letters.length <= max ? text : `${letters.slice(0, max - 1).join("").trimEnd()}…`;
}

function refusal({ text, action }: SendQuestion): Office.SmartAlertsEventCompletedOptions {
  const pane = supports("1.14") ? { cancelLabel: shortened(action, 20), commandId: PANES.compose } : {};
  return { allowEvent: false, errorMessage: text, ...pane };
}

/** The script runtime has no `location`, but Office knows where the script came from. */
function origin() {
  if (typeof location === "object" && location.origin) return location.origin;
  const script = (Office.context as { urls?: { javascriptRuntimeUrl?: string } }).urls?.javascriptRuntimeUrl ?? "";
  return /^https?:\/\/[^/?#]+/.exec(script)?.[0] ?? "";
}

const supports = (set: string) => Boolean(Office.context.requirements?.isSetSupported("Mailbox", set));

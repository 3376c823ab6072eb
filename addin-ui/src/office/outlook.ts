/** The host that is Outlook: the one place that calls Office.js. */

import { asked, ifAble } from "./async";
import { CASE_HEADER, CATEGORY, type ChosenCase, type Draft, type Host, type Look, type MailShape, type Mode, type OpenMail, type SelectedMail } from "./host";

const TITLE_KEY = "sagspost.case";
/** Nothing waits for it. */
const OWNER_PATIENCE_MS = 5_000;
/** The dialog of Office is told so many percent of the screen. */
const WINDOW_PERCENT = { height: 60, width: 30 };

export async function outlook(mode: Mode): Promise<Host> {
  await Office.onReady();
  return new Outlook(mode);
}

class Outlook implements Host {
  readonly language: string;
  readonly user: string;

  constructor(readonly mode: Mode) {
    this.language = Office.context.displayLanguage || "da-DK";
    this.user = mailbox()?.userProfile?.emailAddress?.toLowerCase() ?? "";
  }

  openMail(): OpenMail | null {
    const item = mailbox()?.item as Office.MessageRead | null | undefined;
    if (!item) return null;
    const messageId = stripped(item.internetMessageId);
    const isDraft = typeof item.subject !== "string";
    return {
      key: messageId ?? item.itemId ?? `draft-${item.conversationId ?? ""}`,
      messageId,
      subject: isDraft ? "" : item.subject,
      from: item.from && !isDraft ? { name: item.from.displayName, address: item.from.emailAddress } : null,
      receivedAt: item.dateTimeCreated ?? null,
      attachments: isDraft ? [] : (item.attachments ?? []).filter((file) => !file.isInline).map((file) => file.name),
      kind: shape(item, isDraft),
    };
  }

  owner() {
    return ownerOf(mailbox()?.item as Office.MessageRead | null | undefined, this.user);
  }

  draft(): Draft | null {
    const item = mailbox()?.item as Office.MessageCompose | null | undefined;
    return item && typeof item.subject === "object" ? new OutlookDraft(item) : null;
  }

  async selection(): Promise<readonly SelectedMail[]> {
    if (!supports("1.13")) return [];
    const selected = await asked<Office.SelectedItemDetails[]>((done) => mailbox()?.getSelectedItemsAsync(done));
    return selected.map((item) => ({ itemId: item.itemId, messageId: stripped(item.internetMessageId), subject: item.subject }));
  }

  async content(): Promise<Uint8Array | null> {
    if (!supports("1.14")) return null;
    const item = mailbox()?.item as Office.MessageRead | null | undefined;
    if (typeof item?.getAsFileAsync !== "function") return null;
    const base64 = await ifAble(() => asked<string>((done) => item.getAsFileAsync(done), 60_000));
    return base64 ? Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)) : null;
  }

  onMailChanged(heard: () => void) {
    return listen(Office.EventType.ItemChanged, heard);
  }

  onSelectionChanged(heard: () => void) {
    return supports("1.13") ? listen(Office.EventType.SelectedItemsChanged, heard) : () => undefined;
  }

  async markFiled(filed: boolean) {
    const item = mailbox()?.item as Office.MessageRead | null | undefined;
    if (!supports("1.8") || !item?.categories) return;
    const { categories } = item;
    if (!filed) {
      await ifAble(() => asked<void>((done) => categories.removeAsync([CATEGORY], done)));
      return;
    }
    await giveCategory(categories);
  }

  look(): Look {
    if (matchMedia("(forced-colors: active)").matches) return "contrast";
    const theme = Office.context.officeTheme as Office.OfficeTheme | undefined;
    if (!theme) return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
    return (theme.isDarkTheme ?? isDark(theme.bodyBackgroundColor)) ? "dark" : "light";
  }

  onLookChanged(heard: () => void) {
    const queries = ["(forced-colors: active)", "(prefers-color-scheme: dark)"].map((query) => matchMedia(query));
    for (const query of queries) query.addEventListener("change", heard);
    const stop = supports("1.14") ? listen(Office.EventType.OfficeThemeChanged, heard) : () => undefined;
    return () => {
      stop();
      for (const query of queries) query.removeEventListener("change", heard);
    };
  }

  askInWindow(path: string): Promise<string | null> {
    const address = new URL(path, location.origin).href;
    return new Promise((resolve, reject) => {
      Office.context.ui.displayDialogAsync(address, { ...WINDOW_PERCENT, promptBeforeOpen: false }, (result) => {
        if ((result.status as unknown as string) !== "succeeded") {
          reject(new Error(result.error?.message ?? "no window"));
          return;
        }
        const dialog = result.value;
        dialog.addEventHandler(Office.EventType.DialogMessageReceived, (told) => {
          // Whatever page the window went to by itself: we hear only our own.
          if ("origin" in told && told.origin && told.origin !== location.origin) return;
          dialog.close();
          resolve("message" in told ? told.message : null);
        });
        dialog.addEventHandler(Office.EventType.DialogEventReceived, () => resolve(null));
      });
    });
  }

  canNestSignIn() {
    return Boolean(Office.context.requirements?.isSetSupported("NestedAppAuth", "1.1"));
  }
}

export class OutlookDraft implements Draft {
  constructor(private readonly item: Office.MessageCompose) {}

  subject() {
    return asked<string>((done) => this.item.subject.getAsync(done));
  }

  async recipients() {
    const lists = await Promise.all([this.item.to, this.item.cc].map((field) => ifAble(() => asked<Office.EmailAddressDetails[]>((done) => field.getAsync(done)))));
    return lists.flatMap((list) => list ?? []).map((recipient) => recipient.emailAddress);
  }

  async from() {
    const from = supports("1.7") && this.item.from ? await ifAble(() => asked<Office.EmailAddressDetails>((done) => this.item.from.getAsync(done))) : null;
    return from?.emailAddress ?? mailbox()?.userProfile?.emailAddress ?? null;
  }

  inReplyTo() {
    return stripped(this.item.inReplyTo);
  }

  async chosenCase(): Promise<ChosenCase | null> {
    const headers = supports("1.8") && this.item.internetHeaders;
    const known = headers ? await ifAble(() => asked<Record<string, string>>((done) => headers.getAsync([CASE_HEADER], done))) : null;
    const value = known?.[CASE_HEADER];
    if (!value) return null;
    const title = supports("1.11") && this.item.sessionData ? await ifAble(() => asked<string>((done) => this.item.sessionData.getAsync(TITLE_KEY, done))) : null;
    return { number: decoded(value), title: title ?? "" };
  }

  canAttach() {
    return supports("1.8") && typeof this.item.addFileAttachmentFromBase64Async === "function";
  }

  async attach(name: string, content: Uint8Array) {
    await asked<string>((done) => this.item.addFileAttachmentFromBase64Async(base64(content), name, done), 60_000);
  }

  async chooseCase(chosen: ChosenCase | null) {
    const headers = this.item.internetHeaders;
    if (chosen) await asked<void>((done) => headers.setAsync({ [CASE_HEADER]: encodeURIComponent(chosen.number) }, done));
    else await asked<void>((done) => headers.removeAsync([CASE_HEADER], done));
    if (supports("1.11") && this.item.sessionData) await ifAble(() => asked<void>((done) => this.item.sessionData.setAsync(TITLE_KEY, chosen?.title ?? "", done)));
  }
}

/** In pieces: a call takes only so many arguments. */
function base64(bytes: Uint8Array) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/**
 * Outlook has the call only on mails of shared folders (1.8) and shared mailboxes (1.13), where the manifest asks for them;
 * it fails where a mail turns out not to be shared.
 */
export async function ownerOf(item: Pick<Office.MessageRead, "getSharedPropertiesAsync"> | null | undefined, user: string): Promise<string | null> {
  if (!supports("1.8") || typeof item?.getSharedPropertiesAsync !== "function") return null;
  const told = await ifAble(() => asked<Office.SharedProperties>((done) => item.getSharedPropertiesAsync(done), OWNER_PATIENCE_MS));
  const owner = told?.owner || null;
  return owner?.toLowerCase() === user.toLowerCase() ? null : owner;
}

/** Only a category that the mailbox knows can be given to a mail; the first time it is made known. */
export async function giveCategory(categories: Office.Categories) {
  const given = await ifAble(() => asked<void>((done) => categories.addAsync([CATEGORY], done)).then(() => true));
  if (given) return;
  const known = { displayName: CATEGORY, color: "Preset4" };
  await ifAble(() => asked<void>((done) => mailbox()?.masterCategories.addAsync([known], done)));
  await ifAble(() => asked<void>((done) => categories.addAsync([CATEGORY], done)));
}

const mailbox = () => Office.context.mailbox as Office.Mailbox | undefined;
const supports = (set: string) => Boolean(Office.context.requirements?.isSetSupported("Mailbox", set));
const stripped = (id: string | null | undefined) => id?.trim().replace(/^<|>$/g, "") || null;

function decoded(value: string) {
  try {
    return decodeURIComponent(value.trim());
  } catch {
    return value.trim();
  }
}

function shape(item: Office.MessageRead, isDraft: boolean): MailShape {
  const itemClass = item.itemClass ?? "";
  if (isDraft) return "draft";
  if ((item.itemType as string) === "appointment" || /^IPM\.(Schedule\.Meeting|Appointment)/i.test(itemClass)) return "meeting";
  const isSealed = /^IPM\.Note\.SMIME$/i.test(itemClass) || (item.attachments ?? []).some((file) => /^(message\.rpmsg|smime\.p7m)$/i.test(file.name));
  if (isSealed) return "encrypted";
  return stripped(item.internetMessageId) ? "mail" : "draft";
}

function listen(type: Office.EventType, heard: () => void) {
  mailbox()?.addHandlerAsync(type, heard);
  return () => mailbox()?.removeHandlerAsync(type);
}

/** By the brightness that people see (ITU-R BT.601). */
function isDark(color: string | undefined) {
  const parts = /^#?(..)(..)(..)$/.exec(color ?? "");
  if (!parts) return false;
  const [red = 255, green = 255, blue = 255] = parts.slice(1).map((part) => parseInt(part, 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

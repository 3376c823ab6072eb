/**
 * What the features know of Outlook. `outlook.ts` fills it with Office.js; nothing else in this project calls Office.js.
 *
 * Every method may be missing something in an older Outlook: then it answers `null` or does nothing, and never throws for that.
 */

/** A mail that somebody reads. */
export interface OpenMail {
  /** Unlike for any two mails that are open one after the other; not to be shown. */
  readonly key: string;
  /** Without angle brackets; `null` for a draft. */
  readonly messageId: string | null;
  readonly subject: string;
  readonly from: { readonly name: string; readonly address: string } | null;
  readonly receivedAt: Date | null;
  /** As Outlook shows them, pictures of the text left out. */
  readonly attachments: readonly string[];
  readonly kind: MailShape;
}

/** What decides which face the pane shows. */
export type MailShape = "mail" | "draft" | "meeting" | "encrypted";

/** A mail of a selection. */
export interface SelectedMail {
  readonly itemId: string;
  readonly messageId: string | null;
  readonly subject: string;
}

/** A mail that somebody writes. */
export interface Draft {
  subject(): Promise<string>;
  recipients(): Promise<readonly string[]>;
  from(): Promise<string | null>;
  /** Message-ID of the mail that it answers. */
  inReplyTo(): string | null;
  /** The case that it was given, if any. */
  chosenCase(): Promise<ChosenCase | null>;
  chooseCase(chosen: ChosenCase | null): Promise<void>;
  canAttach(): boolean;
  attach(name: string, content: Uint8Array): Promise<void>;
}

export interface ChosenCase {
  readonly number: string;
  readonly title: string;
}

/** `insert`: while writing, opened to attach something from a case. */
export type Mode = "read" | "compose" | "insert" | "multi";

/** How Office wants to look. */
export type Look = "light" | "dark" | "contrast";

export type Unsubscribe = () => void;

export interface Host {
  readonly mode: Mode;
  /** Of Office, e.g. `da-DK`. */
  readonly language: string;
  /** Address of whose Outlook this is; keeps what the browser stores for one person from another. */
  readonly user: string;
  openMail(): OpenMail | null;
  /** Address of whose mailbox the open mail lies in, when that is another's or a shared one. */
  owner(): Promise<string | null>;
  draft(): Draft | null;
  selection(): Promise<readonly SelectedMail[]>;
  /** The open mail as it was sent; `null` where Outlook cannot give it. */
  content(): Promise<Uint8Array | null>;
  onMailChanged(heard: () => void): Unsubscribe;
  onSelectionChanged(heard: () => void): Unsubscribe;
  /** Marks the open mail as filed, for everybody who sees its categories. */
  markFiled(filed: boolean): Promise<void>;
  look(): Look;
  onLookChanged(heard: () => void): Unsubscribe;
  /** Opens a page of ours in a window of Office and waits for what it tells; `null` when it is closed. */
  askInWindow(path: string): Promise<string | null>;
  /** Whether the host can give tokens by nested app authentication. */
  canNestSignIn(): boolean;
}

/** Case and title travel with the mail in this header; the monitor of the Sent folder files by it. */
export const CASE_HEADER = "X-Sagspost-Case";
export const CATEGORY = "Journaliseret";

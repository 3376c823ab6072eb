// Mails as Outlook has them open: one that is read, and one that is written.

import * as service from "./service.js";

let made = 0;
/** Of a certain opening of a mail: the same mail opened again is another item. */
const newKey = () => `item-${(made += 1)}`;

const person = (address) => ({ displayName: address.name || address.address, emailAddress: address.address, recipientType: "other" });

/** Folders of a person came before shared mailboxes; here only people have a name with a point. */
const sharedSince = (mailbox) => (mailbox.name.includes(".") ? "1.8" : "1.13");

export class ReadItem {
  constructor(summary, mailbox, isShared) {
    Object.assign(this, { key: newKey(), mode: "read", summary, mailbox, isShared });
    this.notifications = new Map();
    this.initialization = "";
  }

  get id() { return this.summary.id; }

  async open() {
    this.detail = this.summary.detail ?? await service.mail(this.id);
    return this;
  }

  async page() {
    return this.summary.page ?? service.page(this.id);
  }

  async raw() {
    return this.summary.raw ?? service.raw(this.id);
  }

  async attachment(id) {
    return this.summary.attachment?.(id) ?? service.attachment(this.id, id);
  }

  snapshot() {
    const { mail } = this.detail;
    const isMeeting = mail.kind === "meeting" || mail.kind === "calendar";
    return {
      key: this.key,
      mode: "read",
      itemId: this.id,
      itemClass: this.summary.itemClass ?? (isMeeting ? "IPM.Schedule.Meeting.Request" : "IPM.Note"),
      conversationId: this.summary.thread_id,
      internetMessageId: mail.message_id ? `<${mail.message_id}>` : "",
      subject: mail.subject,
      from: mail.from[0] ? person(mail.from[0]) : undefined,
      to: mail.to.map(person),
      cc: mail.cc.map(person),
      received: this.detail.received_at,
      sharedSince: this.isShared ? sharedSince(this.mailbox) : null,
      attachments: mail.attachments.map((file, at) => ({
        id: String(at), name: file.name, size: file.size, contentType: file.media_type, isInline: file.inline, attachmentType: "file",
      })),
    };
  }
}

export class Draft {
  constructor(mailbox, from, { to = [], subject = "", replyTo = null, body = "" } = {}) {
    Object.assign(this, { key: newKey(), mode: "compose", mailbox, from, subject, body, replyTo });
    this.recipients = { to, cc: [], bcc: [] };
    /** As the person wrote them, which may be half an address yet. */
    this.typed = {};
    this.headers = new Map();
    this.session = new Map();
    this.attachments = [];
    this.notifications = new Map();
    this.initialization = "";
    this.savedAs = null;
  }

  get id() { return this.savedAs ?? this.key; }

  snapshot() {
    return {
      key: this.key,
      mode: "compose",
      itemId: undefined,
      conversationId: this.replyTo?.threadId ?? null,
      inReplyTo: this.replyTo?.messageId ? `<${this.replyTo.messageId}>` : null,
      sharedSince: null,
    };
  }
}

/** `Gerda Holm <gerda@x>; b@y` as Outlook has recipients. */
export function parseRecipients(text) {
  return text.split(/[;,]/).map((part) => part.trim()).filter(Boolean).map((part) => {
    const [, name, address] = /^(.*)<([^>]+)>$/.exec(part) ?? [null, "", part];
    return { displayName: name.trim() || address.trim(), emailAddress: address.trim(), recipientType: "other" };
  });
}

export const writeRecipients = (list) => list.map((one) => (one.displayName && one.displayName !== one.emailAddress ? `${one.displayName} <${one.emailAddress}>` : one.emailAddress)).join("; ");

// What Outlook answers when the add-in calls it. Each call by its name: the item it was made on, and its arguments.

import * as service from "./service.js";
import { base64 } from "./mime.js";

/** Codes and names as Outlook has them. */
const ERRORS = {
  9003: "InvalidAttachmentId", 9019: "GenericSettingsError", 9020: "GenericResponseError", 9023: "DuplicateNotificationKey", 9024: "NotificationKeyNotFound",
  9025: "NumberOfNotificationsExceeded", 9030: "APICallFailedDueToItemChange", 9044: "InvalidCategory", 9045: "DuplicateCategory", 9046: "ItemNotSaved",
  9049: "ItemNotFound", 9050: "KeyNotFound", 9051: "SessionObjectMaxLengthExceeded", 9041: "NetworkError",
};
export class OfficeError extends Error {
  constructor(code, message = ERRORS[code]) {
    super(message);
    Object.assign(this, { code, name: ERRORS[code] ?? "Error" });
  }
}
const fail = (code, message) => { throw new OfficeError(code, message); };

const MAX_NOTIFICATIONS = 5;
const MAX_SELECTED = 100;
const MAX_SESSION_CHARS = 50_000;
const MAX_HEADER_BYTES = 256 * 1024;
const COLOR = "Preset0";

/** What a mailbox keeps of its own beside the mails: here the browser keeps it. */
class Kept {
  constructor(name, empty) { Object.assign(this, { name: `outlook.${name}`, empty }); }
  get() { return JSON.parse(localStorage.getItem(this.name) ?? "null") ?? this.empty; }
  set(value) { localStorage.setItem(this.name, JSON.stringify(value)); }
}
const master = new Kept("masterCategories", [{ displayName: "Rød kategori", color: COLOR }, { displayName: "Blå kategori", color: "Preset7" }]);
const given = new Kept("categories", {});
export const roaming = new Kept("roaming", {});

export const categoriesOf = (item) => {
  const colors = new Map(master.get().map((one) => [one.displayName, one.color]));
  return (given.get()[item.id] ?? []).map((displayName) => ({ displayName, color: colors.get(displayName) ?? "None" }));
};

function addNotification(item, key, details) {
  if (item.notifications.size >= MAX_NOTIFICATIONS && !item.notifications.has(key)) fail(9025);
  item.notifications.set(key, { ...details, key });
}

const text = (html) => { const node = document.createElement("div"); node.innerHTML = html; return node.textContent; };

/** Item calls; `host` draws anew what they changed. */
const ofItem = {
  "notificationMessages.addAsync": (item, [key, details], host) => {
    if (item.notifications.has(key)) fail(9023);
    addNotification(item, key, details);
    host.showNotifications();
  },
  "notificationMessages.replaceAsync": (item, [key, details], host) => { addNotification(item, key, details); host.showNotifications(); },
  "notificationMessages.removeAsync": (item, [key], host) => { if (!item.notifications.delete(key)) fail(9024); host.showNotifications(); },
  "notificationMessages.getAllAsync": (item) => [...item.notifications.values()],

  "categories.getAsync": (item) => categoriesOf(item),
  "categories.addAsync": (item, [names], host) => {
    const known = new Set(master.get().map((one) => one.displayName));
    if (names.some((name) => !known.has(name))) fail(9044);
    const all = given.get();
    given.set({ ...all, [item.id]: [...new Set([...(all[item.id] ?? []), ...names])] });
    host.showCategories();
  },
  "categories.removeAsync": (item, [names], host) => {
    const all = given.get();
    given.set({ ...all, [item.id]: (all[item.id] ?? []).filter((name) => !names.includes(name)) });
    host.showCategories();
  },

  "body.getAsync": async (item, [type]) => {
    const html = item.mode === "compose" ? item.body : await item.page();
    return type === "html" || item.mode === "compose" ? html : text(html);
  },
  "body.getTypeAsync": () => "text",
  "body.setAsync": (item, [data], host) => { item.body = data; host.showDraft(); },
  "body.prependAsync": (item, [data], host) => { item.body = data + item.body; host.showDraft(); },

  "getInitializationContextAsync": (item) => item.initialization || fail(9020),
  "getSharedPropertiesAsync": (item) => ({ owner: `${item.mailbox.name}@${item.mailbox.domain}`, delegatePermissions: 1, targetMailbox: `${item.mailbox.name}@${item.mailbox.domain}`, targetRestUrl: "" }),
  "getAsFileAsync": async (item) => base64(await item.raw()),
  "getAllInternetHeadersAsync": async (item) => new TextDecoder("latin1").decode(await item.raw()).split(/\r?\n\r?\n/)[0],
  "getAttachmentContentAsync": async (item, [id]) => {
    if (!item.detail?.mail.attachments[Number(id)]) fail(9003);
    return { content: base64(await item.attachment(id)), format: "base64" };
  },

  "subject.getAsync": (item) => item.subject,
  "subject.setAsync": (item, [subject], host) => { item.subject = subject; host.showDraft(); },
  "from.getAsync": (item) => item.from,
  ...Object.fromEntries(["to", "cc", "bcc"].flatMap((field) => [
    [`${field}.getAsync`, (item) => item.recipients[field]],
    [`${field}.setAsync`, (item, [list], host) => { delete item.typed[field]; item.recipients[field] = list.map(recipient); host.showDraft(); }],
    [`${field}.addAsync`, (item, [list], host) => { delete item.typed[field]; item.recipients[field] = [...item.recipients[field], ...list.map(recipient)]; host.showDraft(); }],
  ])),
  "internetHeaders.getAsync": (item, [names]) => Object.fromEntries(names.filter((name) => item.headers.has(name)).map((name) => [name, item.headers.get(name)])),
  "internetHeaders.setAsync": (item, [pairs], host) => {
    const size = [...item.headers, ...Object.entries(pairs)].reduce((sum, [name, value]) => sum + name.length + String(value).length, 0);
    if (size > MAX_HEADER_BYTES) fail(9020, "internet headers are larger than 256 KB");
    for (const [name, value] of Object.entries(pairs)) item.headers.set(name, String(value));
    host.showDraft();
  },
  "internetHeaders.removeAsync": (item, [names], host) => { for (const name of names) item.headers.delete(name); host.showDraft(); },
  "sessionData.getAsync": (item, [name]) => (item.session.has(name) ? item.session.get(name) : fail(9050)),
  "sessionData.getAllAsync": (item) => Object.fromEntries(item.session),
  "sessionData.setAsync": (item, [name, value]) => {
    const others = [...item.session].filter(([key]) => key !== name);
    const size = others.reduce((sum, [key, data]) => sum + key.length + data.length, name.length + value.length);
    if (size > MAX_SESSION_CHARS) fail(9051);
    item.session.set(name, value);
  },
  "sessionData.removeAsync": (item, [name]) => { if (!item.session.delete(name)) fail(9050); },
  "sessionData.clearAsync": (item) => item.session.clear(),
  "getAttachmentsAsync": (item) => item.attachments.map(({ id, name, size }) => ({ id, name, size, attachmentType: "file", isInline: false })),
  "addFileAttachmentFromBase64Async": (item, [data, name], host) => {
    const id = crypto.randomUUID();
    item.attachments.push({ id, name, data, size: Math.floor((data.length * 3) / 4) });
    host.showDraft();
    return id;
  },
  "removeAttachmentAsync": (item, [id], host) => {
    if (!item.attachments.some((file) => file.id === id)) fail(9003);
    item.attachments = item.attachments.filter((file) => file.id !== id);
    host.showDraft();
  },
  "getComposeTypeAsync": (item) => ({ composeType: item.replyTo ? "reply" : "newMail", coercionType: "text" }),
  "getItemIdAsync": (item) => item.savedAs ?? fail(9046),
  "saveAsync": (item) => { item.savedAs ??= crypto.randomUUID(); return item.savedAs; },
  "loadCustomPropertiesAsync": () => fail(9020, "the stand-in keeps no custom properties"),
};

const recipient = (one) => (typeof one === "string" ? { displayName: one, emailAddress: one, recipientType: "other" } : { recipientType: "other", ...one });

const ofMailbox = {
  "mailbox.getSelectedItemsAsync": (host) => host.selection().slice(0, MAX_SELECTED).map((mail) => ({
    itemId: mail.id, itemType: "message", itemMode: "Read", subject: mail.subject, conversationId: mail.thread_id,
    hasAttachment: mail.attachments > 0, internetMessageId: mail.message_id ? `<${mail.message_id}>` : "",
  })),
  "mailbox.loadItemByIdAsync": async (host, [id]) => (await host.load(id)) ?? fail(9049),
  "mailbox.unloadAsync": (host) => host.unload(),
  "masterCategories.getAsync": () => master.get(),
  "masterCategories.addAsync": (host, [list]) => {
    const known = master.get();
    if (list.some((one) => known.some((other) => other.displayName === one.displayName))) fail(9045);
    master.set([...known, ...list.map(({ displayName, color }) => ({ displayName, color }))]);
    host.showCategories();
  },
  "masterCategories.removeAsync": (host, [names]) => {
    const known = master.get();
    if (names.some((name) => !known.some((one) => one.displayName === name))) fail(9044);
    master.set(known.filter((one) => !names.includes(one.displayName)));
    host.showCategories();
  },
  "roamingSettings.saveAsync": (host, [values]) => {
    if (JSON.stringify(values).length > 32_768) fail(9019, "settings are larger than 32 KB");
    roaming.set(values);
  },
};

/** The answer to a call, or an `OfficeError`. `open` finds an item that is open by its key. */
export async function answer({ name, args, item: key }, host, open) {
  try {
    if (ofMailbox[name]) return (await ofMailbox[name](host, args)) ?? undefined;
    const item = open(key) ?? fail(9030);
    return (await ofItem[name]?.(item, args, host)) ?? undefined;
  } catch (error) {
    if (error instanceof OfficeError) throw error;
    throw new OfficeError(error instanceof service.Refused ? 9020 : 9041, error.message);
  }
}

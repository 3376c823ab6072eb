// The stand-in for Outlook: mailboxes, mails, one that is read or written, the add-in's buttons, and its pane.

import { $, day, fill, h, language, moment, say, t } from "./dom.js";
import * as service from "./service.js";
import { ribbon } from "./manifest.js";
import { Draft, ReadItem, parseRecipients, writeRecipients } from "./items.js";
import { categoriesOf } from "./calls.js";
import { Pane, run, tellAll } from "./frames.js";
import { message } from "./mime.js";
import { mails as unmonitored } from "./unmonitored.js";

const SETS = ["1.15", "1.14", "1.13", "1.12", "1.11", "1.10", "1.8", "1.5", "1.3"];
const THEMES = {
  light: { bodyBackgroundColor: "#FFFFFF", bodyForegroundColor: "#212121", controlBackgroundColor: "#F3F2F1", controlForegroundColor: "#212121", isDarkTheme: false },
  dark: { bodyBackgroundColor: "#212121", bodyForegroundColor: "#FFFFFF", controlBackgroundColor: "#333333", controlForegroundColor: "#FFFFFF", isDarkTheme: true },
  contrast: { bodyBackgroundColor: "#000000", bodyForegroundColor: "#FFFFFF", controlBackgroundColor: "#000000", controlForegroundColor: "#FFFF00", isDarkTheme: true },
};
/** Outlook tells after this long that an add-in takes its time. */
const TAKES_LONG_MS = 5000;
const UNMONITORED = { id: "unmonitored", folders: [] };

const kept = (name, otherwise) => sessionStorage.getItem(`outlook.${name}`) ?? otherwise;
const keep = (name, value) => sessionStorage.setItem(`outlook.${name}`, value);

const main = $("main");
const parts = { folders: h("nav", { class: "folders" }), mails: h("section", { class: "mails" }), item: h("section", { class: "item", id: "item" }), pane: h("aside", { class: "pane", hidden: true }) };
const state = { mailboxes: [], mailbox: null, mails: [], chosen: [], item: null, pane: null, isPinned: false, loaded: null };

const host = {
  manifest: null,
  user: null,
  officeLanguage: language === "da" ? "da-DK" : "en-US",
  get set() { return kept("set", "1.15"); },
  get isClassic() { return kept("classic", "") === "yes"; },
  theme: () => THEMES[kept("theme", "light")],
  selection: () => state.chosen,
  opened: (key) => [state.item, state.loaded].find((item) => item?.key === key),
  load: async (id) => {
    if (state.loaded) return null;
    const mail = state.mails.find((one) => one.id === id);
    if (!mail) return null;
    state.loaded = await readItem(mail).open();
    return state.loaded.snapshot();
  },
  unload: () => { state.loaded = null; },
  showNotifications: () => showNotifications(),
  showCategories: () => { showMails(); showHead(); },
  showDraft: () => showDraft(),
  closePane: () => closePane(),
  closeDraft: () => open([]),
  newMail: () => write({}),
  reply: () => reply(),
};

// ---- signing in and settings --------------------------------------------------------------------------

function showFrame() {
  $("banner").textContent = t("banner");
  $("title").textContent = t("title");
  document.title = t("title");
  document.documentElement.dataset.theme = kept("theme", "light");
  const choice = (name, label, options, otherwise, changed) => {
    const select = h("select", { id: name, onchange: () => { keep(name, select.value); changed(); } }, options.map(([value, text]) => h("option", { value }, text)));
    select.value = kept(name, otherwise);
    return h("label", {}, label, select);
  };
  const themes = Object.keys(THEMES).map((name) => [name, t(`theme-${name}`)]);
  const classic = h("input", { type: "checkbox", id: "classic", checked: host.isClassic, onchange: () => keep("classic", classic.checked ? "yes" : "") });
  fill($("settings"),
    choice("theme", t("theme"), themes, "light", () => {
      document.documentElement.dataset.theme = kept("theme", "light");
      tellAll({ office: "theme", theme: host.theme() });
    }),
    // What a host has does not change while an add-in runs: the pane begins anew.
    choice("set", t("set"), SETS.map((set) => [set, `Mailbox ${set}`]), "1.15", () => { const pane = state.pane?.button; closePane(); showRibbon(); if (pane) openPane(pane); }),
    h("label", { title: t("classic-tip") }, classic, t("classic")),
    host.user && h("span", { id: "user" }, host.user.displayName),
    service.token() && h("button", { type: "button", onclick: () => { service.signOut(); location.reload(); } }, t("sign-out")),
  );
}

function showSignIn(why = "") {
  const input = h("input", { id: "token", type: "password", autocomplete: "off", required: true, "aria-describedby": "why" });
  const form = h("form", { id: "sign-in", onsubmit: (event) => { event.preventDefault(); service.setToken(input.value.trim()); location.reload(); } },
    h("h2", {}, t("sign-in")), h("p", { id: "why" }, why || t("sign-in-do")), h("label", { for: "token" }, t("token")), " ", input, " ", h("button", { class: "main" }, t("sign-in")));
  fill(main, form);
}

// ---- mailboxes and mails ------------------------------------------------------------------------------

function showFolders() {
  parts.folders.setAttribute("aria-label", t("mailboxes"));
  const one = (mailbox) => h("li", {}, h("button", { type: "button", "data-mailbox": mailbox.id, "aria-current": mailbox.id === state.mailbox?.id ? "true" : null, onclick: () => choose(mailbox) }, mailbox.name));
  fill(parts.folders, h("button", { type: "button", class: "main", id: "new", onclick: () => write({}) }, t("new")), h("ul", {}, state.mailboxes.map(one)));
}

async function choose(mailbox) {
  state.mailbox = mailbox;
  state.mails = [];
  showFolders();
  await open([]);
  await loadMails();
}

async function loadMails() {
  const { mailbox } = state;
  const mails = mailbox.id === UNMONITORED.id ? unmonitored() : (await service.mails(mailbox.id)).items;
  if (state.mailbox !== mailbox) return; // another was chosen meanwhile
  state.mails = mails;
  showMails();
}

const names = (list) => list.map((one) => one.name || one.address).join(", ");

function showMails() {
  const chosen = new Set(state.chosen.map((mail) => mail.id));
  const row = (mail) => h("li", { "data-mail": mail.id, "data-message-id": mail.message_id, "data-chosen": chosen.has(mail.id) },
    h("label", {}, h("input", { type: "checkbox", "aria-label": t("select", { subject: mail.subject || t("no-subject") }), checked: chosen.has(mail.id) && state.chosen.length > 0, onchange: (event) => toggle(mail, event.target.checked) })),
    h("button", { type: "button", "aria-current": chosen.has(mail.id) ? "true" : null, onclick: () => open([mail]), onkeydown: walk },
      h("span", {}, names(mail.from)), h("span", { class: "when" }, day(mail.received_at)), h("span", { class: "subject" }, mail.subject || t("no-subject")),
      categoriesOf(mail).map((category) => h("span", { class: "category" }, category.displayName))));
  const focused = document.activeElement?.closest?.("[data-mail]")?.dataset.mail;
  const which = document.activeElement?.tagName;
  parts.mails.setAttribute("aria-label", t("mails"));
  fill(parts.mails, h("h2", {}, state.mailbox?.name ?? ""), state.mails.length > 0 ? h("ul", {}, state.mails.map(row)) : h("p", { class: "quiet" }, t("no-mails")));
  if (focused) parts.mails.querySelector(`[data-mail="${CSS.escape(focused)}"] ${which === "INPUT" ? "input" : "button"}`)?.focus({ preventScroll: true });
}

/** Up and down, from mail to mail. */
function walk(event) {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (!step) return;
  event.preventDefault();
  event.target.closest("li")[step]?.querySelector("button").focus();
}

const toggle = (mail, isOn) => open(isOn ? [...state.chosen, mail] : state.chosen.filter((one) => one.id !== mail.id));

const readItem = (mail) => new ReadItem(mail, { ...state.mailbox, domain: host.user.emailAddress.split("@")[1] }, state.mailbox.id !== UNMONITORED.id && state.mailbox.name !== host.user.name);

/** Opens one mail, or chooses several, or none. The pane stays when it is pinned, and when it is for several and there are. */
async function open(mails) {
  state.chosen = mails;
  const item = mails.length === 1 ? readItem(mails[0]) : null;
  state.item = item;
  main.dataset.shows = mails.length > 0 ? "item" : "list";
  showMails();
  if (item) await item.open();
  if (state.item !== item) return; // moved on meanwhile
  showItem();
  const stays = state.pane && (state.isPinned || (state.pane.button.forSeveral && mails.length > 0)) && !isWriting(state.pane.item);
  if (state.pane && !stays) closePane();
  state.pane?.follow(item);
  state.pane?.tell({ office: "selection" });
}

const isWriting = (item) => item?.mode === "compose";

// ---- one mail -----------------------------------------------------------------------------------------

function showItem() {
  parts.item.setAttribute("aria-label", t("open-mail"));
  const { item } = state;
  const ribbonBar = h("div", { class: "ribbon", role: "toolbar", "aria-label": t("ribbon") });
  const notifications = h("ul", { class: "notifications", "aria-label": t("notifications") });
  const head = h("div", { class: "head" });
  if (isWriting(item)) {
    fill(parts.item, ribbonBar, notifications, h("form", { class: "draft", id: "draft", onsubmit: (event) => event.preventDefault() }));
    showDraft();
  } else {
    const empty = state.chosen.length > 1 ? t("several", { count: state.chosen.length }) : t("none");
    fill(parts.item, ribbonBar, notifications, item ? head : h("p", { class: "empty" }, empty), item && letter(item));
    showHead();
  }
  showRibbon();
  showNotifications();
}

function letter(item) {
  const frame = h("iframe", { class: "letter", title: t("letter"), sandbox: "" });
  item.page().then((page) => { frame.srcdoc = page; }, (error) => { frame.srcdoc = `<p>${error.message.replace(/[<&]/g, "")}</p>`; });
  return frame;
}

function showHead() {
  const head = parts.item.querySelector(".head");
  if (!head || !state.item?.detail) return;
  const { mail, received_at: received } = state.item.detail;
  fill(head, h("h2", {}, mail.subject || t("no-subject")), h("p", {}, names(mail.from), " ", h("span", { class: "quiet" }, moment(received))), h("p", { class: "quiet" }, t("to", { names: names(mail.to) })),
    h("p", { class: "categories" }, categoriesOf(state.item).map((category) => h("span", { class: "category" }, category.displayName))),
    mail.attachments.length > 0 && h("p", { class: "quiet" }, t("attachments", { names: mail.attachments.filter((file) => !file.inline).map((file) => file.name).join(", ") })));
}

function showRibbon() {
  const bar = parts.item.querySelector(".ribbon");
  if (!bar) return;
  const { item } = state;
  const buttons = isWriting(item) ? host.manifest.compose : host.manifest.read;
  const isSeveral = state.chosen.length > 1;
  const can = (button) => Boolean(item) || (isSeveral && button.forSeveral && Number(host.set.split(".")[1]) >= 13);
  const own = isWriting(item)
    ? [h("button", { type: "button", class: "main", id: "send", onclick: () => send() }, t("send")), h("button", { type: "button", id: "discard", onclick: () => open([]) }, t("discard"))]
    : [item && h("button", { type: "button", id: "reply", onclick: () => reply() }, t("reply"))];
  fill(bar, h("button", { type: "button", class: "back", onclick: () => open([]) }, t("back")), h("div", { role: "group", "aria-label": t("title") }, own.filter(Boolean)),
    h("div", { role: "group", class: "of-add-in", "aria-label": host.manifest.name }, buttons.map((button) => h("button", {
      type: "button", "data-command": button.id, title: button.tip, disabled: !can(button), onclick: () => press(button),
    }, h("img", { src: button.icon, alt: "" }), button.label))));
}

async function press(button) {
  if (!button.run) return openPane(button);
  const { item } = state;
  say(t("working", { name: host.manifest.name }));
  const done = await run(host, item, button.run, { source: button.id });
  if (!done && state.item === item) {
    item.notifications.set("outlook", { key: "outlook", type: "errorMessage", message: t("not-run", { name: host.manifest.name }) });
    showNotifications();
  }
  return undefined;
}

function showNotifications() {
  const list = parts.item.querySelector(".notifications");
  if (!list) return;
  const { item } = state;
  const entry = (notification) => {
    const [action] = notification.actions ?? [];
    const icon = host.manifest.icons.get(notification.icon);
    return h("li", { class: notification.type === "errorMessage" ? "bad" : null, "data-type": notification.type, "data-key": notification.key },
      icon && h("img", { src: icon, alt: "" }), h("span", {}, notification.message),
      notification.type === "progressIndicator" && h("progress", { "aria-label": notification.message }),
      action && h("button", { type: "button", onclick: () => { const button = commandOf(action.commandId); if (button) openPane(button, action.contextData ?? ""); } }, action.actionText),
      h("button", { type: "button", "aria-label": t("dismiss", { text: notification.message }), onclick: () => { item.notifications.delete(notification.key); showNotifications(); } }, "✕"));
  };
  fill(list, ...[...(item?.notifications.values() ?? [])].map(entry));
  const last = [...(item?.notifications.values() ?? [])].at(-1);
  if (last) say(last.message);
}

const commandOf = (id) => [...host.manifest.read, ...host.manifest.compose].find((button) => button.id === id);

// ---- the pane -----------------------------------------------------------------------------------------

function openPane(button, initialization = "") {
  if (state.item) state.item.initialization = initialization;
  if (state.pane?.button.id === button.id) return state.pane.frame.focus();
  closePane();
  state.isPinned = button.canPin && kept("pinned", "") === "yes";
  const pin = h("button", { type: "button", id: "pin", "aria-pressed": String(state.isPinned), onclick: () => {
    state.isPinned = !state.isPinned;
    keep("pinned", state.isPinned ? "yes" : "");
    pin.setAttribute("aria-pressed", String(state.isPinned));
  } }, t("pin"));
  parts.pane.setAttribute("aria-label", button.label);
  fill(parts.pane, h("div", {}, h("h2", {}, `${host.manifest.name}: ${button.label}`), button.canPin && pin, h("button", { type: "button", id: "close-pane", "aria-label": t("close"), onclick: () => closePane() }, "✕")));
  parts.pane.hidden = false;
  state.pane = new Pane(host, state.item, button, parts.pane);
  // Outlook puts whoever opens a pane into it.
  state.pane.frame.focus();
  return undefined;
}

function closePane() {
  if (!state.pane) return;
  const { button } = state.pane;
  state.pane.end();
  state.pane = null;
  parts.pane.hidden = true;
  parts.item.querySelector(`[data-command="${button.id}"]`)?.focus();
}

// ---- writing ------------------------------------------------------------------------------------------

/** The mailbox that one writes from: the chosen one when it is monitored, else one's own. */
const writesFrom = () => [state.mailbox, ...state.mailboxes].find((mailbox) => mailbox && mailbox.id !== UNMONITORED.id);

async function write(begun) {
  closePane();
  const mailbox = writesFrom();
  const domain = host.user.emailAddress.split("@")[1];
  const from = mailbox.name === host.user.name ? host.user : { displayName: mailbox.name, emailAddress: `${mailbox.name}@${domain}` };
  state.item = new Draft(mailbox, { ...from, recipientType: "user" }, begun);
  state.chosen = [];
  main.dataset.shows = "item";
  showMails();
  showItem();
  parts.item.querySelector(begun.replyTo ? "textarea" : "input")?.focus();
  const event = host.manifest.events.get("OnNewMessageCompose");
  if (event && Number(host.set.split(".")[1]) >= 10) await run(host, state.item, event.run, { isEvent: true });
}

function reply() {
  const { mail } = state.item.detail;
  const subject = /^(sv|re):/i.test(mail.subject) ? mail.subject : `SV: ${mail.subject}`;
  const to = mail.from.map((one) => ({ displayName: one.name || one.address, emailAddress: one.address, recipientType: "other" }));
  return write({ to, subject, replyTo: { messageId: mail.message_id, threadId: state.item.summary.thread_id } });
}

function showDraft() {
  const form = $("draft");
  const { item } = state;
  if (!form || !isWriting(item)) return;
  const at = document.activeElement?.id;
  const changed = (type) => state.pane?.tell({ office: "itemEvent", type, event: {} });
  const field = (id, label, value, set, changes) => h("label", { for: id }, label, h("input", { id, value, autocomplete: "off", oninput: (event) => set(event.target.value), onchange: changes }));
  const people = (id, label) => field(id, label, item.typed[id] ?? writeRecipients(item.recipients[id]), (text) => {
    item.typed[id] = text;
    item.recipients[id] = parseRecipients(text);
  }, () => changed("olkRecipientsChanged"));
  const told = [...item.headers].filter(([name]) => /^x-/i.test(name));
  fill(form,
    h("p", { class: "quiet" }, t("from", { name: item.from.emailAddress })),
    people("to", t("to-field")),
    people("cc", t("cc-field")),
    field("subject", t("subject-field"), item.subject, (text) => { item.subject = text; }),
    h("label", { for: "body" }, t("body-field"), h("textarea", { id: "body", value: item.body, oninput: (event) => { item.body = event.target.value; } })),
    item.attachments.length > 0 && h("p", {}, t("attachments", { names: item.attachments.map((file) => file.name).join(", ") })),
    told.length > 0 && h("dl", { id: "headers" }, h("dt", {}, t("headers")), told.map(([name, value]) => h("dd", {}, `${name}: ${value}`))),
  );
  if (at && form.querySelector(`#${at}`)) form.querySelector(`#${at}`).focus();
}

/** Asks the add-in first, as Outlook does; a mail is never held back because it does not answer. */
async function send() {
  const { item } = state;
  const event = host.manifest.events.get("OnMessageSend");
  $("send").disabled = true;
  try {
    if (event && Number(host.set.split(".")[1]) >= 12) {
      const wait = setTimeout(() => say(t("takes-long", { name: host.manifest.name })), TAKES_LONG_MS);
      const answer = await run(host, item, event.run, { isEvent: true });
      clearTimeout(wait);
      if (answer && answer.allowEvent === false && !(await sendsAnyway(answer))) return;
    }
    await service.send(item.mailbox.id, message(item));
    say(t("sent"));
    closePane();
    await open([]);
    $("banner").textContent = `${t("sent")} ${t("banner")}`;
  } catch (error) {
    item.notifications.set("outlook", { key: "outlook", type: "errorMessage", message: error.message });
    showNotifications();
  } finally {
    if ($("send")) $("send").disabled = false;
  }
}

/** The dialog of Smart Alerts in the mode that prompts the person. */
function sendsAnyway({ errorMessage, cancelLabel, commandId, contextData }) {
  return new Promise((resolve) => {
    const over = (answer, then) => { dialog.close(); dialog.remove(); resolve(answer); then?.(); };
    const command = commandId && Number(host.set.split(".")[1]) >= 14 && commandOf(commandId);
    const dialog = h("dialog", { "aria-label": host.manifest.name, oncancel: () => over(false) },
      h("h2", {}, host.manifest.name), h("p", {}, errorMessage ?? t("asks")),
      h("div", {},
        command && h("button", { class: "main", type: "button", id: "take-action", onclick: () => over(false, () => press({ ...command, ...(command.run ? {} : { contextData }) })) }, cancelLabel ?? t("take-action")),
        h("button", { type: "button", id: "send-anyway", onclick: () => over(true) }, t("send-anyway")),
        h("button", { type: "button", id: "do-not-send", onclick: () => over(false) }, t("do-not-send"))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

// ---- beginning ----------------------------------------------------------------------------------------

async function start() {
  showFrame();
  if (!service.token()) return showSignIn();
  try {
    const [me, mailboxes, manifest] = await Promise.all([service.me(), service.mailboxes(), ribbon()]);
    host.manifest = manifest;
    const all = mailboxes.map(({ id, name }) => ({ id, name }));
    state.mailboxes = [...all.sort((a, b) => Number(b.name === me.user) - Number(a.name === me.user)), { ...UNMONITORED, name: t("unmonitored") }];
    host.user = { name: me.user, displayName: me.display_name, emailAddress: `${me.user}@${document.body.dataset.domain || "egelund-kommune.example"}` };
  } catch (error) {
    return showSignIn(error.message);
  }
  showFrame();
  fill(main, parts.folders, parts.mails, parts.item, parts.pane);
  await choose(state.mailboxes[0]);
  let waits = null;
  void service.follow(() => { clearTimeout(waits); waits = setTimeout(() => { if (state.mailbox.id !== UNMONITORED.id) void loadMails(); }, 300); });
  return undefined;
}

addEventListener("hashchange", () => { if (service.takeTokenFrom(location.hash)) location.reload(); });
service.takeTokenFrom(location.hash);
void start();

// Stands in for Office's library in the stand-in for Outlook (/outlook), in the demo and the tests. Nothing of it is in what is
// deployed: there the pages load Microsoft's own.
//
// Written after the public reference of Office.js; it knows the calls that the add-in makes, and their neighbours. What holds there
// holds here: answers come later and never at once; what is wrong with arguments is thrown, what goes wrong afterwards is in the
// result with Outlook's code; what the host's requirement set does not have is `undefined`; an item that is not open any more
// answers with 9030. The host answers by messages (host/frames.js, host/calls.js).
(() => {
  "use strict";

  const inWorker = typeof window === "undefined";
  const isDialog = !inWorker && window.parent === window && Boolean(window.opener);
  const origin = self.location.origin;
  /** A worker talks to its page, a frame to the page around it. */
  const post = inWorker ? (message) => self.postMessage(message) : (message) => window.parent.postMessage(message, origin);

  const MAX = { key: 32, icon: 32, message: 150, actionText: 30, category: 255, subject: 255, recipients: 100 };
  const DIALOG_MESSAGE = "dialogMessageReceived";
  const DIALOG_EVENT = "dialogEventReceived";

  let context = null;
  let lastCall = 0;
  const calls = new Map();
  const handlers = new Map();
  const functions = new Map();
  let ready;
  const isReady = new Promise((resolve) => { ready = resolve; });

  const isLoaded = inWorker || document.readyState === "complete" ? Promise.resolve() : new Promise((resolve) => { self.addEventListener("load", resolve); });

  // ---- what is thrown, and what is answered ----------------------------------------------------------

  const thrown = (name, text, parameter, value) => {
    const error = new Error(`${name}: ${text}${parameter ? `\nParameter name: ${parameter}` : ""}${value === undefined ? "" : `\nActual value was ${value}.`}`);
    error.name = name;
    return error;
  };
  const outOfRange = (parameter, value) => thrown("Sys.ArgumentOutOfRangeException", "Specified argument was out of the range of valid values.", parameter, value);
  const missing = (parameter) => thrown("Sys.ArgumentNullException", "Value cannot be null.", parameter);
  const wrong = (parameter, text = "Value does not fall within the expected range.") => thrown("Sys.ArgumentException", text, parameter);

  function text(parameter, value, longest) {
    if (typeof value !== "string" || value === "") throw missing(parameter);
    if (value.length > longest) throw outOfRange(parameter, value.length);
  }

  /** Splits what follows the arguments of a call: options, and the callback last. */
  function common(rest, needsCallback = false) {
    const callback = rest.find((one) => typeof one === "function");
    const options = rest.find((one) => one && typeof one === "object") ?? {};
    if (needsCallback && !callback) throw missing("callback");
    return { callback, options };
  }

  function ask(name, args, { callback, options }, itemKey) {
    const id = (lastCall += 1);
    calls.set(id, { callback, asyncContext: options.asyncContext });
    post({ office: "call", id, name, args, item: itemKey });
  }

  function answered({ id, value, error }) {
    const call = calls.get(id);
    calls.delete(id);
    call?.callback?.({
      status: error ? "failed" : "succeeded",
      value: error ? undefined : value,
      error: error ? { code: error.code, name: error.name, message: error.message } : undefined,
      asyncContext: call.asyncContext,
      diagnostics: undefined,
    });
  }

  const later = (callback, result) => callback && setTimeout(() => callback({ status: "succeeded", value: undefined, error: undefined, ...result }), 0);

  function has(least) {
    const parts = (version) => version.split(".").map(Number);
    const [major, minor] = parts(context?.mailboxSet ?? "1.1");
    const [ofMajor, ofMinor] = parts(least);
    return major > ofMajor || (major === ofMajor && minor >= ofMinor);
  }
  const since = (least, made) => (has(least) ? made : undefined);

  // ---- items ------------------------------------------------------------------------------------------

  /** A call of an item without arguments of its own, or with those that `check` looks at and gives back. */
  const of = (key, name, check = () => []) => (...args) => {
    const own = check(...args);
    ask(name, own, common(args.slice(own.length)), key);
  };

  function notificationMessages(key) {
    const check = (name, data) => {
      text("key", name, MAX.key);
      if (!data || typeof data !== "object") throw missing("JSONmessage");
      const isInsight = data.type === "insightMessage";
      const isInformation = data.type === "informationalMessage";
      if (!["progressIndicator", "informationalMessage", "errorMessage", "insightMessage"].includes(data.type)) throw wrong("type");
      if (isInsight && !has("1.10")) throw wrong("type");
      if (isInformation || isInsight) text("icon", data.icon, MAX.icon);
      else if (data.icon != null) throw wrong("icon");
      if (isInformation && typeof data.persistent !== "boolean") throw missing("persistent");
      if (!isInformation && data.persistent != null) throw wrong("persistent");
      if (isInsight) {
        if (!Array.isArray(data.actions) || data.actions.length !== 1) throw wrong("actions");
        const [action] = data.actions;
        if (action.actionType !== "showTaskPane") throw wrong("actionType");
        text("commandId", action.commandId, 1000);
        text("actionText", action.actionText, MAX.actionText);
      } else if (data.actions != null) throw wrong("actions", "Actions can't be defined for this notification message type.");
      text("message", data.message, MAX.message);
      return [name, data];
    };
    return {
      addAsync: of(key, "notificationMessages.addAsync", check),
      replaceAsync: of(key, "notificationMessages.replaceAsync", check),
      removeAsync: of(key, "notificationMessages.removeAsync", (name) => { text("key", name, MAX.key); return [name]; }),
      getAllAsync: of(key, "notificationMessages.getAllAsync"),
    };
  }

  function names(list) {
    if (!Array.isArray(list) || list.length === 0) throw wrong("categories");
    for (const name of list) text("categories", name, MAX.category);
    return [list];
  }

  const categories = (key) => ({
    getAsync: of(key, "categories.getAsync"),
    addAsync: of(key, "categories.addAsync", names),
    removeAsync: of(key, "categories.removeAsync", names),
  });

  const body = (key, canWrite) => ({
    getAsync: of(key, "body.getAsync", (type) => { text("coercionType", type, 10); return [type]; }),
    getTypeAsync: canWrite ? of(key, "body.getTypeAsync") : undefined,
    setAsync: canWrite ? of(key, "body.setAsync", (data) => [String(data)]) : undefined,
    prependAsync: canWrite ? of(key, "body.prependAsync", (data) => [String(data)]) : undefined,
  });

  const shared = (snapshot) => ({
    itemId: snapshot.itemId,
    itemType: "message",
    conversationId: snapshot.conversationId,
    notificationMessages: since("1.3", notificationMessages(snapshot.key)),
    categories: since("1.8", categories(snapshot.key)),
    getInitializationContextAsync: since("1.3", of(snapshot.key, "getInitializationContextAsync")),
    loadCustomPropertiesAsync: of(snapshot.key, "loadCustomPropertiesAsync"),
    getSharedPropertiesAsync: snapshot.sharedSince ? since(snapshot.sharedSince, of(snapshot.key, "getSharedPropertiesAsync")) : undefined,
    addHandlerAsync: since("1.7", (type, handler, ...rest) => listen(`item:${type}`, handler, rest)),
    removeHandlerAsync: since("1.7", (type, ...rest) => unlisten(`item:${type}`, rest)),
  });

  const read = (snapshot) => ({
    ...shared(snapshot),
    itemClass: snapshot.itemClass,
    internetMessageId: snapshot.internetMessageId,
    subject: snapshot.subject,
    normalizedSubject: snapshot.subject.replace(/^((re|sv|fw|fwd|vs):\s*)+/i, ""),
    from: snapshot.from,
    sender: snapshot.from,
    to: snapshot.to,
    cc: snapshot.cc,
    dateTimeCreated: new Date(snapshot.received),
    dateTimeModified: new Date(snapshot.received),
    attachments: snapshot.attachments,
    body: since("1.3", body(snapshot.key, false)) ?? {},
    getAttachmentContentAsync: since("1.8", of(snapshot.key, "getAttachmentContentAsync", (id) => { text("attachmentId", id, 1000); return [id]; })),
    getAllInternetHeadersAsync: since("1.8", of(snapshot.key, "getAllInternetHeadersAsync")),
    getAsFileAsync: since("1.14", of(snapshot.key, "getAsFileAsync")),
    displayReplyForm: () => post({ office: "reply", item: snapshot.key }),
    displayReplyAllForm: () => post({ office: "reply", item: snapshot.key }),
  });

  const recipients = (key, field) => {
    const list = (given) => {
      if (!Array.isArray(given)) throw wrong("recipients");
      if (given.length > MAX.recipients) throw outOfRange("recipients", given.length);
      return [given];
    };
    return { getAsync: of(key, `${field}.getAsync`), setAsync: of(key, `${field}.setAsync`, list), addAsync: of(key, `${field}.addAsync`, list) };
  };

  const compose = (snapshot) => {
    const { key } = snapshot;
    const pairs = (given) => {
      if (!given || typeof given !== "object") throw wrong("headers");
      return [given];
    };
    const header = (given) => {
      if (!Array.isArray(given) || given.length === 0) throw wrong("names");
      return [given];
    };
    return {
      ...shared(snapshot),
      subject: { getAsync: of(key, "subject.getAsync"), setAsync: of(key, "subject.setAsync", (given) => {
        if (typeof given !== "string") throw missing("subject");
        if (given.length > MAX.subject) throw outOfRange("subject", given.length);
        return [given];
      }) },
      to: recipients(key, "to"),
      cc: recipients(key, "cc"),
      bcc: recipients(key, "bcc"),
      from: since("1.7", { getAsync: of(key, "from.getAsync") }),
      inReplyTo: since("1.14", snapshot.inReplyTo),
      body: body(key, true),
      internetHeaders: since("1.8", {
        getAsync: of(key, "internetHeaders.getAsync", header),
        setAsync: of(key, "internetHeaders.setAsync", pairs),
        removeAsync: of(key, "internetHeaders.removeAsync", header),
      }),
      sessionData: since("1.11", {
        getAsync: of(key, "sessionData.getAsync", (name) => { text("name", name, 50_000); return [name]; }),
        getAllAsync: of(key, "sessionData.getAllAsync"),
        setAsync: of(key, "sessionData.setAsync", (name, value) => {
          text("name", name, 50_000);
          if (typeof value !== "string") throw missing("value");
          return [name, value];
        }),
        removeAsync: of(key, "sessionData.removeAsync", (name) => { text("name", name, 50_000); return [name]; }),
        clearAsync: of(key, "sessionData.clearAsync"),
      }),
      getAttachmentsAsync: since("1.8", of(key, "getAttachmentsAsync")),
      addFileAttachmentFromBase64Async: since("1.8", of(key, "addFileAttachmentFromBase64Async", (data, name) => {
        text("base64File", data, 27_892_122);
        text("attachmentName", name, 255);
        return [data, name];
      })),
      removeAttachmentAsync: of(key, "removeAttachmentAsync", (id) => { text("attachmentId", id, 1000); return [id]; }),
      getComposeTypeAsync: since("1.10", of(key, "getComposeTypeAsync")),
      getItemIdAsync: since("1.8", of(key, "getItemIdAsync")),
      saveAsync: since("1.3", of(key, "saveAsync")),
      close: since("1.3", () => post({ office: "closeDraft", item: key })),
    };
  };

  const item = (snapshot) => (snapshot ? (snapshot.mode === "compose" ? compose(snapshot) : read(snapshot)) : null);

  // ---- events -----------------------------------------------------------------------------------------

  function listen(type, handler, rest) {
    if (typeof handler !== "function") throw missing("handler");
    handlers.set(type, [...(handlers.get(type) ?? []), handler]);
    later(common(rest).callback);
  }

  function unlisten(type, rest) {
    handlers.delete(type);
    later(common(rest).callback);
  }

  const tell = (type, event) => { for (const handler of handlers.get(type) ?? []) handler(event); };

  // ---- mailbox ----------------------------------------------------------------------------------------

  const mailbox = () => ({
    item: item(context.item),
    userProfile: { ...context.user, accountType: since("1.6", "office365"), timeZone: "Romance Standard Time" },
    diagnostics: { hostName: inWorker ? "Outlook" : "OutlookWebApp", hostVersion: "0.0.0.0", OWAView: inWorker ? undefined : "ThreeColumns" },
    restUrl: undefined,
    ewsUrl: undefined,
    addHandlerAsync: since("1.5", (type, handler, ...rest) => listen(type, handler, rest)),
    removeHandlerAsync: since("1.5", (type, ...rest) => unlisten(type, rest)),
    getSelectedItemsAsync: since("1.13", (...rest) => ask("mailbox.getSelectedItemsAsync", [], common(rest, true))),
    loadItemByIdAsync: since("1.15", (id, ...rest) => {
      text("itemId", id, 1000);
      const { callback, options } = common(rest, true);
      const loaded = (result) => {
        if (result.status === "failed") return callback(result);
        const { key } = result.value;
        const value = { ...read(result.value), unloadAsync: (...more) => ask("mailbox.unloadAsync", [key], common(more)) };
        return callback({ ...result, value });
      };
      ask("mailbox.loadItemByIdAsync", [id], { callback: loaded, options });
    }),
    masterCategories: since("1.8", {
      getAsync: (...rest) => ask("masterCategories.getAsync", [], common(rest)),
      addAsync: (list, ...rest) => {
        if (!Array.isArray(list) || list.length === 0) throw wrong("categoryDetails");
        for (const one of list) {
          text("categoryDetails.displayName", one?.displayName, MAX.category);
          if (!/^(None|Preset(1?\d|2[0-4]))$/.test(one.color)) throw wrong("categoryDetails.color");
        }
        ask("masterCategories.addAsync", [list], common(rest));
      },
      removeAsync: (list, ...rest) => ask("masterCategories.removeAsync", names(list), common(rest)),
    }),
    displayMessageForm: (id) => post({ office: "open", itemId: id }),
    displayNewMessageForm: (parameters) => post({ office: "newMail", parameters }),
  });

  const settings = () => ({
    get: (name) => context.roaming[name],
    set: (name, value) => { context.roaming[name] = value; },
    remove: (name) => { delete context.roaming[name]; },
    saveAsync: (...rest) => ask("roamingSettings.saveAsync", [context.roaming], common(rest)),
  });

  const SETS = { DialogApi: 1.2, OpenBrowserWindowApi: 1.1, RibbonApi: 0, IdentityAPI: 0, NestedAppAuth: 0 };
  function isSetSupported(name, least = "1.1") {
    if (String(name).toLowerCase() === "mailbox") return has(String(least));
    const known = Object.entries(SETS).find(([set]) => set.toLowerCase() === String(name).toLowerCase());
    return Boolean(known) && known[1] >= Number(least);
  }

  // ---- windows ----------------------------------------------------------------------------------------

  let dialog = null;
  function displayDialogAsync(address, ...rest) {
    const { callback, options } = common(rest);
    const failed = (code, message) => later(callback, { status: "failed", error: { code, name: "Internal Error", message }, asyncContext: options.asyncContext });
    if (dialog && !dialog.window.closed) return failed(12007, "A dialog box is already opened from this host window.");
    if (!/^https?:\/\//.test(address)) return failed(12005, "The URL uses the HTTP protocol. HTTPS is required.");
    if (new URL(address).origin !== origin) return failed(12004, "The domain of the URL is not included in the AppDomains element in the manifest.");
    const share = (percent, whole) => Math.round((whole * (percent ?? 80)) / 100);
    const opened = window.open(address, "_blank", `popup,width=${share(options.width, screen.width)},height=${share(options.height, screen.height)}`);
    if (!opened) return failed(12009, "The user chose to ignore the dialog box.");
    const heard = new Map();
    const watch = setInterval(() => { if (opened.closed) { stop(); heard.get(DIALOG_EVENT)?.({ error: 12006 }); } }, 300);
    const stop = () => { clearInterval(watch); dialog = null; };
    dialog = { window: opened, heard };
    const value = {
      addEventHandler: (type, handler) => heard.set(type, handler),
      close: () => { stop(); opened.close(); },
      messageChild: (message) => opened.postMessage({ office: "fromParent", message }, origin),
    };
    return later(callback, { value, asyncContext: options.asyncContext });
  }

  const ui = {
    displayDialogAsync: inWorker ? undefined : displayDialogAsync,
    messageParent: (message) => window.opener?.postMessage({ office: "fromDialog", message: String(message) }, origin),
    addHandlerAsync: (type, handler, ...rest) => listen(type, handler, rest),
    closeContainer: () => post({ office: "closePane" }),
    openBrowserWindow: (address) => { window.open(address, "_blank", "noopener"); },
  };

  // ---- Office -----------------------------------------------------------------------------------------

  const contextOf = () => ({
    contentLanguage: context.language,
    displayLanguage: context.language,
    host: "Outlook",
    platform: inWorker ? "PC" : "OfficeOnline",
    diagnostics: { host: "Outlook", platform: inWorker ? "PC" : "OfficeOnline", version: "0.0.0.0" },
    isDialog,
    mailbox: mailbox(),
    officeTheme: since("1.14", context.theme),
    requirements: { isSetSupported },
    roamingSettings: settings(),
    ui,
    urls: inWorker ? { javascriptRuntimeUrl: context.script } : undefined,
    auth: { getAccessToken: () => Promise.reject(Object.assign(new Error("The identity API is not supported for this add-in."), { code: 13000 })) },
  });

  const Office = {
    context: { ui, isDialog, requirements: { isSetSupported: () => false } },
    // A dialog has no mailbox and waits for nobody.
    onReady: (callback) => {
      const info = isReady.then(() => ({ host: "Outlook", platform: inWorker ? "PC" : "OfficeOnline" }));
      if (callback) void info.then(callback);
      return info;
    },
    initialize: null,
    isSetSupported,
    actions: { associate: (name, run) => { functions.set(name, run); } },
    AsyncResultStatus: { Succeeded: "succeeded", Failed: "failed" },
    CoercionType: { Text: "text", Html: "html" },
    EventType: {
      ItemChanged: "olkItemSelectedChanged",
      SelectedItemsChanged: "olkSelectedItemsChanged",
      RecipientsChanged: "olkRecipientsChanged",
      AttachmentsChanged: "olkAttachmentsChanged",
      OfficeThemeChanged: "officeThemeChanged",
      DialogMessageReceived: DIALOG_MESSAGE,
      DialogEventReceived: DIALOG_EVENT,
      DialogParentMessageReceived: "dialogParentMessageReceived",
    },
    HostType: { Outlook: "Outlook", Word: "Word" },
    PlatformType: { PC: "PC", OfficeOnline: "OfficeOnline", Mac: "Mac", iOS: "iOS", Android: "Android", Universal: "Universal" },
    MailboxEnums: {
      ActionType: { ShowTaskPane: "showTaskPane" },
      AttachmentType: { File: "file", Item: "item", Cloud: "cloud" },
      AttachmentContentFormat: { Base64: "base64", Url: "url", Eml: "eml", ICalendar: "iCalendar" },
      CategoryColor: Object.fromEntries(["None", ...Array.from({ length: 25 }, (_, at) => `Preset${at}`)].map((name) => [name, name])),
      ComposeType: { Reply: "reply", NewMail: "newMail", Forward: "forward" },
      ItemNotificationMessageType: { ProgressIndicator: "progressIndicator", InformationalMessage: "informationalMessage", ErrorMessage: "errorMessage", InsightMessage: "insightMessage" },
      ItemType: { Message: "message", Appointment: "appointment" },
      SendModeOverride: { PromptUser: "promptUser" },
    },
  };

  // ---- what the host says -----------------------------------------------------------------------------

  function completed(id) {
    let isOver = false;
    return (options = {}) => {
      if (isOver) return;
      isOver = true;
      post({ office: "completed", id, options });
    };
  }

  function run({ id, name, source }) {
    const work = functions.get(name) ?? self[name];
    if (typeof work !== "function") return post({ office: "completed", id, missing: true });
    try {
      return void work({ source: { id: source }, type: name, completed: completed(id) });
    } catch (error) {
      return post({ office: "completed", id, failed: String(error?.message ?? error) });
    }
  }

  const hear = {
    context: ({ context: told }) => {
      context = told;
      Office.context = contextOf();
      if (typeof Office.initialize === "function") Office.initialize("inserted");
      ready();
    },
    answer: answered,
    // Not before the page's own scripts have told which functions there are.
    run: (message) => void Promise.all([isReady, isLoaded]).then(() => run(message)),
    item: ({ item: snapshot }) => {
      context.item = snapshot;
      Office.context.mailbox.item = item(snapshot);
      tell(Office.EventType.ItemChanged, { type: Office.EventType.ItemChanged });
    },
    selection: () => { if (has("1.13")) tell(Office.EventType.SelectedItemsChanged, { type: Office.EventType.SelectedItemsChanged }); },
    theme: ({ theme }) => {
      context.theme = theme;
      Office.context.officeTheme = since("1.14", theme);
      if (has("1.14")) tell(Office.EventType.OfficeThemeChanged, { type: Office.EventType.OfficeThemeChanged, officeTheme: theme });
    },
    itemEvent: ({ type, event }) => tell(`item:${type}`, { type, ...event }),
    fromDialog: ({ message }, source) => { if (source === dialog?.window) dialog.heard.get(DIALOG_MESSAGE)?.({ message, origin }); },
    fromParent: ({ message }) => tell(Office.EventType.DialogParentMessageReceived, { message, origin }),
  };

  self.addEventListener("message", (event) => {
    const isFromHost = inWorker || event.source === window.parent || event.data?.office === "fromDialog" || event.source === window.opener;
    if ((!inWorker && event.origin !== origin) || !isFromHost || !event.data?.office) return;
    hear[event.data.office]?.(event.data, event.source);
  });

  self.Office = Office;
  // What a function of classic Outlook asks for who it is; here the person whom the page around it is signed in as.
  self.OfficeRuntime = {
    auth: { getAccessToken: () => isReady.then(() => context.token ?? Promise.reject(Object.assign(new Error("not signed in"), { code: 13001 }))) },
    storage: undefined,
  };
  if (isDialog) ready();
  else post({ office: "hello" });
})();

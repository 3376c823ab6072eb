/** Which mails are shown, as it stands in the address behind `#`, which no server is told. */

export interface Filters {
  mailbox: string;
  /** Empty, `mine`, `nobody`, or a person or unit. */
  assigned: string;
  overdue: boolean;
  snoozed: boolean;
  oldestFirst: boolean;
  sender: string;
  words: string;
}

export const NO_FILTERS: Filters = { mailbox: "", assigned: "", overdue: false, snoozed: false, oldestFirst: false, sender: "", words: "" };

const ID = /^[0-9a-f-]{36}$/i;
const WHO = /^(mine|nobody|(user|unit):[^\s:]{1,200})$/;
/** Somebody may look for a person by their number: that is kept out of the address, which the browser remembers. */
const PERSON = /\d{6}[\s-]?\d{4}/;
const MAX_CHARS = 200;

export function filtersOf(fragment: string): Filters {
  const told = new URLSearchParams(fragment.replace(/^[^?]*\??/, ""));
  const text = (name: string, fits = /^/) => {
    const value = (told.get(name) ?? "").slice(0, MAX_CHARS);
    return fits.test(value) ? value : "";
  };
  return {
    mailbox: text("mailbox", ID),
    assigned: text("assigned", WHO),
    overdue: told.get("overdue") === "1",
    snoozed: told.get("snoozed") === "1",
    oldestFirst: told.get("order") === "oldest",
    sender: text("sender"),
    words: text("q"),
  };
}

/** What stands behind the view's name; empty when nothing is filtered. */
export function fragmentOf(filters: Filters): string {
  const told = new URLSearchParams();
  const tell = (name: string, value: string) => value && told.set(name, value);
  const typed = (text: string) => (PERSON.test(text) ? "" : text.trim());
  tell("mailbox", filters.mailbox);
  tell("assigned", filters.assigned);
  tell("overdue", filters.overdue ? "1" : "");
  tell("snoozed", filters.snoozed ? "1" : "");
  tell("order", filters.oldestFirst ? "oldest" : "");
  tell("sender", typed(filters.sender));
  tell("q", typed(filters.words));
  const text = told.toString();
  return text && `?${text}`;
}

/** What the service is asked. */
export function queryOf(filters: Filters): Record<string, string> {
  const query: Record<string, string> = {};
  if (filters.mailbox) query["mailbox"] = filters.mailbox;
  if (filters.assigned) query["assigned"] = filters.assigned;
  if (filters.overdue) query["overdue"] = "true";
  if (filters.snoozed) query["snoozed"] = "true";
  if (filters.oldestFirst) query["oldest_first"] = "true";
  if (filters.sender.trim()) query["sender"] = filters.sender.trim();
  if (filters.words.trim()) query["q"] = filters.words.trim();
  return query;
}

export const isFiltered = (filters: Filters) => Object.keys(queryOf({ ...filters, oldestFirst: false })).length > 0;

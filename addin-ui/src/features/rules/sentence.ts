/**
 * A rule as a form of sentences, and back: pure. The form knows conditions that all, or one of which, must be met, each of
 * them turned around or not, and most actions. What it does not know of a rule, only the text can change.
 */

import type { RuleJson } from "../../api/rules";

export type Operand = "text" | "person" | "word" | "yes" | "share";

/** Conditions of the form, by what is said about them. */
export const FIELDS = {
  subject: "text",
  body: "text",
  attachment_name: "text",
  attachment_text: "text",
  folder: "text",
  from: "person",
  to: "person",
  participant: "person",
  is: "word",
  has: "word",
  direction: "word",
  sender_is_party: "yes",
  thread_on_case: "yes",
  working_day: "yes",
  suggested: "share",
} as const satisfies Record<string, Operand>;
export type FieldName = keyof typeof FIELDS;

export const TESTS: Record<Operand, readonly string[]> = {
  text: ["word", "contains", "starts", "equals", "regex"],
  person: ["domain", "address", "name", "internal"],
  word: [],
  yes: [],
  share: [],
};
export const WORDS: Partial<Record<FieldName, readonly string[]>> = {
  is: ["reply", "auto_reply", "bounce", "newsletter", "calendar", "system", "read_receipt", "journal_report", "encrypted", "signed"],
  has: ["case_number", "existing_case", "kle_number", "cpr", "cvr", "address"],
  direction: ["incoming", "outgoing", "internal"],
};

export interface Condition {
  field: FieldName;
  test: string;
  value: string;
  not: boolean;
}

export const ACTIONS = ["journal", "never_journal", "assign_person", "assign_unit", "deadline", "tag", "notify", "flag", "move", "follow_thread", "forward"] as const;
export type ActionName = (typeof ACTIONS)[number];
export const TARGETS = ["case", "case_number", "thread", "suggestion"] as const;

export interface Action {
  kind: ActionName;
  /** Of journaling: where on. */
  on: string;
  value: string;
  title: string;
}

export interface Sentence {
  name: string;
  join: "all" | "any";
  conditions: Condition[];
  actions: Action[];
  stop: boolean;
  trustsSender: boolean;
}

export const newCondition = (): Condition => ({ field: "subject", test: "word", value: "", not: false });
export const newAction = (): Action => ({ kind: "journal", on: "case_number", value: "", title: "" });
export const NEW: Sentence = { name: "", join: "all", conditions: [newCondition()], actions: [newAction()], stop: false, trustsSender: false };

/** The rule of a form. */
export function ruleOf(sentence: Sentence): RuleJson {
  const tables = sentence.conditions.map((one) => {
    const table = { [one.field]: valueOf(one) };
    return one.not ? { not: table } : table;
  });
  const then: RuleJson = {};
  for (const action of sentence.actions) put(then, action);
  return {
    name: sentence.name.trim(),
    ...(sentence.stop ? { stop: true } : {}),
    ...(sentence.trustsSender ? { unauthenticated: "allowed" } : {}),
    when: { [sentence.join]: tables },
    then,
  };
}

/** The form of a rule; null where it says more than a form can. */
export function sentenceOf(rule: RuleJson): Sentence | null {
  const { name, when, then, stop, unauthenticated, ...more } = rule;
  if (Object.keys(more).length > 0 || !isTable(when) || !isTable(then)) return null;
  const join = Object.keys(when).length === 1 && Array.isArray(when["any"]) ? "any" : "all";
  const list = Array.isArray(when[join]) && Object.keys(when).length === 1 ? (when[join] as unknown[]) : Object.entries(when).map(([field, value]) => ({ [field]: value }));
  const conditions = list.map(conditionOf);
  const actions = Object.entries(then).flatMap(([field, value]) => actionsOf(field, value));
  if (conditions.includes(null) || actions.includes(null)) return null;
  return { name: typeof name === "string" ? name : "", join, conditions: conditions as Condition[], actions: actions as Action[], stop: stop === true, trustsSender: unauthenticated === "allowed" };
}

/** Where in the rule a condition or an action of the form stands, as mistakes name it. */
export const pathOfCondition = (sentence: Sentence, at: number) => `when.${sentence.join}[${at}]`;
export const pathOfAction = (action: Action) => `then.${FIELD_OF[action.kind]}`;

const FIELD_OF: Record<ActionName, string> = { journal: "journal", never_journal: "never_journal", assign_person: "assign", assign_unit: "assign", deadline: "deadline_working_days", tag: "tag", notify: "notify", flag: "mark", move: "mark", follow_thread: "follow_thread", forward: "forward" };

function valueOf({ field, test, value }: Condition): unknown {
  switch (FIELDS[field]) {
    case "text":
      return { [test]: listed(value) };
    case "person":
      return test === "internal" ? { internal: value !== "false" } : { [test]: listed(value) };
    case "word":
      return value;
    case "yes":
      return value !== "false";
    case "share":
      return Number(value.replace(",", ".")) / 100;
  }
}

/** Several values are parted by semicolons. */
function listed(value: string): string | string[] {
  const all = value.split(";").map((one) => one.trim()).filter(Boolean);
  return all.length > 1 ? all : (all[0] ?? "");
}

function put(then: RuleJson, { kind, on, value, title }: Action) {
  const field = FIELD_OF[kind];
  if (kind === "journal") then[field] = { on, ...(on === "case" ? { case: value.trim() } : {}), ...(on === "suggestion" ? { confidence: Number(value.replace(",", ".")) / 100 } : {}), ...(title.trim() ? { title: title.trim() } : {}) };
  else if (kind === "assign_person") then[field] = { person: value.trim() };
  else if (kind === "assign_unit") then[field] = { unit: value.trim() };
  else if (kind === "deadline") then[field] = Number(value);
  else if (kind === "flag") then[field] = "flag";
  else if (kind === "move") then[field] = { move: value.trim() };
  else if (kind === "follow_thread") then[field] = true;
  else then[field] = kind === "tag" || kind === "notify" ? listed(value) : value.trim();
}

function conditionOf(table: unknown): Condition | null {
  if (!isTable(table)) return null;
  const [entry, ...others] = Object.entries(table);
  if (!entry || others.length > 0) return null;
  const [field, value] = entry;
  if (field === "not") {
    const turned = conditionOf(value);
    return turned && !turned.not ? { ...turned, not: true } : null;
  }
  if (!(field in FIELDS)) return null;
  const name = field as FieldName;
  switch (FIELDS[name]) {
    case "text":
    case "person": {
      if (!isTable(value)) return null;
      const [tested, ...more] = Object.entries(value);
      if (!tested || more.length > 0 || !TESTS[FIELDS[name]].includes(tested[0])) return null;
      const text = told(tested[1]);
      return text === null ? null : { field: name, test: tested[0], value: text, not: false };
    }
    case "share":
      return typeof value === "number" ? { field: name, test: "", value: String(Math.round(value * 1000) / 10), not: false } : null;
    default: {
      const text = Array.isArray(value) ? null : told(value);
      return text === null ? null : { field: name, test: "", value: text, not: false };
    }
  }
}

function actionsOf(field: string, value: unknown): (Action | null)[] {
  const action = (kind: ActionName, value: unknown = "", more: Partial<Action> = {}): Action | null => {
    const text = told(value);
    return text === null ? null : { kind, on: "", title: "", ...more, value: text };
  };
  if (field === "journal" && isTable(value)) {
    const { on, case: number, confidence, title, ...more } = value;
    if (Object.keys(more).length > 0 || !TARGETS.includes(on as never)) return [null];
    return [action("journal", typeof confidence === "number" ? String(Math.round(confidence * 1000) / 10) : (number ?? ""), { on: String(on), title: typeof title === "string" ? title : "" })];
  }
  if (field === "assign" && isTable(value)) return Object.entries(value).map(([whom, name]) => (whom === "person" || whom === "unit" ? action(`assign_${whom}`, name) : null));
  if (field === "mark") return [value === "flag" ? action("flag") : isTable(value) && "move" in value ? action("move", value["move"]) : null];
  if (field === "deadline_working_days") return [action("deadline", value)];
  if (field === "follow_thread") return [value === true ? action("follow_thread") : null];
  return field === "never_journal" || field === "tag" || field === "notify" || field === "forward" ? [action(field, value)] : [null];
}

function told(value: unknown): string | null {
  if (Array.isArray(value)) return value.every((one) => typeof one === "string" && !one.includes(";")) ? value.join("; ") : null;
  if (typeof value === "string") return value.includes(";") ? null : value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : null;
}

const isTable = (value: unknown): value is RuleJson => typeof value === "object" && value !== null && !Array.isArray(value);

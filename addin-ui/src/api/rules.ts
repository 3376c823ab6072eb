/** Rules: their shapes, and the calls of their view. */

import type { Client, ServerEvent } from "./client";
import { Problem } from "./problem";

export type Mode = "live" | "shadow" | "off";
/** The JSON twin of the rule language; see docs/rules.md. */
export type RuleJson = Record<string, unknown>;

export interface Rule {
  id: string;
  owner: string;
  owner_name: string;
  name: string;
  position: number;
  mode: Mode;
  suspended: { reason: string; text: string } | null;
  version: number;
  changed_by: string;
  changed_at: string;
  hits: number;
  last_hit_at: string | null;
  may_edit: boolean;
  in_words: string;
  text: string;
  rule: RuleJson;
}

export interface Mistake {
  line: number;
  column: number;
  path: string;
  code: string;
  message: string;
}

export interface Checked {
  in_words: string | null;
  text: string | null;
  rule: RuleJson | null;
  mistakes: Mistake[];
}

export interface Version {
  version: number;
  changed_by: string;
  changed_at: string;
  what: string;
  text: string;
  in_words: string;
}

export type Verdict = "agrees" | "disagrees" | "not_judged" | "unknown" | "held";

export interface DryRunResult {
  mails: number;
  cut: boolean;
  millis: number;
  hits: number;
  agreements: number;
  disagreements: number;
  not_judged: number;
  held: number;
  unknown: number;
  contradiction_percent: number;
  not_known_text: string[];
  examples: {
    mail_id: string;
    subject: string;
    from: string;
    received_at: string;
    verdict: Verdict;
    rule: string | null;
    because: { text: string }[];
    would: { text: string; withheld_text: string | null }[];
    did: { case_number: string | null; case_title?: string | null; by?: string | null }[];
    not_for_a_case: boolean;
  }[];
}

/** A rule as somebody writes it: by the form, or as text. */
export type Written = { rule: RuleJson } | { text: string };

const id = encodeURIComponent;

export class RulesApi {
  constructor(private readonly client: Client) {}

  /** Null where the service has no rules. */
  list = async () => {
    try {
      return await this.client.get<{ items: Rule[]; may_create: string[] }>("/rules");
    } catch (error) {
      if (error instanceof Problem && error.body.status === 404) return null;
      throw error;
    }
  };

  /** Reads it without keeping it. */
  check = (written: Written, signal?: AbortSignal) => this.client.ask<Checked>("/rules/check", { body: written, ...(signal ? { signal } : {}) });

  create = (written: Written, owner: string) => this.client.act<Rule>("POST", "/rules", { body: { ...written, owner } });

  change = (rule: Rule, written: Written) => this.client.act<Rule>("PUT", `/rules/${id(rule.id)}`, { body: written, ifMatch: rule.version });

  remove = (rule: Rule) => this.client.act<undefined>("DELETE", `/rules/${id(rule.id)}`);

  order = (owner: string, ids: readonly string[]) => this.client.act<undefined>("PUT", "/rules/order", { body: { owner, ids } });

  mode = (rule: Rule, mode: Mode, force: boolean) => this.client.act<Rule>("PUT", `/rules/${id(rule.id)}/mode`, { body: { mode, force } });

  versions = (rule: Rule) => this.client.get<Version[]>(`/rules/${id(rule.id)}/versions`);

  restore = (rule: Rule, version: number) => this.client.act<Rule>("POST", `/rules/${id(rule.id)}/versions/${version}/restore`);

  dryRun = (what: Written | { rule_ids: readonly string[] }, from: string, to: string, heard: (event: ServerEvent) => void, signal: AbortSignal) =>
    this.client.told("/rules/dry-run", { ...what, ...(from ? { from } : {}), ...(to ? { to } : {}), examples: 100 }, heard, signal);
}

/** Mistakes of a rule that was refused. */
export function mistakesOf(error: unknown): Mistake[] {
  const found = error instanceof Problem ? (error.body as { mistakes?: unknown }).mistakes : null;
  return Array.isArray(found) ? (found as Mistake[]) : [];
}

/** Texts in the reader's language: Danish, unless Office speaks another that we have. */

import { da } from "./da";
import { en } from "./en";

export type TextKey = keyof typeof da;
export type Values = Record<string, string | number>;

export interface Texts {
  readonly language: "da" | "en";
  (key: TextKey, values?: Values): string;
  /** `key`, or `keyOne` for a single one. */
  count(key: CountedKey, count: number, values?: Values): string;
  date(day: Date | string): string;
  /** How long ago, e.g. `for 2 dage siden`. */
  ago(moment: Date | string, now?: Date): string;
}

/** Keys that have a form for a single one. */
export type CountedKey = { [K in TextKey]: `${K}One` extends TextKey ? K : never }[TextKey];

const CATALOGUES = { da, en };
const LOCALES = { da: "da-DK", en: "en-GB" };

export function textsFor(officeLanguage: string): Texts {
  const language = /^(en)\b/i.test(officeLanguage) ? "en" : "da";
  const catalogue = CATALOGUES[language];
  const locale = LOCALES[language];
  const text = (key: TextKey, values: Values = {}) => filled(catalogue[key], values);
  return Object.assign(text, {
    language,
    count: (key: CountedKey, count: number, values: Values = {}) => text(count === 1 ? (`${key}One` as TextKey) : key, { count, ...values }),
    date: (day: Date | string) => new Date(typeof day === "string" && day.length === 10 ? `${day}T12:00` : day).toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric" }),
    ago: (moment: Date | string, now = new Date()) => ago(new Date(moment), now, locale, catalogue.whenNow),
  }) as Texts;
}

export function filled(text: string, values: Values) {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

function ago(moment: Date, now: Date, locale: string, justNow: string) {
  const seconds = Math.max(0, (now.getTime() - moment.getTime()) / 1000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  if (seconds < 60) return justNow;
  if (seconds < 3600) return words.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return words.format(-Math.floor(seconds / 3600), "hour");
  return words.format(-Math.floor(seconds / 86_400), "day");
}

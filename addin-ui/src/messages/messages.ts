/** Texts in the reader's language: Danish, unless Office speaks another that we have. */

import { da } from "./da";
import { en } from "./en";

export type TextKey = keyof typeof da;
export type Values = Record<string, string | number>;

export type Texts = TextsOf<TextKey>;

/** Texts of these keys. */
export interface TextsOf<K extends string> {
  readonly language: "da" | "en";
  (key: K, values?: Values): string;
  /** `key`, or `keyOne` for a single one. */
  count(key: CountedKey<K>, count: number, values?: Values): string;
  date(day: Date | string): string;
  /** How long ago, e.g. `for 2 dage siden`. */
  ago(moment: Date | string, now?: Date): string;
}

/** The texts that everything has, and more. */
export type TextsAlso<K extends string> = Texts & TextsOf<TextKey | K>;

/** Keys that have a form for a single one. */
export type CountedKey<All extends string> = { [K in All]: `${K}One` extends All ? K : never }[All];

type Catalogues<K extends string> = Record<"da" | "en", Record<K, string>>;

const CATALOGUES = { da, en };
const LOCALES = { da: "da-DK", en: "en-GB" };

export const textsFor = (officeLanguage: string): Texts => textsOf(officeLanguage, CATALOGUES);

/** With texts that the pane does not load. */
export const textsWith = <K extends string>(language: string, more: Catalogues<K>) => textsOf(language, { da: { ...da, ...more.da }, en: { ...en, ...more.en } }) as TextsAlso<K>;

function textsOf<K extends string>(reader: string, catalogues: Catalogues<K | TextKey>): TextsOf<K | TextKey> {
  const language = /^(en)\b/i.test(reader) ? "en" : "da";
  const catalogue = catalogues[language];
  const locale = LOCALES[language];
  const text = (key: K | TextKey, values: Values = {}) => filled(catalogue[key], values);
  return Object.assign(text, {
    language,
    count: (key: CountedKey<K | TextKey>, count: number, values: Values = {}) => text(count === 1 ? (`${key}One` as K) : key, { count, ...values }),
    date: (day: Date | string) => new Date(typeof day === "string" && day.length === 10 ? `${day}T12:00` : day).toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric" }),
    ago: (moment: Date | string, now = new Date()) => ago(new Date(moment), now, locale, catalogue.whenNow),
  }) as TextsOf<K | TextKey>;
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

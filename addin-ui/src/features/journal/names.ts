/**
 * File names and titles as they are typed: what is wrong with them is shown at once. The service decides; this only saves a
 * journey. Names that Windows can have (reserved devices, forbidden characters, ends) and that people can read.
 */

export const MAX_NAME_CHARS = 120;
export const MAX_TITLE_CHARS = 300;

export type NameFault =
  | { is: "empty" }
  | { is: "forbidden"; characters: string[] }
  | { is: "long"; count: number }
  | { is: "reserved"; name: string }
  | { is: "edge" }
  | { is: "twice" };

const FORBIDDEN = /[\\/:*?"<>|]/g;
// Invisible ones: controls, zero width, directions.
 
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;
const RESERVED = /^(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;
const EXTENSION = /\.[a-z0-9]{1,16}$/i;

export function nameFault(name: string): NameFault | null {
  if (!name.trim()) return { is: "empty" };
  const characters = [...new Set([...(name.match(FORBIDDEN) ?? []), ...(INVISIBLE.test(name) ? ["␣"] : [])])];
  INVISIBLE.lastIndex = 0;
  if (characters.length > 0) return { is: "forbidden", characters };
  const device = name.split(".")[0]?.trim() ?? "";
  if (RESERVED.test(device)) return { is: "reserved", name: device };
  const count = [...name].length;
  if (count > MAX_NAME_CHARS) return { is: "long", count };
  if (/^[\s.]|[\s.]$/.test(name)) return { is: "edge" };
  return null;
}

/** Of several names, by place; those that are the same to Windows are all at fault. */
export function nameFaults(names: readonly string[]): (NameFault | null)[] {
  const seen = new Map<string, number>();
  const key = (name: string) => name.trim().normalize("NFC").toLowerCase();
  for (const name of names) seen.set(key(name), (seen.get(key(name)) ?? 0) + 1);
  return names.map((name) => nameFault(name) ?? ((seen.get(key(name)) ?? 0) > 1 ? { is: "twice" } : null));
}

/** The nearest name that abides by the rules; the extension stays. */
export function repaired(name: string, taken: readonly string[] = []): string {
  const extension = EXTENSION.exec(name)?.[0] ?? "";
  const tidy = (text: string) =>
    text
      .replace(INVISIBLE, "")
      .replace(/[\\/:*|]/g, "-")
      .replace(/"/g, "'")
      .replace(/[<>?]/g, "_")
      .replace(/\s+/g, " ")
      .replace(/^[\s.]+|[\s.]+$/g, "");
  let stem = tidy(extension ? name.slice(0, -extension.length) : name) || "dokument";
  if (RESERVED.test(stem.split(".")[0]?.trim() ?? "")) stem = `_${stem}`;
  const cut = (room: number) => [...stem].slice(0, room).join("").replace(/[\s.]+$/, "");
  const room = MAX_NAME_CHARS - extension.length;
  const isTaken = (candidate: string) => taken.some((other) => other.toLowerCase() === candidate.toLowerCase());
  let candidate = cut(room) + extension;
  for (let number = 2; isTaken(candidate); number += 1) candidate = `${cut(room - ` (${number})`.length)} (${number})${extension}`;
  return candidate;
}

export type TitleFault = { is: "empty" } | { is: "long"; count: number };

export function titleFault(title: string): TitleFault | null {
  if (!title.trim()) return { is: "empty" };
  const count = [...title].length;
  return count > MAX_TITLE_CHARS ? { is: "long", count } : null;
}

/** Begins like a case number and stops half way: `2024-`, `14/`, `27.00.`, `S2019-`. */
export function isHalfCaseNumber(words: string) {
  return /^\[?(s?\d{2,4}|\d{8}|[a-z]{2,6}-\d{4}|\d{2}(\.\d{2}){0,2}(-[a-zæøå]\d{0,2}(-\d*)?)?)\s?[-/.]\s?$/i.test(words.trim());
}

/** One key, one act. Whoever speaks to the machine instead of typing can switch them off. */

export type Command = "next" | "previous" | "file1" | "file2" | "file3" | "search" | "select" | "assign" | "take" | "snooze" | "aside" | "undo" | "fresh" | "words" | "help";

const COMMANDS: Record<string, Command> = {
  j: "next",
  k: "previous",
  1: "file1",
  2: "file2",
  3: "file3",
  s: "search",
  x: "select",
  a: "assign",
  t: "take",
  z: "snooze",
  n: "aside",
  u: "undo",
  r: "fresh",
  "/": "words",
  "?": "help",
};

/** In the order in which they are told. */
export const TOLD: readonly (readonly [string, Command | "open" | "close"])[] = [
  ["j", "next"],
  ["k", "previous"],
  ["Enter", "open"],
  ["Esc", "close"],
  ["1", "file1"],
  ["2", "file2"],
  ["3", "file3"],
  ["s", "search"],
  ["x", "select"],
  ["a", "assign"],
  ["t", "take"],
  ["z", "snooze"],
  ["n", "aside"],
  ["u", "undo"],
  ["r", "fresh"],
  ["/", "words"],
  ["?", "help"],
];

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "repeat" | "defaultPrevented">;

/** What a key asks for. One that is held down goes from mail to mail, and does nothing else twice. */
export function commandOf(event: Pressed): Command | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return null;
  const command = COMMANDS[event.key] ?? null;
  return event.repeat && command !== "next" && command !== "previous" ? null : command;
}

const KEPT = "sagspost/keys";

export const areKeysOn = (storage: Storage = localStorage) => {
  try {
    return storage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
};

export function switchKeys(on: boolean, storage: Storage = localStorage) {
  try {
    storage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // For this page alone, then.
  }
}

/** A mail that is being written, as far as suggestions need it: its headers, in the form of a mail (RFC 5322, RFC 2047). */

export interface Sketch {
  from: string | null;
  to: readonly string[];
  subject: string;
  inReplyTo: string | null;
}

const MAX_RECIPIENTS = 100;
/** Encoded words have at most 75 characters; this many bytes fit into one. */
const WORD_BYTES = 42;

export function asMail({ from, to, subject, inReplyTo }: Sketch): Uint8Array {
  const addresses = to.map(oneLine).filter((address) => /^[^\s<>,;]+@[^\s<>,;]+$/.test(address));
  const lines = [
    from && /^[^\s<>,;]+@[^\s<>,;]+$/.test(oneLine(from)) ? `From: <${oneLine(from)}>` : null,
    addresses.length > 0 ? `To: ${addresses.slice(0, MAX_RECIPIENTS).map((address) => `<${address}>`).join(",\r\n ")}` : null,
    `Subject: ${encoded(oneLine(subject))}`,
    inReplyTo ? `In-Reply-To: <${oneLine(inReplyTo).replace(/[<>\s]/g, "")}>` : null,
    inReplyTo ? `References: <${oneLine(inReplyTo).replace(/[<>\s]/g, "")}>` : null,
    "MIME-Version: 1.0",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "",
  ];
  return utf8(lines.filter((line) => line !== null).join("\r\n"));
}

/** No value can begin a header of its own. */
 
const oneLine = (text: string) => text.replace(/[\u0000-\u001f\u007f]+/g, " ").trim();

function encoded(text: string) {
  if (/^[\x20-\x7e]*$/.test(text) && text.length < 900) return text;
  const words: string[] = [];
  let bytes: number[] = [];
  for (const letter of text) {
    const more = [...utf8(letter)];
    if (bytes.length + more.length > WORD_BYTES) {
      words.push(word(bytes));
      bytes = [];
    }
    bytes.push(...more);
  }
  words.push(word(bytes));
  return words.join("\r\n ");
}

const word = (bytes: readonly number[]) => `=?utf-8?B?${base64(bytes)}?=`;

/** By hand: the script runtime of classic Outlook has neither `btoa` nor `TextEncoder` for certain. */
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function base64(bytes: readonly number[]) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b, c] = bytes.slice(at, at + 3);
    text += LETTERS.charAt(a >> 2) + LETTERS.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    text += b === undefined ? "==" : LETTERS.charAt(((b & 15) << 2) | ((c ?? 0) >> 6)) + (c === undefined ? "=" : LETTERS.charAt(c & 63));
  }
  return text;
}

function utf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
  }
  return new Uint8Array(bytes);
}

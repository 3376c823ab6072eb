// A written mail as the bytes that a mail program would send (RFC 5322, RFC 2045).

const bytes = (text) => new TextEncoder().encode(text);
export const base64 = (data) => btoa(Array.from(data, (byte) => String.fromCharCode(byte)).join(""));
const lines = (text) => text.replace(/(.{76})/g, "$1\r\n");
const isPlain = (text) => /^[\x20-\x7e]*$/.test(text);
/** RFC 2047, in pieces that no line is too long for. */
const word = (text) => (isPlain(text) ? text : [...text].reduce((parts, letter) => {
  const last = parts.length - 1;
  if (bytes(parts[last] + letter).length > 42) parts.push(letter); else parts[last] += letter;
  return parts;
}, [""]).map((part) => `=?utf-8?B?${base64(bytes(part))}?=`).join("\r\n "));
/** What is put into a header can end none. */
const safe = (text) => String(text).replace(/[\r\n]+/g, " ");
const address = ({ displayName, emailAddress }) => (displayName && displayName !== emailAddress ? `${word(safe(displayName).replace(/["<>]/g, ""))} <${safe(emailAddress)}>` : safe(emailAddress));

export function message(draft) {
  const headers = [
    `Message-ID: <${crypto.randomUUID()}@outlook.stand-in.example>`,
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    `From: ${address(draft.from)}`,
    `To: ${draft.recipients.to.map(address).join(",\r\n ")}`,
    draft.recipients.cc.length > 0 && `Cc: ${draft.recipients.cc.map(address).join(",\r\n ")}`,
    `Subject: ${word(safe(draft.subject))}`,
    draft.replyTo?.messageId && `In-Reply-To: <${safe(draft.replyTo.messageId)}>`,
    draft.replyTo?.messageId && `References: <${safe(draft.replyTo.messageId)}>`,
    ...[...draft.headers].map(([name, value]) => `${name}: ${word(safe(value))}`),
    "MIME-Version: 1.0",
  ].filter(Boolean);
  const text = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", lines(base64(bytes(draft.body)))];
  if (draft.attachments.length === 0) return bytes([...headers, ...text, ""].join("\r\n"));
  const boundary = `stand-in-${crypto.randomUUID()}`;
  const parts = draft.attachments.map((file) => [
    `--${boundary}`,
    "Content-Type: application/octet-stream",
    `Content-Disposition: attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    "Content-Transfer-Encoding: base64", "", lines(file.data),
  ].join("\r\n"));
  return bytes([...headers, `Content-Type: multipart/mixed; boundary="${boundary}"`, "", `--${boundary}`, ...text, ...parts, `--${boundary}--`, ""].join("\r\n"));
}

// Mails that no monitored mailbox holds, so that what the add-in does with such can be tried. Invented, and only here.

import { base64 } from "./mime.js";

const bytes = (text) => new TextEncoder().encode(text);
const escape = (text) => text.replace(/[&<>]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[letter]);

function mail({ id, subject, from, text, files = [], itemClass }) {
  const received = new Date(Date.now() - 3_600_000).toISOString();
  const message_id = `${id}.ikke-overvaaget@outlook.stand-in.example`;
  const boundary = "graense";
  const parts = files.map((file) => `--${boundary}\r\nContent-Type: ${file.type}\r\nContent-Disposition: attachment; filename="${file.name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(bytes(file.text))}\r\n`);
  const raw = bytes(`Message-ID: <${message_id}>\r\nDate: ${new Date(received).toUTCString()}\r\nFrom: ${from.name} <${from.address}>\r\nTo: karen.holm@egelund-kommune.example\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=${boundary}\r\n\r\n--${boundary}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n${base64(bytes(text))}\r\n${parts.join("")}--${boundary}--\r\n`);
  const to = [{ name: "Karen Holm", address: "karen.holm@egelund-kommune.example" }];
  const attachments = files.map((file) => ({ name: file.name, clean_name: file.name, size: file.text.length, media_type: file.type, inline: false }));
  return {
    id: `unmonitored-${id}`, thread_id: `thread-${id}`, message_id, subject, from: [from], to, received_at: received, preview: text, attachments: files.length, entries: [], itemClass, raw,
    page: `<!doctype html><html lang="da"><title>${escape(subject)}</title><body style="font: 16px/1.5 system-ui; color: #1d2321; background: #fff"><main>${text.split("\n").map((line) => `<p>${escape(line)}</p>`).join("")}</main></body></html>`,
    attachment: (at) => bytes(files[Number(at)].text),
    detail: { received_at: received, mail: { message_id, subject, from: [from], to, cc: [], attachments, kind: "person" } },
  };
}

const sender = { name: "Ole Bro", address: "ole.bro@borger.example" };

export const mails = () => [
  mail({ id: "almindelig", subject: "Ansoegning om ny overkoersel, Skolevej 3", from: sender, text: "Hej\nJeg vil gerne have lov til en ny overkørsel. Tegningen er vedhæftet.\nVenlig hilsen\nOle Bro", files: [{ name: "scan001.pdf", type: "application/pdf", text: "%PDF-1.4 tegning" }] }),
  mail({ id: "krypteret", subject: "Sikker mail", from: sender, itemClass: "IPM.Note.SMIME", text: "Denne mail er krypteret.", files: [{ name: "smime.p7m", type: "application/pkcs7-mime", text: "krypteret" }] }),
  mail({ id: "mange-bilag", subject: "Billeder fra tilsyn", from: sender, text: "Her er alle billederne.", files: Array.from({ length: 50 }, (_, at) => ({ name: `billede${String(at + 1).padStart(3, "0")}.jpg`, type: "image/jpeg", text: `billede ${at}` })) }),
];

// Builds mails as bytes: headers, bodies and attachments the way ordinary mail programs write them,
// bad habits included. Knows nothing of what the mails are about.

import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";

const CRLF = "\r\n";
const isAscii = (text) => /^[\x20-\x7e]*$/.test(text);
const base64Lines = (bytes) => (Buffer.from(bytes).toString("base64").match(/.{1,76}/g) ?? []).join(CRLF);

// RFC 2047, in pieces short enough for a header line.
export function encodedWord(text, charset = "utf-8") {
  if (isAscii(text)) return text;
  const encoding = charset === "utf-8" ? "utf8" : "latin1";
  const pieces = [];
  let piece = "";
  for (const char of text) {
    if (Buffer.byteLength(piece + char, encoding) > 42) {
      pieces.push(piece);
      piece = "";
    }
    piece += char;
  }
  pieces.push(piece);
  return pieces.map((p) => `=?${charset}?B?${Buffer.from(p, encoding).toString("base64")}?=`).join(CRLF + " ");
}

// "Åse Nørgaard <aase@x.example>" with the name encoded when it must be.
export function address(text, charset) {
  const match = /^(.*?)\s*<(.*)>$/.exec(text);
  if (!match) return text;
  const [, name, mail] = match;
  if (!isAscii(name)) return `${encodedWord(name, charset)} <${mail}>`;
  return /^[A-Za-z ]+$/.test(name) ? `${name} <${mail}>` : `"${name}" <${mail}>`;
}

// RFC 5322 date in Danish time.
export function mailDate(date) {
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone: "Europe/Copenhagen", weekday: "short", day: "2-digit", month: "short", year: "numeric",
      hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
    }).formatToParts(date).map((part) => [part.type, part.value]),
  );
  const asUtc = Date.parse(`${parts.day} ${parts.month} ${parts.year} ${parts.hour}:${parts.minute}:${parts.second} UTC`);
  const offset = Math.round((asUtc - date.getTime()) / 3_600_000);
  return `${parts.weekday}, ${parts.day} ${parts.month} ${parts.year} ${parts.hour}:${parts.minute}:${parts.second} +0${offset}00`;
}

// How an attachment's name is written: by RFC 2231, by RFC 2047 in windows-1252, or as it is.
function nameParameters(name, style) {
  if (style === "rfc2231") {
    const percent = [...Buffer.from(name, "utf8")]
      .map((b) => (/[A-Za-z0-9.-]/.test(String.fromCharCode(b)) ? String.fromCharCode(b) : "%" + b.toString(16).toUpperCase().padStart(2, "0")))
      .join("");
    return { type: "", disposition: `; filename*=utf-8''${percent}` };
  }
  const written = style === "windows-1252" ? encodedWord(name, "windows-1252") : name;
  return { type: `;${CRLF} name="${written}"`, disposition: `;${CRLF} filename="${written}"` };
}

function attachmentPart(file) {
  if (file.mail) {
    return [
      "Content-Type: message/rfc822", "Content-Disposition: attachment", "", file.mail.toString("latin1"),
    ].join(CRLF);
  }
  const names = nameParameters(file.name, file.style);
  const lines = [`Content-Type: ${file.type}${names.type}`, "Content-Transfer-Encoding: base64"];
  if (file.cid) lines.push(`Content-ID: <${file.cid}>`);
  lines.push(`Content-Disposition: ${file.cid ? "inline" : "attachment"}${names.disposition}`, "", base64Lines(file.bytes));
  return lines.join(CRLF);
}

function textPart(text, subtype, charset) {
  const bytes = Buffer.from(text.replace(/\r?\n/g, CRLF) + CRLF, charset === "utf-8" ? "utf8" : "latin1");
  return [
    `Content-Type: text/${subtype}; charset=${charset}`, "Content-Transfer-Encoding: base64", "", base64Lines(bytes),
  ].join(CRLF);
}

function multipart(kind, parts, seed) {
  const boundary = "=_" + createHash("sha256").update(kind + seed).digest("hex").slice(0, 24);
  const body = parts.map((part) => `--${boundary}${CRLF}${part}${CRLF}`).join("");
  return `Content-Type: multipart/${kind}; boundary="${boundary}"${CRLF}${CRLF}${body}--${boundary}--${CRLF}`;
}

// A whole mail. `mail`: id, date, from, to, cc, subject, text, html, files, inReplyTo, references, charset, headers.
export function build(mail) {
  const charset = mail.charset ?? "utf-8";
  const headers = [
    ["Return-Path", mail.returnPath ?? `<${/<(.*)>/.exec(mail.from)?.[1] ?? mail.from}>`],
    ["Message-ID", `<${mail.id}>`],
    ["Date", mailDate(mail.date)],
    ["From", address(mail.from, charset)],
    ["To", mail.to.map((a) => address(a, charset)).join("," + CRLF + " ")],
    ...(mail.cc ? [["Cc", mail.cc.map((a) => address(a, charset)).join("," + CRLF + " ")]] : []),
    ["Subject", encodedWord(mail.subject, charset)],
    ...(mail.inReplyTo ? [["In-Reply-To", `<${mail.inReplyTo}>`]] : []),
    ...(mail.references ? [["References", mail.references.map((id) => `<${id}>`).join(CRLF + " ")]] : []),
    ...(mail.headers ?? []),
    ["MIME-Version", "1.0"],
  ].map(([name, value]) => `${name}: ${value}`);

  const inline = (mail.files ?? []).filter((file) => file.cid);
  const attached = (mail.files ?? []).filter((file) => !file.cid);
  let body = textPart(mail.text ?? "", "plain", charset);
  if (mail.html) {
    let html = textPart(mail.html, "html", charset);
    if (inline.length > 0) html = multipart("related", [html, ...inline.map(attachmentPart)], mail.id);
    body = multipart("alternative", [body, html], mail.id);
  }
  if (mail.report) {
    body = multipart(`report; report-type=delivery-status`, [body, ...mail.report], mail.id);
  } else if (attached.length > 0) {
    body = multipart("mixed", [body, ...attached.map(attachmentPart)], mail.id);
  }
  return Buffer.from(headers.join(CRLF) + CRLF + body, "latin1");
}

// ---- small but real files ---------------------------------------------------------------------

export function pdf(name, lines, style) {
  const escape = (text) => text.replace(/[\\()]/g, "\\$&");
  const stream = "BT /F1 12 Tf 56 780 Td 18 TL " + lines.map((line) => `(${escape(line)}) Tj T*`).join(" ") + " ET";
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${Buffer.byteLength(stream, "latin1")} >>\nstream\n${stream}\nendstream`,
    "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  let out = "%PDF-1.4\n";
  const offsets = objects.map((object, index) => {
    const offset = Buffer.byteLength(out, "latin1");
    out += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return offset;
  });
  const xref = Buffer.byteLength(out, "latin1");
  out += `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n`;
  out += offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  out += `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${xref}\n%%EOF\n`;
  return { name, style, type: "application/pdf", bytes: Buffer.from(out, "latin1") };
}

export function docx(name, paragraphs, style) {
  const xml = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const bytes = zip({
    "[Content_Types].xml": head + '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
    "_rels/.rels": head + '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>',
    "word/document.xml": head + '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>' +
      paragraphs.map((p) => `<w:p><w:r><w:t>${xml(p)}</w:t></w:r></w:p>`).join("") + "</w:body></w:document>",
  });
  return { name, style, type: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", bytes };
}

export function csv(name, rows) {
  return { name, type: "text/csv", bytes: Buffer.from(rows.map((row) => row.join(";")).join(CRLF) + CRLF, "utf8") };
}

// A photograph-like picture: attached by itself it is a document, with a content id it is a signature's logo.
export function png(name, { width = 64, height = 24, cid } = {}) {
  const rows = [];
  for (let y = 0; y < height; y++) {
    const row = Buffer.alloc(1 + width * 3);
    for (let x = 0; x < width; x++) row.set([20 + ((x * 3) % 90), 90 + ((y * 5) % 80), 70 + ((x + y) % 60)], 1 + x * 3);
    rows.push(row);
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const out = Buffer.alloc(8 + body.length);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    out.writeUInt32BE(crc32(body), 4 + body.length);
    return out;
  };
  const bytes = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header), chunk("IDAT", deflateSync(Buffer.concat(rows))), chunk("IEND", Buffer.alloc(0)),
  ]);
  return { name, type: "image/png", bytes, cid };
}

export function ics(name, { start, end, title, place }) {
  const utc = (date) => date.toISOString().replace(/[-:]|\.\d+/g, "");
  const lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//demo//DA", "METHOD:REQUEST", "BEGIN:VEVENT", `UID:${title.length}-${utc(start)}@demo.example`,
    `DTSTAMP:${utc(start)}`, `DTSTART:${utc(start)}`, `DTEND:${utc(end)}`, `SUMMARY:${title}`, `LOCATION:${place}`, "END:VEVENT", "END:VCALENDAR"];
  return { name, type: "text/calendar; method=REQUEST; charset=utf-8", bytes: Buffer.from(lines.join(CRLF) + CRLF, "utf8") };
}

function zip(files) {
  const local = [];
  const central = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const data = Buffer.from(text, "utf8");
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0); // version; then flags, method and time stay 0
    fields.writeUInt16LE(0x21, 8); // 1 January 1980
    fields.writeUInt32LE(crc32(data), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(data.length, 18);
    fields.writeUInt16LE(name.length, 22);
    const entry = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), fields, Buffer.from(name), data]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    central.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, tail, Buffer.from(name)]));
    local.push(entry);
    offset += entry.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", 0, "latin1");
  end.writeUInt16LE(local.length, 8);
  end.writeUInt16LE(local.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...local, directory, end]);
}

function crc32(bytes) {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

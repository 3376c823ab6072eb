// Writes the demo's mailboxes as Maildirs with dates in the last three weeks:
//   node demo/mails.mjs FOLDER        three mailboxes below FOLDER
//   node demo/mails.mjs --new FILE    one more mail, from now, for trying what happens when mail arrives
// The mails stand in demo/mails/; this file turns them into what a mail server would hold.

import { mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, ics } from "./mime.mjs";
import * as people from "./people.mjs";
import department from "./mails/department.mjs";
import leader from "./mails/leader.mjs";
import plans from "./mails/plans.mjs";

const now = new Date();
const minute = 60_000;
const day = 24 * 60 * minute;

const mails = [...plans, ...department, ...leader];
const byKey = new Map(mails.map((mail) => [mail.key, mail]));

// The day so many days ago at a time of day, never in the future.
function moment([daysAgo, time]) {
  const [hours, minutes] = time.split(":").map(Number);
  const date = new Date(now.getTime() - daysAgo * day);
  date.setHours(hours, minutes, 7, 0);
  return new Date(Math.min(date.getTime(), now.getTime() - 5 * minute));
}

const id = (mail) => `${mail.key}.demo@${/@([^>]+)>?$/.exec(mail.from)[1]}`;

// The ids of the mails before this one in its thread, oldest first.
function ancestors(mail) {
  const before = mail.reply && byKey.get(mail.reply);
  return before ? [...ancestors(before), id(before)] : [];
}

function bytes(mail) {
  const references = ancestors(mail);
  const files = [...(mail.files ?? [])];
  const headers = [...(mail.headers ?? [])];
  if (mail.calendar) {
    const start = new Date(now.getTime() + mail.calendar.inDays * day);
    start.setHours(mail.calendar.hour, 0, 0, 0);
    files.push(ics("invite.ics", { ...mail.calendar, start, end: new Date(start.getTime() + 60 * minute) }));
  }
  if (mail.nested) files.push({ mail: bytes(byKey.get(mail.nested)) });
  if (mail.kind === "newsletter") headers.push(["List-Unsubscribe", "<https://afmeld.example/demo>"], ["Precedence", "bulk"]);
  if (mail.kind === "auto-reply") headers.push(["Auto-Submitted", "auto-replied"]);
  const report = mail.failed && [
    `Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; post.${people.domain}\r\n\r\nFinal-Recipient: rfc822; ${mail.failed}\r\nAction: failed\r\nStatus: 5.1.1`,
  ];
  return build({
    ...mail, headers, files, report, id: id(mail), date: moment(mail.at),
    returnPath: mail.kind === "bounce" ? "<>" : undefined,
    inReplyTo: references.at(-1), references: references.length > 0 ? references : undefined,
  });
}

function writeMaildirs(root) {
  let count = 0;
  for (const mail of mails) {
    const date = moment(mail.at);
    const raw = bytes(mail);
    for (const place of mail.in) {
      const [mailbox, folder] = place.split("/");
      const maildir = folder ? join(root, mailbox, "." + folder) : join(root, mailbox);
      for (const part of ["cur", "new", "tmp"]) mkdirSync(join(maildir, part), { recursive: true });
      const file = join(maildir, "cur", `${Math.floor(date.getTime() / 1000)}.${mail.key}.demo:2,${folder === "Sent" ? "S" : ""}`);
      writeFileSync(file, raw);
      utimesSync(file, date, date); // what the server tells as the time of receipt
      count += 1;
    }
  }
  return count;
}

function writeNewMail(file) {
  const date = new Date();
  writeFileSync(file, build({
    id: `ny-${date.getTime()}.demo@borger.example`, date, from: people.lars, to: [people.teknik],
    subject: "Sagsnr. 2024-00204: farve på taget",
    text: "Hej Søren\n\nMå taget på carporten på Bøgevej 12 være rødt?\n\nVenlig hilsen\nLars Østergaard",
  }));
}

const [first, second] = process.argv.slice(2);
if (first === "--new" && second) writeNewMail(second);
else if (first) console.log(writeMaildirs(first));
else {
  console.error("usage: node demo/mails.mjs FOLDER | --new FILE");
  process.exit(2);
}

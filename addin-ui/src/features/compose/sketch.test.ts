import { describe, expect, it } from "vitest";
import { asMail, type Sketch } from "./sketch";

const text = (sketch: Partial<Sketch>) => new TextDecoder().decode(asMail({ from: "birthe@egelund.example", to: ["ole@borger.example"], subject: "Hegn", inReplyTo: null, ...sketch }));

/** As a reader of mail decodes a subject. */
function subjectOf(mail: string) {
  const unfolded = mail.replace(/\r\n /g, " ");
  const subject = /^Subject: (.*)$/m.exec(unfolded)?.[1] ?? "";
  const bytes = [...subject.matchAll(/=\?utf-8\?B\?([^?]*)\?=/g)].flatMap(([, word]) => [...atob(word ?? "")].map((letter) => letter.charCodeAt(0)));
  return bytes.length > 0 ? new TextDecoder().decode(new Uint8Array(bytes)) : subject;
}

describe("a mail that is being written", () => {
  it("has its headers and ends them", () => {
    expect(text({})).toBe("From: <birthe@egelund.example>\r\nTo: <ole@borger.example>\r\nSubject: Hegn\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n");
  });

  it.each(["Hæk på Søndergade", "Ærø ".repeat(40), "😀".repeat(30), ""])("says its subject whole: %j", (subject) => {
    const mail = text({ subject });
    expect(subjectOf(mail)).toBe(subject.trim());
    expect(mail.split("\r\n").every((line) => line.length <= 100)).toBe(true);
  });

  it("names the mail that it answers", () => {
    expect(text({ inReplyTo: "a@x" })).toContain("In-Reply-To: <a@x>\r\nReferences: <a@x>\r\n");
  });

  it("lets no value begin a header of its own", () => {
    const mail = text({ subject: "a\r\nBcc: x@y", inReplyTo: "a@x>\r\nX: 1", to: ["b@c>\r\nX-Evil: 1", "ok@x.dk"] });
    expect(mail.split("\r\n").filter((line) => /^(Bcc|X|X-Evil):/.test(line))).toEqual([]);
    expect(mail).toContain("To: <ok@x.dk>");
  });
});

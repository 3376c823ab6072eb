import { describe, expect, it } from "vitest";
import { Away, NotSignedIn, Problem } from "../api/problem";
import type { AddinSettings, Entry, Found, Suggestions, Wish } from "../api/types";
import { textsFor } from "../messages/messages";
import type { ChosenCase, Draft } from "../office/host";
import { MAX_NOTICE_CHARS, shortened, type Ribbon } from "../office/ribbon";
import { giveCase } from "./compose";
import { journalise } from "./journalise";
import { question } from "./send";

const t = textsFor("da");
const LONG = "Lokalplan ".repeat(40);

function outlook(messageId: string | null = "a@x", owner: string | null = null) {
  const told: string[] = [];
  const ribbon: Ribbon = {
    language: "da-DK",
    origin: "",
    messageId: () => messageId,
    owner: () => Promise.resolve(owner),
    draft: () => null,
    tell: (text) => Promise.resolve(void told.push(text)),
    offerPane: (text, action) => Promise.resolve(void told.push(`${text} [${action}]`)),
    markFiled: () => Promise.resolve(void told.push("marked")),
  };
  return { ribbon, told };
}

const best = (title = "Hegn") => [{ case_id: "c", number: "2024-00001", title, confidence: 95, evidence: [] }];

function service({ entries = [] as unknown[], known = true, sure = true, cases = best(), journal = [] as (Entry | Error)[] } = {}) {
  const sent: { wish: Wish; key: string }[] = [];
  return {
    sent,
    lookup: () => Promise.resolve({ mails: known ? [{ mail_id: "m", entries }] : [] } as unknown as Found),
    suggest: () => (known ? Promise.resolve({ cases, sure } as unknown as Suggestions) : Promise.reject(new Problem({ status: 404 }))),
    journal: (wish: Wish, key: string) => {
      sent.push({ wish, key });
      const next = journal.shift() ?? ({ id: "e" } as Entry);
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
  };
}

describe("the button Journalisér", () => {
  it("files on the best case when the service is sure, marks the mail and says where it lies", async () => {
    const { ribbon, told } = outlook();
    const api = service();
    await journalise(ribbon, api, t);
    expect(api.sent.map(({ wish }) => wish)).toEqual([{ mail_id: "m", case_id: "c" }]);
    expect(told).toEqual(["marked", "Journaliseret på 2024-00001 Hegn"]);
  });

  it("says whose mailbox it is when that is another's, and that the filing is the presser's own", async () => {
    const owner = "teknik-og-miljoe.faellespostkasse@egelund-kommune.example";
    const { ribbon, told } = outlook("a@x", owner);
    await journalise(ribbon, service({ cases: best(LONG) }), t);
    expect(told[1]).toMatch(/^Journaliseret på 2024-00001 Lokalplan .*… i dit navn\. Postkasse: teknik/);
    expect([...(told[1] ?? "")].length).toBeLessThanOrEqual(MAX_NOTICE_CHARS);
    expect(told[1]).toContain(owner);
  });

  it("offers the pane when the service is not sure, and files nothing", async () => {
    const { ribbon, told } = outlook();
    const api = service({ sure: false });
    await journalise(ribbon, api, t);
    expect(api.sent).toEqual([]);
    expect(told).toEqual(["Vælg den sag, mailen hører til [Vis forslag]"]);
  });

  it("says so when the mail is filed already", async () => {
    const { ribbon, told } = outlook();
    const api = service({ entries: [{ case_number: "2024-00002", case_title: "Andet" }] });
    await journalise(ribbon, api, t);
    expect(api.sent).toEqual([]);
    expect(told).toEqual(["Ligger allerede på 2024-00002 Andet"]);
  });

  it("tries once more with the same key when it is not known whether the click came through", async () => {
    const { ribbon, told } = outlook();
    const api = service({ journal: [new Away()] });
    await journalise(ribbon, api, t);
    expect(new Set(api.sent.map(({ key }) => key)).size).toBe(1);
    expect(api.sent).toHaveLength(2);
    expect(told).toContain("Journaliseret på 2024-00001 Hegn");
  });

  it("uses a new key for a new press", async () => {
    const api = service();
    await journalise(outlook().ribbon, api, t);
    await journalise(outlook().ribbon, api, t);
    expect(new Set(api.sent.map(({ key }) => key)).size).toBe(2);
  });

  it.each<[Error, string]>([
    [new Problem({ status: 409, type: "/problems/already-journaled", title: "x" }), "Ligger allerede på 2024-00001 Hegn"],
    [new Problem({ status: 409, type: "/problems/case-closed", title: "Sagen er lukket" }), "Ikke journaliseret: Sagen er lukket"],
    [new NotSignedIn(), "Log ind i Sagspost for at journalisere [Log ind]"],
  ])("tells what the service says: %s", async (error, words) => {
    const { ribbon, told } = outlook();
    await journalise(ribbon, service({ journal: [error] }), t);
    expect(told).toEqual([words]);
  });

  it("says so for a mail that is not watched, and for a draft", async () => {
    const strange = outlook();
    await journalise(strange.ribbon, service({ known: false }), t);
    const draft = outlook(null);
    await journalise(draft.ribbon, service(), t);
    expect([...strange.told, ...draft.told]).toEqual([t("ribbonUnknown"), t("ribbonDraft")]);
  });
});

describe("a notification", () => {
  it("is never longer than Outlook takes", () => {
    const words = shortened(t("ribbonFiled", { case: `2024-00001 ${LONG}` }), MAX_NOTICE_CHARS);
    expect([...words].length).toBeLessThanOrEqual(MAX_NOTICE_CHARS);
    expect(words.endsWith("…")).toBe(true);
  });

  it.each(["da", "en"])("fits when it has no values, in %s", (language) => {
    const texts = textsFor(language);
    for (const key of ["ribbonUnsure", "ribbonSignIn", "ribbonUnknown", "ribbonDraft", "ribbonAway", "failed"] as const) expect(texts(key).length).toBeLessThanOrEqual(MAX_NOTICE_CHARS);
  });
});

function writing({ chosen = null as ChosenCase | null, inReplyTo = null as string | null } = {}) {
  const state = { chosen };
  const draft: Draft = {
    subject: () => Promise.resolve("Hegn"),
    recipients: () => Promise.resolve(["ole@borger.example"]),
    from: () => Promise.resolve("birthe@egelund.example"),
    inReplyTo: () => inReplyTo,
    canAttach: () => false,
    attach: () => Promise.resolve(),
    chosenCase: () => Promise.resolve(state.chosen),
    chooseCase: (next) => {
      state.chosen = next;
      return Promise.resolve();
    },
  };
  return { draft, state };
}

describe("on send", () => {
  const asks = (on_send: AddinSettings["on_send"], case_work: boolean) => ({
    settings: () => Promise.resolve({ on_send } as AddinSettings),
    suggestFor: () => Promise.resolve({ cases: best(), case_work } as unknown as Suggestions),
  });

  it.each([
    ["never", true, null],
    ["ask", false, null],
    ["ask", true, "Mailen ligner sagsbehandling, men der er ikke valgt en sag. Forslag: 2024-00001 Hegn."],
    ["require", false, "Der er ikke valgt en sag til mailen. Skal den journaliseres?"],
  ] as const)("with %s and case work %s the question is %j", async (on_send, work, words) => {
    expect((await question(writing().draft, asks(on_send, work), t))?.text ?? null).toBe(words);
  });

  it("nothing is asked when a case is chosen", async () => {
    const { draft } = writing({ chosen: { number: "2024-00001", title: "" } });
    expect(await question(draft, asks("require", true), t)).toBeNull();
  });
});

describe("a new mail", () => {
  const filed = { lookup: () => Promise.resolve({ mails: [{ entries: [{ case_number: "2024-00001", case_title: "Hegn" }] }] } as unknown as Found) };

  it("that answers a filed one gets its case", async () => {
    const { draft, state } = writing({ inReplyTo: "a@x" });
    await giveCase(draft, filed);
    expect(state.chosen).toEqual({ number: "2024-00001", title: "Hegn" });
  });

  it("keeps the case that somebody chose", async () => {
    const chosen = { number: "2024-00009", title: "" };
    const { draft, state } = writing({ inReplyTo: "a@x", chosen });
    await giveCase(draft, filed);
    expect(state.chosen).toBe(chosen);
  });
});

import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Away, NotSignedIn, Problem } from "../../api/problem";
import type { Found } from "../../api/types";
import { caseOf, entryOn, found, mail, show, Stage, suggestionsWith } from "../../testing/app";
import { ReadPane } from "./ReadPane";

const pane = <ReadPane undoHours={24} />;
const cards = () => screen.findAllByRole("button", { name: /^Journalisér på/ });
const titleField = () => screen.findByLabelText<HTMLInputElement>("Titel");
const names = () => screen.getAllByLabelText<HTMLInputElement>(/^Filnavn/);
const type = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe("filing", () => {
  it("takes one press on a card", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    fireEvent.click((await cards())[0] as HTMLElement);
    await screen.findByText("Journaliseret på 2024-00001 Sag 1");
    expect(stage.filed.map(({ wish }) => wish)).toEqual([{ mail_id: "m-a", case_id: "c1" }]);
  });

  it("takes one key for the second suggestion", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    await cards();
    fireEvent.keyDown(document.body, { key: "2" });
    await screen.findByText("Journaliseret på 2024-00002 Sag 2");
  });

  it("is not done by a key that is typed into a field", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    fireEvent.keyDown(await titleField(), { key: "2" });
    expect(stage.filed).toEqual([]);
  });

  it("is done once however fast one presses", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    const [first] = await cards();
    for (let press = 0; press < 3; press += 1) fireEvent.click(first as HTMLElement);
    await screen.findByText("Fortryd");
    expect(stage.filed).toHaveLength(1);
  });

  it("goes nowhere while a name is wrong, and the field has the focus", async () => {
    const stage = new Stage(mail("a", { attachments: ["kort.pdf"] }));
    stage.suggestions = suggestionsWith(["kort.pdf"]);
    show(stage, pane);
    const [card] = await cards();
    type(names()[0] as HTMLElement, "a/b.pdf");
    await screen.findByText("Windows tillader ikke / i filnavne.");
    fireEvent.click(card as HTMLElement);
    expect(stage.filed).toEqual([]);
    expect(document.activeElement).toBe(names()[0]);
  });

  it("can be taken back, and what was typed is there again", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    type(await titleField(), "Min titel");
    fireEvent.click((await cards())[0] as HTMLElement);
    fireEvent.click(await screen.findByText("Fortryd"));
    expect((await titleField()).value).toBe("Min titel");
  });
});

describe("when something is in the way", () => {
  it("a click while the service is away is kept, said, and not sent twice", async () => {
    const stage = new Stage(mail("a"));
    stage.refuse = new Away();
    const app = stage.app();
    show(stage, pane, app);
    fireEvent.click((await cards())[0] as HTMLElement);
    await screen.findByText("Venter på forbindelse");
    stage.refuse = null;
    await act(() => app.queue.run());
    await screen.findByText("Journaliseret på 2024-00001 Sag 1");
    expect(new Set(stage.filed.map(({ key }) => key)).size).toBe(1);
  });

  it("what somebody else filed a second ago is shown as it lies", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    const [card] = await cards();
    stage.refuse = new Problem({ status: 409, type: "/problems/already-journaled", title: "Mailen er allerede journaliseret på sagen", detail: "Det gjorde carl." });
    stage.entries.set("a", [entryOn(1)]);
    fireEvent.click(card as HTMLElement);
    await screen.findByText("Ligger på 2024-00001 Sag 1");
    expect(screen.getByRole("alert").textContent).toContain("Det gjorde carl.");
  });

  it("a case that was closed meanwhile is told, and another can be chosen", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    const [first, second] = await cards();
    stage.refuse = new Problem({ status: 409, type: "/problems/case-closed", title: "Sagen er lukket", detail: "" });
    fireEvent.click(first as HTMLElement);
    await screen.findByText("Sagen er lukket");
    stage.refuse = null;
    fireEvent.click(second as HTMLElement);
    await screen.findByText("Journaliseret på 2024-00002 Sag 2");
  });

  it("the same act has the same key after an error, another act another", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    stage.refuse = new Problem({ status: 500, type: "/problems/internal", title: "Der skete en fejl hos os" });
    for (const at of [0, 0, 1]) {
      fireEvent.click((await cards())[at] as HTMLElement);
      await screen.findByRole("alert");
      await waitFor(() => expect(screen.queryAllByText("Journaliserer …")).toEqual([]));
    }
    const [one, same, other] = stage.filed.map(({ key }) => key);
    expect([same === one, other === one]).toEqual([true, false]);
  });

  it("who is signed out signs in by one button and finds the mail again", async () => {
    const stage = new Stage(mail("a"));
    stage.isSignedIn = false;
    stage.lookups["a"] = () => (stage.isSignedIn ? Promise.resolve(found("a")) : Promise.reject(new NotSignedIn()));
    show(stage, pane);
    fireEvent.click(await screen.findByText("Log ind"));
    await cards();
  });

  it("a mail in no watched mailbox says so and offers nothing to press but trying again", async () => {
    const stage = new Stage(mail("a"));
    stage.lookups["a"] = () => Promise.resolve({ known: false, journaled: false, mails: [] });
    show(stage, pane);
    await screen.findByText("Mailen ligger ikke i en postkasse, som Sagspost følger");
    expect(screen.getAllByRole("button").map((button) => button.textContent)).toEqual(["Prøv igen"]);
  });

  it("a mail in no watched mailbox is sent in and filed by one press, where Outlook gives its content", async () => {
    const stage = new Stage(mail("a"));
    stage.content = new Uint8Array([1]);
    stage.lookups["a"] = () => Promise.resolve(stage.sentIn > 0 ? found("a", stage.entries.get("a")) : { known: false, journaled: false, mails: [] });
    show(stage, pane);
    fireEvent.click((await cards())[1] as HTMLElement);
    await screen.findByText("Ligger på 2024-00002 Sag 2");
    expect(stage.sentIn).toBe(1);
    expect(stage.filed.map(({ wish }) => wish)).toEqual([{ mail_id: "m-a", case_id: "c2" }]);
  });
});

describe("from mail to mail", () => {
  it("an answer for the mail before is not shown on the next", async () => {
    const stage = new Stage(mail("a"));
    let answer: (found: Found) => void = () => undefined;
    stage.lookups["a"] = () => new Promise((resolve) => (answer = resolve));
    show(stage, pane);
    act(() => stage.turnTo(mail("b")));
    await cards();
    await act(() => {
      answer(found("a", [entryOn(3)]));
      return Promise.resolve();
    });
    expect(screen.queryByText("Ligger på 2024-00003 Sag 3")).toBeNull();
    await screen.findByText("Ikke journaliseret");
  });

  it("what was typed is there when one comes back", async () => {
    const stage = new Stage(mail("a", { attachments: ["kort.pdf"] }));
    stage.suggestions = suggestionsWith(["kort.pdf"]);
    show(stage, pane);
    type(await titleField(), "Min titel");
    type(names()[0] as HTMLElement, "Situationsplan.pdf");
    act(() => stage.turnTo(mail("b")));
    await waitFor(async () => expect((await titleField()).value).toBe("Foreslået titel"));
    act(() => stage.turnTo(mail("a")));
    await waitFor(async () => expect((await titleField()).value).toBe("Min titel"));
    expect(names()[0]?.value).toBe("Situationsplan.pdf");
  });

  it("a mail that was seen before shows at once how it stands", () => {
    const stage = new Stage(mail("a"));
    stage.lookups["a"] = () => new Promise(() => undefined);
    const app = stage.app();
    app.seen.put("a", { found: found("a", [entryOn(2)]), suggestions: null });
    show(stage, pane, app);
    expect(screen.getByText("Ligger på 2024-00002 Sag 2")).toBeTruthy();
  });

  it("no mail at all has a face of its own", () => {
    show(new Stage(null), pane);
    expect(screen.getByText("Vælg en mail")).toBeTruthy();
  });
});

describe("fifty attachments", () => {
  const files = Array.from({ length: 50 }, (_, at) => `Bilag ${at + 1}.pdf`);

  it("are five at first, and all of them are filed", async () => {
    const stage = new Stage(mail("a", { attachments: files }));
    stage.suggestions = suggestionsWith(files);
    show(stage, pane);
    fireEvent.click((await cards())[0] as HTMLElement);
    expect(names().length).toBe(5);
    await screen.findByText("Mailen med 50 vedhæftninger");
  });

  it("never hide one whose name is wrong", async () => {
    const stage = new Stage(mail("a", { attachments: files }));
    stage.suggestions = suggestionsWith([...files.slice(0, 49), "Bilag 1.pdf"]);
    show(stage, pane);
    await cards();
    expect(names().map((field) => field.value)).toContain("Bilag 1.pdf");
    expect(names().length).toBe(6);
  });
});

it("a mail that hardly belongs on a case says why", async () => {
  const stage = new Stage(mail("a"));
  stage.suggestions = { ...suggestionsWith([], [caseOf(3)]), for_a_case: { probability: 10, reasons: [{ kind: "kind_newsletter", for_a_case: false, text: "Nyhedsbrev" }] } };
  show(stage, pane);
  await screen.findByText("Mailen hører næppe til en sag: Nyhedsbrev");
});

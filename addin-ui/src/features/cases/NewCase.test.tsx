import { act, cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Problem } from "../../api/problem";
import { mail, show, Stage } from "../../testing/app";
import { ReadPane } from "../journal/ReadPane";

const pane = <ReadPane undoHours={24} />;
const titleField = () => screen.findByLabelText<HTMLInputElement>("Sagens titel");
const type = (field: HTMLElement, value: string) => fireEvent.change(field, { target: { value } });

async function opened(stage: Stage) {
  show(stage, pane);
  fireEvent.click(await screen.findByText("Ny sag"));
  return titleField();
}

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe("a new case", () => {
  it("is made of what the mail tells, and the mail is filed on it", async () => {
    const stage = new Stage(mail("a"));
    await opened(stage);
    fireEvent.click(screen.getByText("Opret sag og journalisér"));
    await screen.findByText("Journaliseret på 2024-00007 Sag 7");
    expect(stage.made[0]?.wish).toMatchObject({ title: "Foreslået sag", mail_id: "m-a", parties: [{ name: "Ole Hansen" }] });
    expect(stage.filed.map(({ wish }) => wish.case_id)).toEqual(["c7"]);
  });

  it("begins as another case: its number and responsible are taken over, its parties wait to be chosen", async () => {
    const stage = new Stage(mail("a"));
    await opened(stage);
    fireEvent.change(screen.getByLabelText("Begynd ud fra"), { target: { value: "case:c4" } });
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("KLE-nummer").value).toBe("02.34.02"));
    expect(stage.models.at(-1)).toEqual({ like: "c4" });
    const party = await screen.findByLabelText<HTMLInputElement>("Gerda Holm");
    expect(party.checked).toBe(false);
    fireEvent.click(party);
    fireEvent.click(screen.getByText("Opret sag og journalisér"));
    await waitFor(() => expect(stage.made).toHaveLength(1));
    expect(stage.made[0]?.wish).toMatchObject({ kle: "02.34.02", responsible: "carl", parties: [{ name: "Ole Hansen" }, { name: "Gerda Holm" }] });
  });

  it("begins as a template, and keeps the title that was typed", async () => {
    const stage = new Stage(mail("a"));
    stage.templates = [{ name: "Byggesag", access: { code: "open" } }];
    type(await opened(stage), "Min sag");
    await screen.findByText("Byggesag");
    fireEvent.change(screen.getByLabelText("Begynd ud fra"), { target: { value: "template:Byggesag" } });
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("KLE-nummer").value).toBe("02.34.02"));
    expect((await titleField()).value).toBe("Min sag");
    expect(stage.models.at(-1)).toEqual({ template: "Byggesag" });
  });

  it("is not made with a KLE number that is none", async () => {
    const stage = new Stage(mail("a"));
    await opened(stage);
    type(screen.getByLabelText("KLE-nummer"), "01.02");
    await screen.findByText("Et KLE-nummer skrives HH.GG.EE, fx 01.02.05.");
    fireEvent.click(screen.getByText("Opret sag og journalisér"));
    expect(stage.made).toEqual([]);
  });

  it("has the same key when it is tried again unchanged", async () => {
    const stage = new Stage(mail("a"));
    await opened(stage);
    stage.refuse = new Problem({ status: 500, type: "/problems/internal", title: "Der skete en fejl hos os" });
    for (const times of [1, 2]) {
      fireEvent.click(screen.getByText("Opret sag og journalisér"));
      await waitFor(() => expect(stage.made).toHaveLength(times));
      await screen.findByText("Der skete en fejl hos os");
    }
    expect(new Set(stage.made.map(({ key }) => key)).size).toBe(1);
  });

  it("is as it was typed when one comes back from another mail", async () => {
    const stage = new Stage(mail("a"));
    type(await opened(stage), "Min sag");
    act(() => stage.turnTo(mail("b")));
    await screen.findByText("Ny sag");
    act(() => stage.turnTo(mail("a")));
    expect((await titleField()).value).toBe("Min sag");
  });
});

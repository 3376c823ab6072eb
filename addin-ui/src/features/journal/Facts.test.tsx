import { cleanup, fireEvent, screen, waitFor } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { mail, show, Stage, suggestionsWith } from "../../testing/app";
import { ReadPane } from "./ReadPane";

const pane = <ReadPane undoHours={24} />;

async function opened(stage: Stage) {
  show(stage, pane);
  fireEvent.click(await screen.findByText("Flere oplysninger"));
  await screen.findByText("Sagens KLE-nummer");
}

const first = () => document.querySelector<HTMLElement>("[data-card='1']") ?? document.body;
const fileOnFirst = () => fireEvent.click(first());
const sent = async (stage: Stage) => {
  fileOnFirst();
  await waitFor(() => expect(stage.filed).toHaveLength(1));
  return stage.filed[0]?.wish;
};

beforeEach(() => localStorage.clear());
afterEach(cleanup);

describe("more of a mail that is filed", () => {
  it("is not sent when it was only looked at", async () => {
    const stage = new Stage(mail("a"));
    await opened(stage);
    expect(await sent(stage)).toEqual({ mail_id: "m-a", case_id: "c1" });
  });

  it("sends the parties that stay ticked", async () => {
    const stage = new Stage(mail("a"));
    await opened(stage);
    fireEvent.click(screen.getByLabelText("Ole Hansen"));
    expect(await sent(stage)).toMatchObject({ parties: [] });
  });

  it("sends the KLE number that was chosen for a case without one", async () => {
    const stage = new Stage(mail("a"));
    await opened(stage);
    fireEvent.click(screen.getByText("01.02.05 Emne"));
    expect(await sent(stage)).toMatchObject({ case_kle: "01.02.05" });
  });

  it("asks for no KLE number when every case that is suggested has one", async () => {
    const stage = new Stage(mail("a"));
    const cases = stage.suggestions.cases.map((one) => ({ ...one, kle: "27.00.00" }));
    stage.suggestions = { ...stage.suggestions, cases };
    await opened(stage);
    expect(screen.getByText("2024-00001: 27.00.00")).toBeTruthy();
    expect(screen.queryByText("01.02.05 Emne")).toBeNull();
  });

  it("sends no deadline when the one that the mail names is cleared", async () => {
    const stage = new Stage(mail("a"));
    stage.suggestions = { ...suggestionsWith(), task_date: { date: "2026-05-20", sentence: "Svar senest den 20. maj.", attachment: null, evidence: { kind: "deadline_in_mail", text: "" } } };
    await opened(stage);
    const field = screen.getByLabelText<HTMLInputElement>("Frist");
    expect(field.value).toBe("2026-05-20");
    fireEvent.change(field, { target: { value: "" } });
    expect(await sent(stage)).toMatchObject({ deadline: null });
  });
});

describe("following the conversation", () => {
  it("is not offered where the service does not follow", async () => {
    const stage = new Stage(mail("a"));
    await opened(stage);
    expect(screen.queryByRole("switch")).toBeNull();
  });

  it("is sent with the filing when it was switched", async () => {
    const stage = new Stage(mail("a"));
    stage.follows = "ask";
    await opened(stage);
    fireEvent.click(await screen.findByRole("switch"));
    expect(await sent(stage)).toMatchObject({ follow: true });
  });

  it("is ended for a mail that is filed", async () => {
    const stage = new Stage(mail("a"));
    stage.follows = "on";
    stage.following = { following: true, case_id: "c1" };
    show(stage, pane);
    await screen.findByRole("switch");
    fileOnFirst();
    const turned = await screen.findByLabelText<HTMLInputElement>(/^Tråden følges/);
    fireEvent.click(turned);
    await waitFor(() => expect(stage.following.following).toBe(false));
  });
});

describe("the mailbox of another", () => {
  it("is said, and whose act it is", async () => {
    const stage = new Stage(mail("a"));
    stage.owner = "teknik@egelund.example";
    show(stage, pane);
    await screen.findByText("Postkasse: teknik@egelund.example – i dit navn");
  });
});

describe("the focus", () => {
  it("stands on the status when a filing was taken back", async () => {
    const stage = new Stage(mail("a"));
    show(stage, pane);
    await waitFor(() => expect(first()).not.toBe(document.body));
    fileOnFirst();
    fireEvent.click(await screen.findByText("Fortryd"));
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Ikke journaliseret"));
  });

  it("is back on the button when one leaves the form for a new case", async () => {
    show(new Stage(mail("a")), pane);
    fireEvent.click(await screen.findByText("Ny sag"));
    await screen.findByLabelText("Sagens titel");
    fireEvent.click(screen.getByText("Tilbage"));
    await waitFor(() => expect(document.activeElement?.textContent).toBe("Ny sag"));
  });
});

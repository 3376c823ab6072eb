// Every view of the add-in and every state it can be in, each brought about as in life: for looking at them (views.test.mjs), and
// for taking their pictures (pictures.mjs).
import { execFileSync } from "node:child_process";
import path from "node:path";
import { api, outlook, until } from "./demo.mjs";

// What pictures are taken in. The pane of the stand-in is 352 px wide.
export const LOOKS = [
  { look: "light", theme: "light" },
  { look: "dark", theme: "dark" },
  { look: "contrast", theme: "contrast" },
  { look: "320", theme: "light", width: 320 },
];

const MAIL = "Tilbygning og carport";
const CASE = "2024-00204";

const openMailbox = async (page, name) => {
  await page.locator(".folders li button", { hasText: name }).click();
  await page.locator(".mails h2", { hasText: name }).waitFor();
  await page.locator(".mails li button").first().waitFor();
};

async function openPane(page, id) {
  await page.locator(`[data-command="${id}"]`).click();
  const frame = await (await page.locator(".pane iframe").elementHandle()).contentFrame();
  await frame.waitForFunction(() => Boolean(self.Office?.context?.mailbox));
  return frame;
}

async function openMail(page, mailbox, subject) {
  await openMailbox(page, mailbox);
  await page.locator(".mails li button", { hasText: subject }).first().click();
  await page.locator(".head h2", { hasText: subject }).waitFor();
}

async function beside(page, mailbox = "teknik-miljoe", subject = MAIL) {
  await openMail(page, mailbox, subject);
  return openPane(page, "choose");
}

// With its suggestions.
async function suggested(page) {
  const pane = await beside(page);
  await pane.locator("[data-card='1']").waitFor();
  return pane;
}

async function more(page) {
  const pane = await suggested(page);
  await pane.getByRole("button", { name: "Flere oplysninger" }).click();
  await pane.getByText("Sagens KLE-nummer").waitFor();
  return pane;
}

async function newCase(page) {
  const pane = await suggested(page);
  await pane.getByRole("button", { name: "Ny sag" }).click();
  await pane.getByLabel("Begynd ud fra").waitFor();
  await pane.getByRole("option", { name: "Byggesag", exact: true }).waitFor({ state: "attached" });
  return pane;
}

async function write(page) {
  await openMailbox(page, "birthe.lund");
  await page.locator("#new").click();
  await page.locator("#to").fill("lars.oestergaard@borger.example");
  await page.locator("#subject").fill(MAIL);
}

async function composed(page) {
  await write(page);
  const pane = await openPane(page, "compose");
  await pane.locator("[data-card='1']").waitFor();
  return pane;
}

const json = (method, body, more = {}) => ({ method, headers: { "Content-Type": "application/json", ...more }, body: JSON.stringify(body) });

// The id of the open mail, by the mark that the list has.
async function mailId(page) {
  return page.locator(".mails li[data-chosen]:not([data-chosen=false])").first().getAttribute("data-mail");
}

async function caseId(page) {
  return (await api(page, `/cases?q=${CASE}`)).items[0].id;
}

const undoAll = async (page) => {
  const id = await mailId(page);
  const { entries } = await api(page, `/mails/${id}`);
  for (const entry of entries ?? []) await api(page, `/journal/${entry.entry_id ?? entry.id}`, { method: "DELETE" });
};

const root = path.resolve(import.meta.dirname, "../..");
const sagspost = (demo, ...words) => execFileSync(path.resolve(root, process.env.DEMO_BINARY ?? "target/debug/sagspost"), ["--config", path.join(demo.home, "sagspost.toml"), ...words]);

// name: the picture's; `show` leaves the page in the view and answers with the pane; `after` undoes what it took.
export const VIEWS = [
  { name: "forslag", show: suggested },
  { name: "flere-oplysninger", show: more },
  {
    name: "soegning",
    show: async (page) => {
      const pane = await suggested(page);
      await pane.getByRole("searchbox").fill("byggesag");
      await pane.locator("[data-result]").first().waitFor();
      return pane;
    },
  },
  { name: "ny-sag", show: newCase },
  {
    name: "ny-sag-som",
    show: async (page) => {
      const pane = await newCase(page);
      await pane.getByLabel("Begynd ud fra").selectOption({ label: "2023-00455 Byggesag: udestue, Bøgevej 14" });
      await pane.getByText("Part på den sag, der begyndes som").first().waitFor();
      return pane;
    },
  },
  {
    name: "journaliseret",
    show: async (page) => {
      const pane = await suggested(page);
      await pane.locator("[data-card='1']").click();
      await pane.getByRole("button", { name: /^Fortryd/ }).waitFor();
      return pane;
    },
    after: undoAll,
  },
  {
    name: "ikke-overvaaget",
    show: async (page) => {
      const pane = await beside(page, "Ikke overvåget", "overkoersel");
      await pane.getByRole("main").getByText("følger").first().waitFor();
      await pane.getByRole("button", { name: "Prøv igen" }).waitFor();
      return pane;
    },
  },
  {
    name: "krypteret",
    show: async (page) => {
      const pane = await beside(page, "Ikke overvåget", "Sikker mail");
      await pane.getByText("Mailen er krypteret").waitFor();
      await pane.getByRole("button", { name: "Prøv igen" }).waitFor();
      return pane;
    },
  },
  {
    name: "50-bilag",
    // Sent in first: what no mailbox holds has no attachments to choose.
    show: async (page) => {
      const pane = await beside(page, "Ikke overvåget", "Billeder fra tilsyn");
      const send = pane.getByRole("button", { name: "Send mailen til Sagspost uden at vælge sag" });
      await send.or(pane.getByText("af 50 valgt")).first().waitFor();
      if (await send.isVisible()) await send.click();
      await pane.getByText("af 50 valgt").waitFor();
      return pane;
    },
  },
  {
    name: "flere-mails",
    show: async (page) => {
      await openMailbox(page, "teknik-miljoe");
      for (const at of [0, 1, 2]) await page.locator(".mails label input").nth(at).check();
      const pane = await openPane(page, "several");
      await pane.getByRole("button", { name: /^Journalisér \d/ }).waitFor();
      return pane;
    },
  },
  { name: "send-og-journaliser", user: "Birthe Lund", show: composed },
  {
    name: "sag-valgt",
    user: "Birthe Lund",
    show: async (page) => {
      const pane = await composed(page);
      await pane.locator("[data-card='1']").click();
      await pane.getByRole("button", { name: "Fjern sagen" }).waitFor();
      return pane;
    },
  },
  {
    name: "indsaet-fra-sag",
    user: "Birthe Lund",
    show: async (page) => {
      await write(page);
      const pane = await openPane(page, "insert");
      await pane.getByRole("searchbox").fill("2024-00");
      await pane.locator("[data-result]").first().waitFor();
      return pane;
    },
  },
  {
    name: "indlaeser",
    show: async (page) => {
      await page.route("**/api/v1/messages/lookup", () => undefined);
      const pane = await beside(page);
      await pane.locator("[aria-busy=true]").waitFor();
      return pane;
    },
  },
  {
    name: "ikke-logget-ind",
    show: async (page) => {
      await openMail(page, "teknik-miljoe", MAIL);
      await page.evaluate(() => sessionStorage.removeItem("sagspost.token"));
      const pane = await openPane(page, "choose");
      await pane.getByText("Du er ikke logget ind").waitFor();
      return pane;
    },
  },
  {
    name: "svarer-ikke",
    show: async (page) => {
      await page.route(/api\/v1\/(messages|suggestions)/, (route) => route.abort());
      const pane = await beside(page);
      await pane.getByText("Sagspost svarer ikke").waitFor();
      return pane;
    },
  },
  {
    name: "venter-paa-forbindelse",
    show: async (page) => {
      const pane = await suggested(page);
      await page.route(/api\/v1\//, (route) => route.abort());
      await pane.locator("[data-card='1']").click();
      await pane.getByRole("heading", { name: "Venter på forbindelse" }).waitFor();
      return pane;
    },
  },
  {
    name: "ingen-adgang",
    user: "Birthe Lund",
    show: async (page, demo) => {
      await openMailbox(page, "birthe.lund");
      await page.locator(".mails li button").first().click();
      await page.locator(".head h2").waitFor();
      sagspost(demo, "user", "disable", "birthe.lund");
      const pane = await openPane(page, "choose");
      await pane.getByText("Du har ikke adgang").waitFor();
      return pane;
    },
    after: async (page, demo) => sagspost(demo, "user", "enable", "birthe.lund"),
  },
  {
    name: "sag-lukket-imens",
    show: async (page) => {
      const pane = await suggested(page);
      await api(page, `/cases/${await caseId(page)}`, json("PATCH", { status: "closed" }));
      await pane.locator("[data-card='1']").click();
      await pane.getByRole("alert").waitFor();
      return pane;
    },
    after: async (page) => api(page, `/cases/${await caseId(page)}`, json("PATCH", { status: "open" })),
  },
  {
    name: "en-anden-var-hurtigere",
    show: async (page) => {
      const pane = await suggested(page);
      const wish = { mail_id: await mailId(page), case_id: await caseId(page) };
      await api(page, "/journal", json("POST", wish, { "Idempotency-Key": crypto.randomUUID() }));
      await pane.locator("[data-card='1']").click();
      await pane.getByRole("alert").waitFor();
      await pane.getByText(/^Ligger på/).waitFor();
      return pane;
    },
    after: undoAll,
  },
];

// A page of its own, in the view.
export async function shown(browser, demo, view, { theme = "light", width, height = 900 } = {}) {
  const page = await outlook(browser, demo, { user: view.user ?? "Karen Holm", height, reducedMotion: "reduce" });
  page.inTheme = "light";
  const pane = await view.show(page, demo);
  await inTheme(page, pane, theme);
  if (width) await wide(page, width);
  return { page, pane };
}

const background = (pane) => pane.evaluate(() => getComputedStyle(document.querySelector("#pane > div")).getPropertyValue("--colorNeutralBackground1"));
const isStill = (pane) => pane.evaluate(() => document.getAnimations().every((one) => one.playState !== "running" || one.effect.getTiming().iterations === Infinity));

// Back when the pane has taken the theme on, and nothing fades any more. High contrast is the system's, as in life.
export async function inTheme(page, pane, theme) {
  if (theme === page.inTheme) return;
  page.inTheme = theme;
  const before = await background(pane);
  await page.locator("#theme").selectOption(theme);
  await page.emulateMedia({ forcedColors: theme === "contrast" ? "active" : "none" });
  await until(`the ${theme} theme`, async () => await background(pane) !== before && await isStill(pane));
}

// As a person drags the pane's edge.
export async function wide(page, width) {
  await page.locator(".pane").evaluate((pane, width) => { pane.style.width = `${width}px`; }, width);
}

export async function left(view, page, demo) {
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await view.after?.(page, demo);
  await page.context().close();
}

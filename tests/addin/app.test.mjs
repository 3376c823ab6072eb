// The web app as a registrar meets it: real Sagspost, real mailboxes, real Chromium, and the keyboard.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBrowser, startDemo, until, violations } from "./demo.mjs";

let demo;
let browser;
before(async () => { demo = await startDemo(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await demo?.stop(); });

const tokenOf = (user) => demo.link(user).match(/token=(\S+)/)[1];

// The app, signed in, at the queue.
async function desk({ user = "Karen Holm", language = "da-DK", width = 1300, height = 900, at = "", ...look } = {}) {
  const context = await browser.newContext({ locale: language, viewport: { width, height }, ...look });
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("console", (told) => { if (told.type() === "error" && /Content Security Policy|Uncaught/.test(told.text())) page.problems.push(told.text()); });
  await page.goto(`${demo.origin}/app#token=${tokenOf(user)}`);
  if (at) await page.goto(`${demo.origin}/app#/queue?${at}`);
  await page.locator("[data-row]").first().waitFor();
  return page;
}

async function close(page) {
  assert.deepEqual(page.problems, []);
  await page.context().close();
}

// What the service says to a person.
async function api(user, path, { method = "GET", body, headers } = {}) {
  const response = await fetch(`${demo.origin}/api/v1${path}`, { method, headers: { Authorization: `Bearer ${tokenOf(user)}`, ...(body ? { "Content-Type": "application/json" } : {}), ...headers }, body: body && JSON.stringify(body) });
  return response.status === 204 ? null : response.json();
}
const mail = (id) => api("Karen Holm", `/mails/${id}`);
const waits = async (id) => (await api("Karen Holm", `/queue?mails=${id}`)).items[0];

// Goes down with the keyboard to the first mail that still waits and fits, and looks at it.
async function goTo(page, fits = () => true) {
  for (let at = 0; at < 80; at += 1) {
    await page.keyboard.press("j");
    const row = page.locator("[data-row]:has([aria-current=true])");
    const id = await row.getAttribute("data-row");
    const item = await waits(id);
    if ((await row.getAttribute("data-state")) === "waiting" && item && !item.assignee && fits(item)) return item;
  }
  throw new Error("the demo has no more such mails");
}
const hasSuggestion = (item) => item.suggestions.length > 0 && item.suggestions[0].confidence >= 75;
const row = (page, id) => page.locator(`[data-row="${id}"]`);
const inState = (page, id, state) => page.locator(`[data-row="${id}"][data-state="${state}"]`).waitFor();
const told = (page) => page.locator("[aria-live=polite]").filter({ hasText: /\S/ }).first();

test("a mail is filed with one key, the next one is looked at, and u takes it back", async () => {
  const page = await desk();
  const item = await goTo(page, hasSuggestion);
  await page.keyboard.press("1");
  await inState(page, item.id, "filed");
  assert.equal((await mail(item.id)).entries[0].case_number, item.suggestions[0].number);
  const current = await page.locator("[data-row]:has([aria-current=true])").getAttribute("data-row");
  assert.notEqual(current, item.id);
  assert.equal(await page.evaluate(() => document.activeElement.closest("[data-row]")?.dataset.row), current, "the keyboard goes along");
  await page.keyboard.press("u");
  await inState(page, item.id, "waiting");
  assert.deepEqual((await mail(item.id)).entries, []);
  await close(page);
});

test("the second suggestion is filed on with 2", async () => {
  const page = await desk();
  const item = await goTo(page, (one) => one.suggestions.length > 1);
  await page.keyboard.press("2");
  await inState(page, item.id, "filed");
  assert.equal((await mail(item.id)).entries[0].case_number, item.suggestions[1].number);
  await page.keyboard.press("u");
  await inState(page, item.id, "waiting");
  await close(page);
});

test("any other case is searched for and chosen without the mouse", async () => {
  const page = await desk();
  const item = await goTo(page);
  await page.keyboard.press("s");
  await page.getByRole("dialog").getByRole("searchbox").fill("2024-00204");
  await page.waitForFunction(() => document.querySelectorAll("[data-result]").length === 1);
  await page.keyboard.press("Enter");
  await inState(page, item.id, "filed");
  assert.equal((await mail(item.id)).entries[0].case_number, "2024-00204");
  await page.keyboard.press("u");
  await inState(page, item.id, "waiting");
  await close(page);
});

test("several that are selected are filed at once, each on its own suggestion, and taken back at once", async () => {
  const page = await desk();
  const items = [];
  for (let at = 0; at < 3; at += 1) {
    items.push(await goTo(page, hasSuggestion));
    await page.keyboard.press("x");
  }
  await page.getByRole("heading", { name: "3 mails valgt" }).waitFor();
  await page.keyboard.press("1");
  for (const item of items) {
    await inState(page, item.id, "filed");
    assert.equal((await mail(item.id)).entries[0].case_number, item.suggestions[0].number);
  }
  await page.keyboard.press("u");
  for (const item of items) await inState(page, item.id, "waiting");
  for (const item of items) assert.deepEqual((await mail(item.id)).entries, []);
  await close(page);
});

test("a mail is given to a colleague, who sees it by that, and is taken back", async () => {
  const page = await desk();
  const item = await goTo(page, (one) => one.mailboxes.every((mailbox) => mailbox.name === "teknik-miljoe"));
  await page.keyboard.press("a");
  await page.getByRole("dialog").getByRole("searchbox").fill("nadia");
  await page.getByRole("dialog").getByRole("button", { name: /Nadia Friis/ }).waitFor();
  await page.keyboard.press("Enter");
  await row(page, item.id).getByText("Hos Nadia Friis").waitFor();
  assert.equal((await waits(item.id)).assignee.who, "user:nadia.friis");
  await page.keyboard.press("u");
  await row(page, item.id).getByText("Hos Nadia Friis").waitFor({ state: "detached" });
  assert.equal((await waits(item.id)).assignee, null);
  await page.keyboard.press("k");
  await close(page);
});

test("a mail is put off until tomorrow and brought back", async () => {
  const page = await desk();
  const item = await goTo(page);
  await page.keyboard.press("z");
  await page.getByRole("dialog").getByRole("button", { name: /I morgen tidlig/ }).click();
  await inState(page, item.id, "snoozed");
  assert.equal(new Date((await waits(item.id)).snoozed.until).getHours(), 8);
  assert.equal((await api("Karen Holm", "/queue?limit=200")).items.some((one) => one.id === item.id), false);
  await page.keyboard.press("u");
  await inState(page, item.id, "waiting");
  assert.equal((await waits(item.id)).snoozed, null);
  await close(page);
});

test("a mail that belongs on no case leaves with n and comes back at its own button", async () => {
  const page = await desk();
  const item = await goTo(page);
  await page.keyboard.press("n");
  await inState(page, item.id, "aside");
  assert.ok((await mail(item.id)).not_for_a_case);
  await row(page, item.id).getByRole("button", { name: /Fortryd/ }).click();
  await inState(page, item.id, "waiting");
  assert.equal((await mail(item.id)).not_for_a_case, undefined);
  await close(page);
});

test("what others do is told where it stands, and moves nothing", async () => {
  const page = await desk();
  const item = await goTo(page, (one) => hasSuggestion(one) && one.mailboxes.some((mailbox) => mailbox.name === "teknik-miljoe"));
  const places = () => page.locator("[data-row]").evaluateAll((rows) => rows.map((one) => [one.dataset.row, one.getBoundingClientRect().top]));
  const before = await places();
  const body = { mail_id: item.id, case_id: item.suggestions[0].case_id };
  const entry = await api("Birthe Lund", "/journal", { method: "POST", body, headers: { "Idempotency-Key": "others-1" } });
  await inState(page, item.id, "filed");
  await row(page, item.id).getByText("birthe.lund").waitFor();
  assert.deepEqual(await places(), before);
  await api("Birthe Lund", `/journal/${entry.id}`, { method: "DELETE" });
  await inState(page, item.id, "waiting");
  // What comes in waits above the list until it is asked for.
  const raw = `Message-ID: <live-${Date.now()}@x.example>\r\nFrom: Gerda Borger <gerda@borger.example>\r\nTo: karen.holm@egelund-kommune.example\r\nDate: ${new Date().toUTCString()}\r\nSubject: Nyt brev\r\n\r\nGod dag.\r\n`;
  await fetch(`${demo.origin}/api/v1/mails`, { method: "POST", headers: { Authorization: `Bearer ${tokenOf("Karen Holm")}`, "Content-Type": "message/rfc822" }, body: raw });
  const fresh = page.getByRole("button", { name: "Vis 1 ny" });
  await fresh.waitFor();
  assert.deepEqual((await places()).map(([id]) => id), before.map(([id]) => id));
  await fresh.click();
  await page.locator("[data-row]", { hasText: "Nyt brev" }).waitFor();
  await close(page);
});

test("while the service is away nothing is lost, and what was pressed is done once when it is back", async () => {
  const page = await desk();
  const item = await goTo(page, hasSuggestion);
  await page.route("**/api/v1/journal", (route) => route.abort());
  await page.keyboard.press("1");
  await row(page, item.id).getByText("Sagspost svarer ikke").waitFor();
  assert.deepEqual((await mail(item.id)).entries, []);
  await page.unroute("**/api/v1/journal");
  await page.keyboard.press("k");
  await page.keyboard.press("1");
  await inState(page, item.id, "filed");
  assert.equal((await mail(item.id)).entries.length, 1);
  await page.keyboard.press("u");
  await inState(page, item.id, "waiting");

  await page.route("**/api/v1/**", (route) => route.abort());
  await page.reload();
  await page.getByRole("heading", { name: "Sagspost svarer ikke" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.unroute("**/api/v1/**");
  await page.locator("[data-row]").first().waitFor();
  await close(page);
});

test("who is not signed in is shown the way in", async () => {
  const context = await browser.newContext({ locale: "da-DK" });
  const page = await context.newPage();
  await page.goto(`${demo.origin}/app`);
  await page.getByRole("heading", { name: "Du er ikke logget ind" }).waitFor();
  assert.deepEqual(await violations(page), []);
  const link = page.getByRole("link", { name: "Log ind" });
  if (await link.count()) assert.equal(await link.getAttribute("href"), "/auth/sign-in?return_to=%2Fapp");
  await context.close();
});

test("filters stand in the address, where a link finds them again, but no person's number", async () => {
  const page = await desk({ at: "order=oldest" });
  const items = (await api("Karen Holm", "/queue?oldest_first=true&limit=1")).items;
  assert.equal(await page.locator("[data-row]").first().getAttribute("data-row"), items[0].id);
  await page.getByRole("button", { name: "Over fristen" }).click();
  await page.waitForFunction(() => location.hash.includes("overdue=1"));
  await page.getByRole("searchbox", { name: "Søg i mails" }).fill("310299-9999");
  await page.getByRole("heading", { name: "Ingen mails passer" }).waitFor();
  assert.doesNotMatch(page.url(), /9999/);
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Vis alle" }).click();
  await page.locator("[data-row]").first().waitFor();
  assert.equal(new URL(page.url()).hash, "#/queue");
  await close(page);
});

test("an empty queue says so", async () => {
  const page = await desk();
  await page.route("**/api/v1/queue?*", async (route) => route.fulfill({ json: { items: [], next_cursor: null, built_percent: 100 } }));
  await page.reload();
  await page.getByRole("heading", { name: "Køen er tom" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await close(page);
});

for (const [name, look] of [["light", {}], ["dark", { colorScheme: "dark" }], ["high contrast", { forcedColors: "active" }], ["320 pixels", { width: 320, height: 640 }], ["English", { language: "en-GB" }]]) {
  test(`every face of the queue is accessible: ${name}`, async () => {
    const page = await desk(look);
    const isNarrow = look.width === 320;
    // Where the system chooses the colours, they are not ours to measure.
    const broken = async () => (await violations(page)).filter((one) => !look.forcedColors || !one.startsWith("color-contrast"));
    assert.deepEqual(await broken(), [], "the list");
    const fits = async (what) => { if (isNarrow) assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= 320), `${what} is no wider than the screen`); };
    await fits("the list");
    if (isNarrow) await page.getByRole("button", { name: "Filtre" }).click();
    await fits("the filters");
    await page.locator("[data-row] > button").first().click();
    await page.locator("article iframe").waitFor();
    assert.deepEqual(await broken(), [], "a mail");
    await fits("a mail");
    await page.keyboard.press("Escape");
    for (const key of ["s", "a", "z", "?"]) {
      await page.keyboard.press(key);
      await page.getByRole("dialog").waitFor();
      await page.getByRole("dialog").getByRole("button").first().waitFor();
      assert.deepEqual(await broken(), [], `what ${key} asks`);
      await fits(`what ${key} asks`);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
    // What a dialog hides from those who listen is theirs again.
    await page.locator("#app:not([aria-hidden])").waitFor();
    await page.keyboard.press("x");
    assert.deepEqual(await broken(), [], "with a selection");
    await fits("a selection");
    await close(page);
  });
}

test("at 320 pixels a mail is read, filed and taken back, and the list is found again", async () => {
  const page = await desk({ width: 320, height: 640 });
  const [item] = (await api("Karen Holm", "/queue?limit=50")).items.filter((one) => hasSuggestion(one) && !one.assignee);
  await row(page, item.id).locator("button").first().click();
  await page.locator(`[data-reading="${item.id}"] [data-card="1"]`).click();
  await page.locator(`[data-reading="${item.id}"]`, { hasText: "Journaliseret på" }).waitFor();
  await page.locator(`[data-reading="${item.id}"]`).getByRole("button", { name: "Fortryd" }).click();
  await page.locator(`[data-reading="${item.id}"] [data-card="1"]`).waitFor();
  await page.getByRole("button", { name: "Til listen" }).click();
  await row(page, item.id).waitFor();
  assert.deepEqual((await mail(item.id)).entries, []);
  await close(page);
});

test("single letters do nothing once they are switched off", async () => {
  const page = await desk();
  const item = await goTo(page, hasSuggestion);
  await page.keyboard.press("?");
  await page.getByRole("checkbox", { name: /enkelte bogstaver/ }).uncheck();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  for (const key of ["1", "n", "x"]) await page.keyboard.press(key);
  await page.keyboard.press("?");
  await page.getByRole("checkbox", { name: /enkelte bogstaver/ }).check();
  assert.equal((await waits(item.id)).id, item.id);
  assert.equal(await row(page, item.id).getAttribute("data-state"), "waiting");
  await close(page);
});

test("a rule is written, read aloud, tried on past mail, kept and switched to shadow", async () => {
  const page = await desk();
  await page.getByRole("link", { name: "Regler" }).click();
  await page.getByRole("button", { name: "Ny regel" }).click();
  await page.getByRole("textbox", { name: "Navn" }).fill("Hegn i køen");
  const condition = page.getByRole("group", { name: "Betingelse 1" });
  await condition.getByLabel("Værdi").fill("hegn");
  const action = page.getByRole("group", { name: "Handling 1" });
  await action.getByLabel("Hvad der gøres").selectOption({ label: "mærk den" });
  await action.getByRole("textbox").fill("hegn");
  await page.getByRole("status", { name: "Reglen læst højt" }).filter({ hasText: "mærk den »hegn«" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Prøv på gamle mails" }).click();
  await page.getByRole("button", { name: "Prøv", exact: true }).click();
  await page.getByRole("paragraph").filter({ hasText: /mails på .* s: \d+ ramt/ }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.getByRole("button", { name: "Til reglerne" }).click();
  await page.getByRole("button", { name: "Gem" }).click();
  const mode = page.getByLabel("Tilstand for Hegn i køen");
  await mode.selectOption({ label: "Kun på prøve" });
  await page.getByRole("status").filter({ hasText: "Hegn i køen: Kun på prøve" }).waitFor();
  const kept = (await api("Karen Holm", "/rules")).items.find((rule) => rule.name === "Hegn i køen");
  assert.equal(kept.mode, "shadow");
  assert.deepEqual(await violations(page), []);
  await page.setViewportSize({ width: 320, height: 800 });
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= 320), true, "no sideways scrolling");
  await close(page);
});

test("what is wrong with a rule is told at its place, in the reader's language", async () => {
  const page = await desk();
  await page.getByRole("link", { name: "Regler" }).click();
  await page.getByRole("button", { name: "Ny regel" }).click();
  await page.getByRole("button", { name: "Skriv som tekst" }).click();
  await page.getByRole("textbox", { name: "Reglen som tekst" }).fill('[[rule]]\nname = "Forkert"\nwhen.emne.word = "hegn"\nthen.tag = "x"\n');
  await page.getByRole("button", { name: "Gem" }).click();
  await page.getByText(/Linje 3, tegn \d+/).waitFor();
  await close(page);
});

// The add-in as a person meets it: real Sagspost, real mailboxes, real Chromium, and a page that stands in for Outlook.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, outlook, startBrowser, startDemo, until, violations } from "./demo.mjs";

let demo;
let browser;
before(async () => { demo = await startDemo(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await demo?.stop(); });

const MARK = "$Journaliseret";

// Opens a mailbox, and in it the first mail that `fits`.
async function openMailbox(page, name) {
  await page.locator(".folders li button", { hasText: name }).click();
  await page.locator(".mails h2", { hasText: name }).waitFor();
}
async function openMail(page, subject) {
  await page.locator(".mails li button", { hasText: subject }).first().click();
  await page.locator(".head h2", { hasText: subject }).waitFor();
}
const command = (page, id) => page.locator(`[data-command="${id}"]`);
const lookup = (page, id) => api(page, "/messages/lookup", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ message_id: id }) });
const paneOf = async (page) => (await page.locator(".pane iframe").elementHandle()).contentFrame();

// Opens the pane by its button, once its Office.js is there.
async function openPane(page, id) {
  await command(page, id).click();
  const frame = await paneOf(page);
  await frame.waitForFunction(() => Boolean(self.Office?.context?.mailbox));
  return frame;
}

// A mail that nobody has filed yet, and of which the service says what is asked for; each test takes one of its own.
const taken = new Set();
async function aMail(page, fits) {
  const { items } = await api(page, "/mails?journaled=false&suggest=true&limit=200");
  const suggestions = (mail) => api(page, "/suggestions", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ mail_id: mail.id }) });
  const mailboxes = await api(page, "/mailboxes");
  for (const mail of items.filter((one) => one.message_id && !taken.has(one.id))) {
    if (!fits(await suggestions(mail))) continue;
    taken.add(mail.id);
    const { id, name } = await ownerOf(page, mailboxes, mail);
    if (id) return { ...mail, mailbox: name };
  }
  throw new Error("the demo has no more such mails");
}
// One that the ribbon's button files without asking.
const aSureMail = (page) => aMail(page, (suggestions) => suggestions.sure);
async function ownerOf(page, mailboxes, mail) {
  for (const mailbox of mailboxes) {
    const { items } = await api(page, `/mails?mailbox=${mailbox.id}&limit=60`);
    if (items.some((one) => one.id === mail.id) && await demo.flags(mailbox.name, mail.message_id).then((flags) => flags.length >= 0 && !flags.includes(MARK))) return mailbox;
  }
  return {};
}
async function open(page, mail) {
  await openMailbox(page, mail.mailbox);
  await page.locator(`[data-mail="${mail.id}"] button`).click();
  await page.locator(".head h2").waitFor();
}

test("the page says that it is not Outlook, in the reader's language", async () => {
  for (const [language, told] of [["da-DK", /ikke Outlook/], ["en-GB", /not Outlook/]]) {
    const page = await outlook(browser, demo, { language });
    assert.match(await page.locator("#banner").textContent(), told);
    await page.context().close();
  }
});

test("the ribbon has the buttons of the manifest, in its order and the reader's language", async () => {
  for (const [language, labels] of [["da-DK", ["Journalisér", "Vælg sag", "Journalisér flere"]], ["en-GB", ["File", "Choose a case", "File several"]]]) {
    const page = await outlook(browser, demo, { language });
    await page.locator(".mails li button").first().click();
    await page.locator(".head h2").waitFor();
    assert.deepEqual((await page.locator("[data-command]").allTextContents()).map((text) => text.trim()), labels);
    await page.context().close();
  }
});

test("one click on the ribbon files the mail: told in the mail, marked in the mailbox, known to the service", async (run) => {
  const page = await outlook(browser, demo);
  const mail = await aSureMail(page);
  await open(page, mail);
  const begun = Date.now();
  await command(page, "journalise").click();
  const told = page.locator(".notifications li[data-type=informationalMessage]");
  await told.waitFor();
  run.diagnostic(`from the click to the notification: ${Date.now() - begun} ms`);
  assert.match(await told.textContent(), new RegExp(`Journaliseret på ${mail.suggestion.number}`));
  const found = await lookup(page, mail.message_id);
  assert.equal(found.mails.flatMap((known) => known.entries)[0].case_number, mail.suggestion.number);
  await until("the mark in the mailbox", async () => (await demo.flags(mail.mailbox, mail.message_id)).includes(MARK));
  await page.locator(".head .category", { hasText: "Journaliseret" }).waitFor();
  await command(page, "journalise").click();
  await page.locator(".notifications", { hasText: "allerede" }).waitFor();
  assert.equal((await lookup(page, mail.message_id)).mails[0].entries.length, 1, "a second click files nothing");
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("where the service is not sure, the click offers the pane, which opens at a press", async () => {
  const page = await outlook(browser, demo);
  const mail = await aMail(page, (suggestions) => !suggestions.sure);
  await open(page, mail);
  await command(page, "journalise").click();
  const offer = page.locator(".notifications li[data-type=insightMessage]");
  await offer.waitFor();
  assert.equal((await lookup(page, mail.message_id)).journaled, false);
  await offer.getByRole("button").first().click();
  const pane = await paneOf(page);
  await pane.waitForFunction((subject) => Office.context.mailbox?.item?.subject === subject, mail.subject);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("two people who file the same mail at the same moment file it once, and both are told", async () => {
  const pages = await Promise.all(["Karen Holm", "Birthe Lund"].map((user) => outlook(browser, demo, { user })));
  let mail;
  do mail = await aSureMail(pages[0]); while (mail.mailbox === "jonas.birk"); // both of them see the others
  for (const page of pages) await open(page, mail);
  await Promise.all(pages.map((page) => command(page, "journalise").click()));
  for (const page of pages) await page.locator(".notifications", { hasText: mail.suggestion.number }).waitFor();
  const { mails } = await lookup(pages[0], mail.message_id);
  assert.equal(new Set(mails.flatMap((known) => known.entries.map((entry) => entry.entry_id))).size, 1);
  for (const page of pages) await page.context().close();
});

test("a window of the add-in tells its pane what it has to tell, and the pane hears when it is closed", async () => {
  const page = await outlook(browser, demo);
  await page.locator(".mails li button").first().click();
  const pane = await openPane(page, "choose");
  const refused = (address) => pane.evaluate((to) => new Promise((resolve) => { Office.context.ui.displayDialogAsync(to, (result) => resolve(result.error?.code)); }), address);
  assert.equal(await refused("https://elsewhere.example/"), 12004);
  assert.equal(await refused("about:blank"), 12005);
  const opened = page.waitForEvent("popup");
  await pane.evaluate(() => new Promise((resolve) => {
    self.heard = [];
    Office.context.ui.displayDialogAsync(`${location.origin}/addin/commands.html`, { height: 40, width: 30 }, (result) => {
      self.dialog = result.value;
      self.dialog.addEventHandler(Office.EventType.DialogMessageReceived, ({ message }) => self.heard.push(message));
      self.dialog.addEventHandler(Office.EventType.DialogEventReceived, ({ error }) => self.heard.push(error));
      resolve();
    });
  }));
  const dialog = await opened;
  await dialog.waitForFunction(() => Boolean(self.Office));
  assert.equal(await refused(`${demo.origin}/addin/commands.html`), 12007);
  await dialog.evaluate(() => Office.context.ui.messageParent("hej"));
  await pane.waitForFunction(() => self.heard.includes("hej"));
  await dialog.close();
  await pane.waitForFunction(() => self.heard.includes(12006));
  await page.context().close();
});

test("a press on a suggestion in the pane files the mail, and undo takes it back", async () => {
  const page = await outlook(browser, demo);
  const mail = await aSureMail(page);
  await open(page, mail);
  const pane = await openPane(page, "choose");
  await pane.locator("[data-card='1']").click();
  await pane.getByRole("button", { name: /^Fortryd/ }).first().waitFor();
  await until("the filing", async () => (await lookup(page, mail.message_id)).journaled);
  await until("the mark in the mailbox", async () => (await demo.flags(mail.mailbox, mail.message_id)).includes(MARK));
  await pane.getByRole("button", { name: /^Fortryd/ }).first().click();
  await until("the undoing", async () => !(await lookup(page, mail.message_id)).journaled);
  await until("the mark's going", async () => !(await demo.flags(mail.mailbox, mail.message_id)).includes(MARK));
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("in the mailbox of others it is said whose it is, and that the act is one's own; by folders first, then shared mailboxes", async () => {
  const page = await outlook(browser, demo);
  const said = async (mailbox, set) => {
    await page.locator("#set").selectOption(set);
    await openMailbox(page, mailbox);
    await page.locator(".mails li button").first().click();
    await page.locator(".head h2").waitFor();
    const pane = await openPane(page, "choose");
    await pane.locator("[data-card], [role=status]").first().waitFor();
    const told = await pane.getByText(/^Postkasse: /).allTextContents();
    await page.locator("#close-pane").click();
    return told;
  };
  const of = (mailbox) => [`Postkasse: ${mailbox}@egelund-kommune.example – i dit navn`];
  assert.deepEqual(await said("birthe.lund", "1.8"), of("birthe.lund"));
  assert.deepEqual(await said("teknik-miljoe", "1.8"), []);
  assert.deepEqual(await said("teknik-miljoe", "1.13"), of("teknik-miljoe"));
  assert.deepEqual(page.problems, []);
  await page.context().close();
  const own = await outlook(browser, demo, { user: "Birthe Lund" });
  await openMailbox(own, "birthe.lund");
  await own.locator(".mails li button").first().click();
  const pane = await openPane(own, "choose");
  await pane.locator("[data-card], [role=status]").first().waitFor();
  assert.equal(await pane.evaluate(() => Office.context.mailbox.item.getSharedPropertiesAsync), undefined);
  await own.context().close();
});

test("the filing of a delegate is theirs, and the notification says so", async () => {
  const page = await outlook(browser, demo);
  const mail = await aSureMail(page);
  await open(page, mail);
  await command(page, "journalise").click();
  await page.locator(".notifications", { hasText: `i dit navn. Postkasse: ${mail.mailbox}` }).waitFor();
  const [entry] = (await lookup(page, mail.message_id)).mails.flatMap((known) => known.entries);
  assert.equal(entry.created_by, "karen.holm");
  await page.context().close();
});

test("parties, a deadline and more go along with the filing, and lie on the case", async () => {
  const page = await outlook(browser, demo);
  const mail = await aSureMail(page);
  await open(page, mail);
  const pane = await openPane(page, "choose");
  await pane.locator("[data-card='1']").waitFor();
  await pane.getByRole("button", { name: "Flere oplysninger" }).click();
  await pane.getByLabel("Frist").fill("2027-01-15");
  const ticks = pane.getByRole("group", { name: "Parter" }).getByRole("checkbox");
  await ticks.first().waitFor();
  const [gone, ...stay] = await ticks.evaluateAll((boxes) => boxes.map((box) => box.labels[0].textContent));
  await ticks.first().uncheck();
  await pane.locator("[data-card='1']").click();
  await until("the filing", async () => (await lookup(page, mail.message_id)).journaled);
  const [entry] = (await lookup(page, mail.message_id)).mails.flatMap((known) => known.entries);
  const document = (await api(page, `/cases/${entry.case_id}/documents`)).at(-1);
  assert.equal(document.deadline, "2027-01-15");
  assert.equal(document.parties.length, stay.length);
  assert.ok(!document.parties.some((party) => gone.startsWith(party.name)), gone);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("a new case begins as a template, or as another case, and the mail lies on it", async () => {
  const page = await outlook(browser, demo);
  for (const [model, expected] of [["Byggesag", { kle: "02.34.02", unit: "Teknik og Miljø" }], ["2024-00251 Cykelsti langs Nørrebyvej", { kle: "05.01.02", responsible: "jonas.birk" }]]) {
    const mail = await aMail(page, () => true);
    await open(page, mail);
    const pane = await openPane(page, "choose");
    await pane.getByRole("button", { name: "Ny sag" }).click();
    const begin = pane.getByLabel("Begynd ud fra");
    await begin.waitFor();
    if (model === "Byggesag") {
      await pane.getByRole("option", { name: model, exact: true }).waitFor({ state: "attached" });
      await begin.selectOption({ label: model });
    } else {
      await begin.selectOption("another");
      await pane.getByRole("searchbox").fill("Cykelsti");
      await pane.getByRole("button", { name: `Begynd som ${model}` }).click();
    }
    await until("the template's number", async () => await pane.getByLabel("KLE-nummer").inputValue() === expected.kle);
    const title = await pane.getByLabel("Sagens titel").inputValue();
    if (model === "Byggesag") assert.match(title, /^Byggesag: /);
    await pane.getByRole("button", { name: "Opret sag og journalisér" }).click();
    await until("the filing", async () => (await lookup(page, mail.message_id)).journaled);
    const entry = (await lookup(page, mail.message_id)).mails.flatMap((known) => known.entries).at(-1);
    const made = await api(page, `/cases/${entry.case_id}`);
    for (const [name, value] of Object.entries(expected)) assert.equal(made[name], value, name);
    assert.equal((await api(page, `/cases/${entry.case_id}/documents`)).length, 1, "no document came along");
    await page.locator("#close-pane").click();
  }
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("a pinned pane follows the open mail, and one that is not pinned closes", async () => {
  const page = await outlook(browser, demo);
  const [first, second] = await page.locator(".mails li .subject").allTextContents();
  await openMail(page, first);
  let pane = await openPane(page, "choose");
  await openMail(page, second);
  await page.locator(".pane").waitFor({ state: "hidden" });
  pane = await openPane(page, "choose");
  await page.locator("#pin").click();
  await openMail(page, first);
  await pane.waitForFunction((subject) => Office.context.mailbox.item?.subject === subject, first);
  assert.ok(await page.locator(".pane").isVisible());
  await page.context().close();
});

test("several mails are filed from one pane, each on its own suggestion", async () => {
  const page = await outlook(browser, demo);
  const mails = [await aSureMail(page)];
  await openMailbox(page, mails[0].mailbox);
  while (mails.length < 2) {
    const next = await aSureMail(page);
    if (next.mailbox === mails[0].mailbox) mails.push(next);
  }
  for (const mail of mails) await page.locator(`[data-mail="${mail.id}"] input`).check();
  assert.ok(await command(page, "journalise").isDisabled(), "a function for one mail is not for several");
  const pane = await openPane(page, "several");
  assert.equal(await pane.evaluate(() => Office.context.mailbox.item), null);
  assert.equal(await pane.evaluate(() => new Promise((resolve) => { Office.context.mailbox.getSelectedItemsAsync((result) => resolve(result.value.length)); })), 2);
  await pane.getByRole("button", { name: "Journalisér 2 på hver sit forslag" }).click();
  for (const mail of mails) await until("the filing", async () => (await lookup(page, mail.message_id)).journaled);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("the theme of Office reaches the pane while it is open", async () => {
  const page = await outlook(browser, demo);
  await page.locator(".mails li button").first().click();
  const pane = await openPane(page, "choose");
  const brightness = () => pane.evaluate(() => {
    const seen = [...document.querySelectorAll("#pane, #pane *")].map((node) => getComputedStyle(node).backgroundColor).find((color) => !/, 0\)$/.test(color));
    return (seen ?? "rgb(255, 255, 255)").match(/\d+/g).slice(0, 3).map(Number).reduce((sum, part) => sum + part, 0);
  });
  await pane.locator("button").first().waitFor();
  assert.ok(await brightness() > 600, "light to begin with");
  await page.locator("#theme").selectOption("dark");
  await until("the dark pane", async () => await brightness() < 200);
  await page.context().close();
});

test("what a requirement set does not have is not there, and the add-in does without", async () => {
  const page = await outlook(browser, demo);
  const mail = await aSureMail(page);
  await page.locator("#set").selectOption("1.5");
  await open(page, mail);
  assert.ok(await command(page, "journalise").isEnabled());
  const pane = await openPane(page, "choose");
  const has = await pane.evaluate(() => {
    const { item, masterCategories, getSelectedItemsAsync } = Office.context.mailbox;
    return {
      said: ["1.5", "1.8", "1.15"].map((set) => Office.context.requirements.isSetSupported("Mailbox", set)),
      missing: [item.categories, item.getAsFileAsync, masterCategories, getSelectedItemsAsync, Office.context.officeTheme].every((one) => one === undefined),
      there: typeof item.notificationMessages.addAsync,
    };
  });
  assert.deepEqual(has, { said: [true, false, false], missing: true, there: "function" });
  await pane.locator("[data-card='1']").click();
  await until("the filing", async () => (await lookup(page, mail.message_id)).journaled);
  await page.locator(".mails label").nth(0).locator("input").check();
  await page.locator(".mails label").nth(1).locator("input").check();
  assert.ok(await command(page, "several").isDisabled(), "several mails came with 1.13");
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("calls answer as Outlook's do: later, with its codes, and never for a mail that is not open any more", async () => {
  const page = await outlook(browser, demo);
  const [first, second] = await page.locator(".mails li .subject").allTextContents();
  await openMail(page, first);
  const pane = await openPane(page, "choose");
  await page.locator("#pin").click();
  const told = await pane.evaluate(async () => {
    const { item, masterCategories } = Office.context.mailbox;
    const { notificationMessages: notices, categories } = item;
    const ask = (call) => new Promise((resolve) => { call((result) => resolve(result.status === "failed" ? result.error.code : result.value ?? "done")); });
    const thrown = (call) => { try { call(); return null; } catch (error) { return error.name; } };
    const note = (message) => ({ type: "informationalMessage", message, icon: "icon.16", persistent: false });
    let isLater = false;
    const answered = ask((done) => notices.getAllAsync((result) => { if (!isLater) throw new Error("at once"); done(result); }));
    isLater = true;
    await answered;
    for (let at = 0; at < 5; at += 1) await ask((done) => notices.addAsync(`note-${at}`, note("Hej"), done));
    self.old = item;
    return {
      sixth: await ask((done) => notices.addAsync("note-5", note("Hej"), done)),
      twice: await ask((done) => notices.addAsync("note-0", note("Hej"), done)),
      replaced: await ask((done) => notices.replaceAsync("note-0", note("Hej igen"), done)),
      unknown: await ask((done) => notices.removeAsync("nothing", done)),
      longKey: thrown(() => notices.addAsync("k".repeat(33), note("Hej"))),
      longText: thrown(() => notices.addAsync("k", note("x".repeat(151)))),
      noIcon: thrown(() => notices.addAsync("k", { type: "informationalMessage", message: "Hej", persistent: false })),
      insight: thrown(() => notices.addAsync("k", { type: "insightMessage", message: "Hej", icon: "icon.16" })),
      strange: await ask((done) => categories.addAsync(["Findes ikke"], done)),
      made: await ask((done) => masterCategories.addAsync([{ displayName: "Ny", color: "Preset4" }], done)),
      again: await ask((done) => masterCategories.addAsync([{ displayName: "Ny", color: "Preset4" }], done)),
      given: await ask((done) => categories.addAsync(["Ny"], done)),
      // The file of the mail as it was sent.
      file: atob(await ask((done) => item.getAsFileAsync(done))).includes("Subject:"),
    };
  });
  assert.deepEqual(told, {
    sixth: 9025, twice: 9023, replaced: "done", unknown: 9024, longKey: "Sys.ArgumentOutOfRangeException", longText: "Sys.ArgumentOutOfRangeException",
    noIcon: "Sys.ArgumentNullException", insight: "Sys.ArgumentException", strange: 9044, made: "done", again: 9045, given: "done", file: true,
  });
  await page.locator(".head .category", { hasText: "Ny" }).waitFor();
  await openMail(page, second);
  await pane.waitForFunction((subject) => Office.context.mailbox.item?.subject === subject, second);
  assert.equal(await pane.evaluate(() => new Promise((resolve) => { self.old.categories.getAsync((result) => resolve(result.error?.code)); })), 9030);
  await page.context().close();
});

test("a mail that no monitored mailbox holds is told apart", async () => {
  const page = await outlook(browser, demo);
  await openMailbox(page, "Ikke overvåget");
  await openMail(page, "overkoersel");
  const pane = await openPane(page, "choose");
  await pane.getByRole("main").getByText("Mailen ligger ikke i en postkasse, som Sagspost følger").first().waitFor();
  assert.deepEqual(await violations(pane), []);
  await page.context().close();
});

// Writes a mail that looks like case work.
async function write(page, { subject, to = "gerda.holm@borger.example" }) {
  await page.locator("#new").click();
  await page.locator("#to").fill(to);
  await page.locator("#subject").fill(subject);
  await page.locator("#body").fill("Vi har modtaget din ansøgning og vender tilbage, når den er behandlet.");
}
// What was sent from Birthe Lund's mailbox with this subject.
async function sent(page, subject) {
  const mailbox = (await api(page, "/mailboxes")).find((one) => one.name === "birthe.lund");
  return (await api(page, `/mails?mailbox=${mailbox.id}&limit=60`)).items.find((mail) => mail.subject === subject);
}

test("a case that is chosen while writing travels with the mail that is sent", async () => {
  const page = await outlook(browser, demo, { user: "Birthe Lund" });
  await write(page, { subject: "Vedr. Bøgevej 4" });
  const pane = await openPane(page, "compose");
  await pane.getByRole("combobox").or(pane.getByRole("searchbox")).or(pane.getByRole("textbox")).first().fill("2024-00204");
  await pane.getByText("2024-00204").last().click();
  await page.locator("#headers", { hasText: "X-Sagspost-Case: 2024-00204" }).waitFor();
  await page.locator("#send").click();
  await page.locator("#banner", { hasText: "Sendt post" }).waitFor();
  await until("the sent mail's arrival", () => sent(page, "Vedr. Bøgevej 4"));
  const mail = await sent(page, "Vedr. Bøgevej 4");
  assert.match(await demo.headers("birthe.lund", mail.message_id, "Sent"), /X-Sagspost-Case: 2024-00204/);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

test("documents of any case are attached while writing, and the mail is not filed by that", async () => {
  const page = await outlook(browser, demo, { user: "Birthe Lund" });
  const { items } = await api(page, "/cases?limit=200");
  let from;
  for (const one of items) {
    const [document] = await api(page, `/cases/${one.id}/documents`);
    if (document && !from) from = { ...one, file: document.files[0].name };
  }
  await write(page, { subject: "Som aftalt" });
  const pane = await openPane(page, "insert");
  await pane.getByRole("searchbox").fill(from.number);
  await pane.getByRole("button", { name: `Indsæt fra ${from.number} ${from.title}` }).click();
  await pane.getByRole("button", { name: `Vedhæft ${from.file}` }).first().click();
  await page.locator("#draft", { hasText: from.file }).waitFor();
  assert.equal(await page.locator("#headers").count(), 0);
  assert.deepEqual(page.problems, []);
  await page.context().close();
});

for (const classic of [false, true]) {
  test(`a mail that looks like case work is asked about before it is sent, and is sent all the same${classic ? ", as classic Outlook runs events" : ""}`, async () => {
    const page = await outlook(browser, demo, { user: "Birthe Lund" });
    if (classic) await page.locator("#classic").check();
    const subject = `Sagsnr. 2024-00204: afgørelse om tagfarve ${classic ? "klassisk" : ""}`.trim();
    await write(page, { subject });
    await page.locator("#send").click();
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    assert.match(await dialog.textContent(), /2024-00204/);
    assert.deepEqual(await violations(page), []);
    await page.locator("#send-anyway").click();
    await page.locator("#banner", { hasText: "Sendt post" }).waitFor();
    await until("the sent mail's arrival", () => sent(page, subject));
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

test("a mail is sent when the add-in cannot be reached", async () => {
  const page = await outlook(browser, demo, { user: "Birthe Lund" });
  await page.route("**/addin/**", (route) => route.abort());
  const subject = "Sagsnr. 2024-00204: uden tilføjelse";
  await write(page, { subject });
  await page.locator("#send").click();
  await page.locator("#banner", { hasText: "Sendt post" }).waitFor();
  await until("the sent mail's arrival", () => sent(page, subject));
  await page.context().close();
});

test("the keyboard alone opens a mail and files it", async () => {
  const page = await outlook(browser, demo);
  const mail = await aSureMail(page);
  await openMailbox(page, mail.mailbox);
  const focused = (selector) => page.evaluate((wanted) => document.activeElement.matches(wanted), selector);
  const reach = async (selector, key = "Tab") => {
    for (let steps = 0; !(await focused(selector)); steps += 1) {
      assert.ok(steps < 400, `${selector} is not reached by ${key}`);
      await page.keyboard.press(key);
    }
  };
  await reach(".mails li button");
  await reach(`[data-mail="${mail.id}"] button`, "ArrowDown");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none", "focus is seen");
  await page.keyboard.press("Enter");
  await page.locator(".head h2").waitFor();
  await reach("[data-command=journalise]");
  await page.keyboard.press("Enter");
  await page.locator(".notifications", { hasText: "Journaliseret på" }).waitFor();
  assert.match(await page.locator("#said").textContent(), /Journaliseret på/, "who hears the page is told");
  await page.context().close();
});

test("the keyboard alone files from the pane: opened, read, more filled in, filed, taken back", async () => {
  const page = await outlook(browser, demo);
  const mail = await aSureMail(page);
  await open(page, mail);
  await command(page, "choose").focus();
  await page.keyboard.press("Enter");
  const pane = await paneOf(page);
  await pane.locator("[data-card='3'], [data-card='1']").first().waitFor();
  const focused = () => pane.evaluate(() => {
    const { activeElement: one, body } = document;
    return one === body ? "" : one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
  });
  const reach = async (name) => {
    for (let steps = 0; !(await focused()).includes(name); steps += 1) {
      assert.ok(steps < 60, `${name} is not reached`);
      await page.keyboard.press("Tab");
    }
  };
  // The pane has the focus: its keys work at once, and so does Tab.
  await page.keyboard.press("ArrowDown");
  assert.match(await focused(), /Journalisér på/);
  await reach("Flere oplysninger");
  await page.keyboard.press("Enter");
  await pane.getByText("Sagens KLE-nummer").waitFor();
  await reach("Retning");
  await reach("Som sagen");
  await pane.locator("[data-card='1']").focus();
  await page.keyboard.press("Enter");
  await pane.getByRole("button", { name: /^Fortryd/ }).waitFor();
  assert.match(await focused(), /^Journaliseret på/, "what was done is read out");
  await reach("Fortryd");
  await page.keyboard.press("Enter");
  await until("the undoing", async () => !(await lookup(page, mail.message_id)).journaled);
  await until("the focus on the status", async () => await focused() === "Ikke journaliseret");
  await page.context().close();
});

for (const { theme, width, language, forced = false } of [
  { theme: "light", width: 1300, language: "da-DK" },
  { theme: "dark", width: 1300, language: "en-GB" },
  { theme: "contrast", width: 1300, language: "da-DK" },
  { theme: "contrast", width: 1300, language: "da-DK", forced: true },
  { theme: "light", width: 320, language: "da-DK" },
  { theme: "dark", width: 320, language: "en-GB" },
]) {
  test(`no rule of WCAG 2.1 AA is broken, and nothing is cut off: ${theme}${forced ? " of the system" : ""}, ${width} px, ${language}`, async () => {
    const page = await outlook(browser, demo, { width, language, forcedColors: forced ? "active" : "none" });
    // Colours that the system forces are not the page's to answer for.
    const broken = async (frame) => (await violations(frame)).filter((rule) => !forced || !rule.startsWith("color-contrast"));
    await page.locator("#theme").selectOption(theme);
    const look = async (name) => {
      assert.deepEqual(await broken(page), [], name);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, name);
      if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/outlook-${name}-${forced ? "forced" : theme}-${width}.png`, fullPage: width < 800 });
    };
    await look("list");
    await page.locator(".mails li button").nth(1).click();
    await page.locator(".head h2").waitFor();
    const pane = await openPane(page, "choose");
    await pane.locator("[data-card], [role=status]").first().waitFor();
    await look("read");
    assert.deepEqual(await broken(pane), [], "the pane");
    assert.ok(await pane.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the pane is as wide as its frame");
    await page.locator("#close-pane").click();
    if (width < 800) await page.locator(".back").click();
    await page.locator("#new").click();
    await page.locator("#to").waitFor();
    await look("write");
    assert.deepEqual(page.problems, []);
    await page.context().close();
  });
}

test("without a token the page asks for one, and a wrong one is told", async () => {
  const page = await (await browser.newContext({ locale: "da-DK" })).newPage();
  await page.goto(`${demo.origin}/outlook`);
  await page.locator("#token").fill("forkert-adgangsnøgle".replace("ø", "o"));
  await page.keyboard.press("Enter");
  await page.locator("#why", { hasText: "ikke logget ind" }).waitFor();
  assert.deepEqual(await violations(page), []);
  await page.context().close();
});

// The page at / as a person meets it: real Sagspost, real mailboxes, real Chromium.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { open, startBrowser, startDemo } from "./demo.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

let demo;
let browser;
before(async () => { demo = await startDemo(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await demo?.stop(); });

const queue = async (options, user = "Karen Holm") => {
  const page = await open(browser, demo.link(user), options);
  await page.waitForSelector("#queue button.main");
  await page.waitForFunction(() => !document.querySelector("#queue [aria-busy=true]")); // what arrives moves what is below
  return page;
};
const violations = async (page) => {
  await page.evaluate(axe);
  const found = await page.evaluate((rules) => axe.run(document, { runOnly: rules }), RULES);
  return found.violations.map((violation) => `${violation.id}: ${violation.nodes[0].html}`);
};
const text = (page, selector) => page.$eval(selector, (node) => node.textContent);

test("the queue shows mails, each with its case, its certainty and the reasons", async () => {
  const page = await queue();
  assert.match(await text(page, "#queue .mail button.main"), /^Journalisér på 20\d\d-\d+ /);
  assert.match(await text(page, "#queue .mail .share"), /\d+ % sikker/);
  await page.locator("#queue .mail summary").click();
  assert.ok((await text(page, "#queue .mail details li")).length > 5);
});

test("one click journals, the row says so, and undo takes it back", async () => {
  const page = await queue();
  await page.locator("#queue .mail button.main").click();
  await page.waitForSelector("#queue .mail.done");
  assert.match(await text(page, ".mail.done [role=status]"), /2\d{3}-\d+/);
  await page.locator(".mail.done button").click();
  await page.waitForFunction(() => !document.querySelector(".mail.done"));
  assert.ok(await page.$("#queue .mail button.main"));
});

test("a button that is drawn anew while it is pressed still does what it said", async () => {
  const page = await queue();
  const drawAnew = () => page.evaluate(() => words());
  const button = await page.$("#queue .mail [data-role=read]");
  const { x, y } = await button.clickablePoint();
  await page.mouse.move(x, y);
  await page.mouse.down();
  await drawAnew();
  await page.mouse.up();
  await page.waitForSelector("#queue iframe.letter");
  await page.waitForFunction((old) => !old.isConnected, {}, button); // and what waited is drawn
  await page.focus("#queue .mail [data-role=read]");
  await page.keyboard.down("Space");
  await drawAnew();
  await page.keyboard.up("Space");
  await page.waitForFunction(() => !document.querySelector("#queue iframe.letter"));
});

test("the keyboard alone journals and undoes, and focus is always seen", async () => {
  const page = await queue();
  const focus = () => page.evaluate(() => ({
    role: document.activeElement.dataset.role,
    outline: getComputedStyle(document.activeElement).outlineStyle,
  }));
  for (let steps = 0; (await focus()).role !== "journal"; steps += 1) {
    assert.ok(steps < 20, "the button is not reached by Tab");
    await page.keyboard.press("Tab");
  }
  assert.notEqual((await focus()).outline, "none");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".mail.done");
  assert.equal((await focus()).role, "journal", "focus stays where the person was");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => !document.querySelector(".mail.done"));
});

for (const { dark, width } of [{ dark: false, width: 1100 }, { dark: true, width: 320 }]) {
  test(`a mail that belongs on no case is put away at a click and taken back: ${dark ? "dark" : "light"}, ${width} px`, async () => {
    const page = await queue({ dark, width });
    const waiting = () => page.evaluate(async () => {
      const headers = { Authorization: `Bearer ${sessionStorage.getItem("token")}` };
      return (await (await fetch("/api/v1/mails?journaled=false&not_for_a_case=false&limit=200", { headers })).json()).items.length;
    });
    const before = await waiting();
    await page.locator("#queue .mail [data-role=aside]").click();
    await page.waitForSelector("#queue .mail.done");
    assert.equal(await text(page, ".mail.done [role=status] span"), "✓ Ikke til en sag");
    assert.equal(await waiting(), before - 1);
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/aside-${dark ? "dark" : "light"}-${width}.png` });
    await page.locator(".mail.done [data-role=aside]").click();
    await page.waitForFunction(() => !document.querySelector(".mail.done"));
    assert.equal(await waiting(), before);
  });
}

test("the keyboard puts a mail away and takes it back, focus stays, and another window hears of it", async () => {
  const [page, other] = [await queue(), await queue()];
  const focus = () => page.evaluate(() => document.activeElement.dataset.role ?? document.activeElement.className);
  await page.keyboard.press("j");
  await page.keyboard.press("n");
  await page.waitForSelector(".mail.done");
  await other.waitForSelector(".mail.done");
  assert.equal(await focus(), "mail done");
  await page.keyboard.press("u");
  await page.waitForFunction(() => !document.querySelector(".mail.done"));
  await other.waitForFunction(() => !document.querySelector(".mail.done"));
  for (let steps = 0; (await focus()) !== "aside"; steps += 1) {
    assert.ok(steps < 20, "the button is not reached by Tab");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.waitForSelector(".mail.done");
  assert.equal(await focus(), "aside", "focus stays where the person was");
  await page.keyboard.press("Space");
  await page.waitForFunction(() => !document.querySelector(".mail.done"));
});

// What stands in the frame that a mail is read in; its own world, which the page around it cannot look into.
const letter = async (page) => {
  await page.waitForSelector("#queue iframe.letter");
  const frame = await (await page.$("#queue iframe.letter")).contentFrame();
  await frame.waitForSelector("main > *");
  return frame;
};

test("a mail opens to be read in a frame where nothing runs, and closes again", async () => {
  const page = await queue();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.locator("#queue .mail [data-role=read]").click();
  const frame = await letter(page);
  assert.ok((await frame.$eval("main", (node) => node.textContent)).trim().length > 20);
  const sandbox = await page.$eval("#queue iframe.letter", (node) => node.getAttribute("sandbox"));
  assert.ok(!/allow-(scripts|same-origin|forms|top-navigation)/.test(sandbox), sandbox);
  assert.deepEqual(asked.filter((url) => !url.startsWith(demo.origin) && !url.startsWith("about:") && !url.startsWith("data:")), []);
  assert.deepEqual(await violations(page), []);
  assert.equal(await page.$eval("#queue .mail [data-role=read]", (node) => node.getAttribute("aria-expanded")), "true");
  await page.locator("#queue .mail [data-role=read]").click();
  await page.waitForFunction(() => !document.querySelector("#queue iframe"));
});

test("a mail is read with the keyboard alone, and focus is not taken from it", async () => {
  const page = await queue();
  await page.keyboard.press("j");
  await page.keyboard.press("l");
  await letter(page);
  for (let steps = 0; await page.evaluate(() => document.activeElement.tagName) !== "IFRAME"; steps += 1) {
    assert.ok(steps < 20, "the frame is not reached by Tab");
    await page.keyboard.press("Tab");
  }
  await page.evaluate(() => words()); // draws everything anew
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "IFRAME");
});

for (const dark of [false, true]) {
  test(`what failed after a journaling is told in words and tried again at a click: ${dark ? "dark" : "light"}`, async () => {
    const before = await queue();
    await before.locator("#queue .mail button.main").click();
    await before.waitForSelector(".mail.done");
    const mail = await before.evaluate(async () => {
      const headers = { Authorization: `Bearer ${sessionStorage.getItem("token")}` };
      return (await (await fetch("/api/v1/mails?journaled=true&limit=1", { headers })).json()).items[0];
    });
    const entry = mail.entries[0];
    // The demo's case system takes everything and its mailboxes keep every mark, so what has failed is put in their place.
    const answers = {
      "/api/v1/mails?failed=true&limit=25": { items: [mail], next_cursor: null },
      [`/api/v1/journal/${entry.entry_id}`]: {
        id: entry.entry_id, state: "failed", state_reason_text: "Sagssystemet svarer ikke",
        marks: [{ mailbox: "birthe.lund@eksempelkommune.example", state: "failed", reason_text: "Mappen kan ikke gemme mærket" }],
      },
    };
    const page = await open(browser, "about:blank", { dark, width: 320 });
    await page.setRequestInterception(true);
    page.on("request", (request) => {
      const path = request.url().slice(demo.origin.length);
      if (path.endsWith("/retry")) delete answers[path.replace("/retry", "")];
      const answer = answers[path];
      if (answer) request.respond({ contentType: "application/json", body: JSON.stringify(answer) }); else request.continue();
    });
    await page.goto(demo.link("Karen Holm"));
    await page.waitForSelector(".mail .failed");
    assert.match(await text(page, "#queue > :first-child [role=status]"), new RegExp(`Endnu ikke i sagssystemet: ${entry.case_number}`));
    const told = await text(page, ".mail .failed");
    assert.match(told, /Sagssystemet svarer ikke.*Ikke mærket i postkassen birthe.lund@eksempelkommune.example: Mappen kan ikke gemme mærket/);
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/failed-${dark ? "dark" : "light"}.png` });
    await page.locator("[data-role=retry]").click();
    await page.waitForFunction(() => !document.querySelector(".mail .failed"));
    assert.match(await text(page, ".mail.done [role=status]"), /^✓ Journaliseret på /);
    await page.locator(".mail.done button").click();
    await page.waitForFunction(() => !document.querySelector(".mail.done"));
    await page.waitForSelector("#queue > :first-child button.main");
  });
}

test("a mark that fails while the page is open is told there", async () => {
  const page = await queue();
  await page.locator("#queue .mail button.main").click();
  await page.waitForSelector(".mail.done");
  await page.evaluate(() => {
    const { mail, entry } = [...mails.values()].find((state) => state.entry);
    const failed = { id: entry.id, state: "delivered", marks: [{ mailbox: "leder", state: "failed", reason_text: "Postkassen er fuld" }] };
    const fetched = fetch;
    window.fetch = async (path, asked) => (path === `/api/v1/journal/${entry.id}` && asked.method === "GET" ? new Response(JSON.stringify(failed)) : fetched(path, asked));
    heard(`event: mark.failed\ndata: {"entry_id":"${entry.id}","mail_id":"${mail.id}"}`);
  });
  await page.waitForSelector(".mail.done .failed");
  assert.equal(await text(page, ".failed .error"), "Ikke mærket i postkassen leder: Postkassen er fuld");
  assert.match(await text(page, ".mail.done [role=status]"), /^✓/);
  await page.locator(".mail.done button").click();
  await page.waitForFunction(() => !document.querySelector(".mail.done, .mail .failed"));
});

test("where there is one case to choose there is nothing to choose from", async () => {
  const page = await queue();
  await page.waitForFunction(() => !document.querySelector("main").textContent.includes("Finder en sag"));
  const choices = await page.$$eval("#queue select", (all) => all.map((select) => select.options.length));
  assert.ok(choices.every((count) => count > 1), String(choices));
});

for (const dark of [false, true]) {
  test(`the page of a mail breaks no rule of WCAG 2.1 AA and fits 320 pixels: ${dark ? "dark" : "light"}`, async () => {
    const page = await queue({ dark });
    const pages = await page.evaluate(async () => {
      const headers = { Authorization: `Bearer ${sessionStorage.getItem("token")}` };
      const { items } = await (await fetch("/api/v1/mails?limit=12", { headers })).json();
      return Promise.all(items.map(async ({ id }) => (await fetch(`/api/v1/mails/${id}/html`, { headers })).text()));
    });
    const mail = await open(browser, "about:blank", { dark, width: 320 });
    for (const html of pages) {
      await mail.setContent(html);
      assert.deepEqual(await violations(mail), []);
      assert.ok(await mail.evaluate(() => document.documentElement.scrollWidth) <= 320);
    }
  });
}

for (const [language, dark] of [["da", false], ["en", true]]) {
  test(`the auditor's page tells who looked at a case, breaks no rule and fits 320 pixels: ${language}, ${dark ? "dark" : "light"}`, async () => {
    const page = await queue({ language, dark, width: 320 }, "Birthe Lund");
    const number = await page.evaluate(async () => {
      const headers = { Authorization: `Bearer ${sessionStorage.getItem("token")}` };
      const { items } = await (await fetch("/api/v1/cases?limit=1", { headers })).json();
      await fetch(`/api/v1/cases/${items[0].id}`, { headers });
      return items[0].number;
    });
    await page.goto(`${demo.origin}/audit`);
    await page.waitForSelector("tbody tr");
    await page.type("[name=case]", number);
    await page.keyboard.press("Enter");
    await page.waitForFunction((read) => document.querySelector("tbody tr")?.textContent.includes(read), {}, language === "da" ? "Læste sag" : "Read a case");
    assert.match(await text(page, "tbody tr"), /birthe\.lund/);
    assert.deepEqual(await violations(page), []);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/audit-${language}.png`, fullPage: true });
    await page.type("[name=person]", "nobody.at-all");
    await page.locator("form button").click();
    await page.waitForFunction((nothing) => document.querySelector("#state").textContent === nothing, {}, language === "da" ? "Intet i loggen passer." : "Nothing in the log fits.");
  });
}

test("at 320 pixels nothing is cut off or scrolls sideways", async () => {
  const page = await queue({ width: 320 });
  await page.locator("#queue .mail [data-role=read]").click();
  await letter(page);
  const beyond = await page.evaluate(() => [...document.querySelectorAll("body *")]
    .filter((node) => node.getBoundingClientRect().right > innerWidth + 1).map((node) => node.outerHTML.slice(0, 80)));
  assert.deepEqual(beyond, []);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
});

for (const language of ["da", "en"]) {
  for (const dark of [false, true]) {
    test(`no rule of WCAG 2.1 AA is broken: ${language}, ${dark ? "dark" : "light"}`, async () => {
      const page = await queue({ language, dark });
      assert.equal(await page.evaluate(() => document.documentElement.lang), language);
      assert.deepEqual(await violations(page), []);
    });
  }
}

test("signing in with a wrong token says what to do", async () => {
  const page = await open(browser, demo.origin);
  await page.waitForSelector("#sign-in:not([hidden])");
  await page.type("#token", "forkert");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector("#token-error").hidden);
  assert.deepEqual(await violations(page), []);
});

test("a person signs in at the provider, works, and is signed out everywhere", async () => {
  const page = await open(browser, demo.origin);
  await page.waitForSelector("#provider:not([hidden])");
  assert.deepEqual(await violations(page), []);
  await page.keyboard.press("Enter"); // the link has the focus
  await page.waitForSelector("button[value=demo-3]");
  assert.deepEqual(await violations(page), []);
  await page.locator("button[value=demo-3]").click();
  await page.waitForSelector("#queue button.main");
  assert.equal(new URL(page.url()).origin, demo.origin);
  assert.equal(await page.evaluate(() => document.cookie), "", "no script sees the session");
  await page.reload();
  await page.waitForSelector("#queue button.main");
  await page.locator("#queue .mail button.main").click();
  await page.waitForSelector("#queue .mail.done");
  await page.locator(".mail.done button").click();
  await page.waitForFunction(() => !document.querySelector(".mail.done"));
  await page.locator("#sign-out").click();
  await page.waitForSelector("button[name=logout]");
  await page.locator("button[name=logout]").click();
  await page.waitForSelector("#provider:not([hidden])");
  assert.equal(await page.evaluate(async () => (await fetch("/api/v1/me")).status), 401);
  await page.locator("#provider").click();
  await page.waitForSelector("button[value=demo-1]"); // asked anew who it is
});

// Office's script cannot come from Microsoft here; what stands in for it says what it was told.
const OFFICE = "window.told = []; window.Office = { onReady: (ready) => ready(), context: { ui: { messageParent: (...message) => told.push(message) } } };";
const openInOffice = async (url, options, office = OFFICE) => {
  const page = await open(browser, "about:blank", options);
  await page.setRequestInterception(true);
  page.on("request", (request) => (request.url().startsWith("https://appsforoffice.microsoft.com/") ? request.respond({ contentType: "text/javascript", body: office }) : request.continue()));
  await page.goto(url);
  return page;
};

test("the dialog of an add-in signs in at the provider and hands the pane a code that no address shows", async () => {
  const page = await openInOffice(`${demo.origin}/sign-in/office`, { width: 320 });
  const addresses = [];
  page.on("request", (request) => addresses.push(request.url()));
  await page.waitForSelector("button[value=demo-3]");
  await page.locator("button[value=demo-3]").click();
  await page.waitForFunction(() => globalThis.told?.length > 0);
  assert.deepEqual(await violations(page), []);
  assert.equal(await text(page, "#text"), "Du er logget ind. Vinduet lukker af sig selv.");
  const told = await page.evaluate(() => told);
  const [code, { targetOrigin }] = told[0];
  assert.equal(told.length, 1);
  assert.equal(targetOrigin, demo.origin);
  assert.match(code, /^[\w-]{43}$/);
  assert.ok(addresses.every((address) => !address.includes(code)), addresses.join("\n"));
  const exchange = () => page.evaluate(async (code) => {
    const answer = await fetch("/sign-in/office/exchange", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ code }) });
    return { status: answer.status, ...(await answer.json()) };
  }, code);
  const { status, token } = await exchange();
  assert.equal(status, 200);
  assert.equal((await exchange()).status, 401);
  const me = async () => (await fetch(`${demo.origin}/api/v1/me`, { headers: { Authorization: `Bearer ${token}` } })).status;
  assert.equal(await me(), 200);
  // Whoever is signed in already is not asked again; and a sign-out ends the pane's token.
  await page.goto(`${demo.origin}/sign-in/office`);
  await page.waitForFunction(() => globalThis.told?.length > 0);
  await page.evaluate(() => fetch("/auth/sign-out", { method: "POST" }));
  assert.equal(await me(), 401);
});

test("outside Office the dialog's page says so and gives nothing away", async () => {
  for (const office of ["", "window.Office = { onReady: (ready) => ready(), context: {} };"]) {
    const page = await openInOffice(`${demo.origin}/sign-in/office`, { dark: true, width: 320 }, office);
    await page.waitForFunction(() => /hører til Sagspost i Outlook og Word/.test(document.getElementById("text").textContent));
    assert.equal(await page.$eval("#again", (node) => node.hidden), true);
    assert.deepEqual(await violations(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/office-dark-320.png` });
  }
});

const inQueue = (page) => page.$$eval("#queue .mail h2", (nodes) => nodes.map((node) => node.textContent).join("\n"));
const settled = (page) => page.waitForFunction(() => document.querySelector("#queue button.main") && !document.querySelector("#queue [aria-busy=true]"));

for (const { dark, width } of [{ dark: false, width: 1100 }, { dark: true, width: 320 }]) {
  test(`a deputy chooses whom they act for, sees it all the time, and goes back: ${dark ? "dark" : "light"}, ${width} px`, async () => {
    const page = await queue({ dark, width }, "Nadia Friis");
    await page.waitForSelector("#whom:not([hidden])");
    assert.equal(await text(page, "#who"), "Logget ind som Nadia Friis");
    const own = await inQueue(page);
    const calls = [];
    page.on("request", (request) => { if (request.url().includes("/api/v1/")) calls.push({ path: new URL(request.url()).pathname, behalf: request.headers()["sagspost-on-behalf-of"] }); });
    await page.select("#for-whom", "jonas.birk");
    await page.waitForSelector("#acting:not([hidden])");
    assert.match(await text(page, "#acting-text"), /på vegne af jonas\.birk/);
    assert.match(await page.title(), /^jonas\.birk/);
    await settled(page);
    assert.notEqual(await inQueue(page), own, "Jonas sees other mails than Nadia");
    await page.locator("#queue .mail button.main").click();
    await page.waitForSelector("#queue .mail.done");
    assert.deepEqual(await violations(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= width);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/deputy-${dark ? "dark" : "light"}-${width}.png` });
    await page.locator(".mail.done [data-role=journal]").click();
    await page.waitForFunction(() => !document.querySelector(".mail.done"));
    const others = calls.filter(({ path }) => path !== "/api/v1/me");
    assert.ok(others.length > 3 && others.every(({ behalf }) => behalf === "jonas.birk"), JSON.stringify(others));

    await page.reload();
    await page.waitForSelector("#acting:not([hidden])");
    await settled(page);
    assert.equal(await page.$eval("#for-whom", (node) => node.value), "jonas.birk", "kept while the tab is open");
    await page.locator("#as-myself").click();
    await page.waitForSelector("#acting[hidden]");
    await page.waitForSelector("#queue .mail");
    assert.equal(await page.evaluate(() => sessionStorage.getItem("behalf")), null);
    assert.equal(await page.evaluate(() => document.activeElement.id), "for-whom");
  });
}

test("the keyboard chooses whom one acts for, and focus stays", async () => {
  const page = await queue({}, "Nadia Friis");
  await page.waitForSelector("#whom:not([hidden])");
  const focus = () => page.evaluate(() => document.activeElement.id);
  for (let steps = 0; (await focus()) !== "for-whom"; steps += 1) {
    assert.ok(steps < 20, "the choice is not reached by Tab");
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("ArrowDown");
  await page.waitForSelector("#acting:not([hidden])");
  await settled(page);
  assert.equal(await focus(), "for-whom");
});

test("who may act for nobody is not asked, and who may no more is told", async () => {
  const alone = await queue({}, "Karen Holm");
  assert.equal(await alone.$eval("#whom", (node) => node.hidden), true);
  await alone.evaluate(() => sessionStorage.setItem("behalf", "birthe.lund")); // as when it was taken from her meanwhile
  await alone.reload();
  await alone.waitForSelector("#state.bad:not([hidden])");
  assert.match(await text(alone, "#state"), /ikke længere handle for den person/);
  assert.equal(await alone.$eval("#acting", (node) => node.hidden), true);
  await alone.waitForSelector("#queue .mail");
});

test("a case is opened in an emergency with a reason, and who manages it is told until they say they know", async () => {
  const birthe = await queue({ width: 320, dark: true }, "Birthe Lund");
  assert.equal(await birthe.$eval("#emergency", (node) => node.hidden), true);
  const nadia = await queue({}, "Nadia Friis");
  await nadia.locator("#emergency summary").click();
  await nadia.type("#emergency-number", "2024-00284");
  await nadia.type("#emergency-reason", "haster");
  await nadia.locator("#emergency-form button").click();
  await nadia.waitForSelector("#emergency-told.error");
  assert.match(await text(nadia, "#emergency-told"), /mindst 10 tegn/);
  assert.deepEqual(await violations(nadia), []);
  await nadia.type("#emergency-reason", ": en pårørende ringer");
  await nadia.locator("#emergency-form button").click();
  await nadia.waitForSelector("#emergency-told:not(.error):not(:empty)");
  await nadia.waitForFunction(() => /kan læses til/.test(document.querySelector("#emergency-told").textContent));
  await nadia.locator("#emergency-told a").click();
  await nadia.waitForFunction(() => /Personalesag: Mogens Vinther/.test(document.querySelector("#title").textContent));
  assert.match(await text(nadia, "#facts"), /Du kanlæse$/);
  await birthe.waitForSelector("#notices .notice");
  assert.match(await text(birthe, ".notice"), /nadia\.friis åbnede sag 2024-00284.*haster: en pårørende ringer/);
  assert.deepEqual(await violations(birthe), []);
  assert.ok(await birthe.evaluate(() => document.documentElement.scrollWidth) <= 320);
  if (process.env.SCREENSHOTS) await birthe.screenshot({ path: `${process.env.SCREENSHOTS}/notice-dark-320.png` });
  if (process.env.SCREENSHOTS) await nadia.screenshot({ path: `${process.env.SCREENSHOTS}/emergency-light-1100.png`, fullPage: true });
  await birthe.locator(".notice button").click();
  await birthe.waitForFunction(() => !document.querySelector(".notice"));
  await birthe.reload();
  await birthe.waitForSelector("#queue button.main");
  assert.equal(await birthe.$(".notice"), null);
});

for (const [language, dark] of [["da", false], ["en", true]]) {
  test(`the page of a case tells what lies on it, hands its files out and breaks no rule: ${language}, ${dark ? "dark" : "light"}`, async () => {
    const page = await queue({ width: 320, language, dark });
    await page.locator("#queue .mail button.main").click();
    await page.waitForSelector("#queue .mail.done");
    const id = await page.evaluate(async () => (await json("GET", "/cases?filter=recent")).items[0].id);
    await page.goto(`${demo.origin}/case#${id}`);
    await page.waitForSelector("#list li.document button");
    assert.match(await text(page, "#title"), /^20\d\d-\d+ /);
    assert.deepEqual(await violations(page), []);
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
    const file = page.waitForResponse((response) => response.url().includes("/api/v1/files/"));
    await page.locator("#list li.document button").click();
    assert.equal((await file).status(), 200);
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/case-${language}-320.png`, fullPage: true });
    await page.goto(`${demo.origin}/case#01900000-0000-7000-8000-000000000001`);
    await page.waitForFunction(() => document.querySelector("#state").textContent);
    assert.match(await text(page, "#state"), language === "da" ? /findes ikke/ : /does not exist/);
  });
}

test("a session that ended is told, and the way back in stands there", async () => {
  const page = await open(browser, demo.origin);
  await page.waitForSelector("#provider:not([hidden])");
  await page.locator("#provider").click();
  await page.waitForSelector("button[value=demo-3]");
  await page.locator("button[value=demo-3]").click();
  await page.waitForSelector("#queue button.main");
  await page.waitForFunction(() => !document.querySelector("#queue [aria-busy=true]"));
  await page.evaluate(() => fetch("/auth/sign-out", { method: "POST" })); // as in another window
  await page.locator("#queue .mail button.main").click();
  await page.waitForSelector("#ended:not([hidden])");
  assert.match(await text(page, "#ended"), /ikke længere logget ind/);
  assert.deepEqual(await violations(page), []);
});

test("a server that is away is told, and the page recovers by itself", async () => {
  const page = await queue();
  await page.setOfflineMode(true);
  await page.locator("#queue .mail button.main").click();
  await page.waitForSelector("#state.bad:not([hidden])");
  assert.deepEqual(await violations(page), []);
  await page.setOfflineMode(false);
  await page.waitForFunction(() => !document.querySelector("#queue .mail .error") || document.querySelector("#queue .mail button.main:not([disabled])"));
  await page.locator("#queue .mail button.main").click();
  await page.waitForSelector(".mail.done");
  await page.locator(".mail.done button").click();
  await page.waitForFunction(() => !document.querySelector(".mail.done"));
});

test("who reads fewer mailboxes sees fewer mails", async () => {
  const few = await queue({}, "Nadia Friis");
  const shown = (page) => page.evaluate(async () => {
    const token = sessionStorage.getItem("token");
    const answer = await fetch("/api/v1/mails?limit=200", { headers: { Authorization: `Bearer ${token}` } });
    return (await answer.json()).items.length;
  });
  const all = await queue();
  assert.ok((await shown(few)) < (await shown(all)));
});

test("the description of the API is readable and breaks no rule", async () => {
  const page = await open(browser, `${demo.origin}/api`, { width: 320 });
  assert.match(await text(page, "body"), /\/api\/v1\/journal/);
  assert.deepEqual(await violations(page), []);
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth) <= 320);
});

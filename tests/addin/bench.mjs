// How soon suggestions are on the screen after the pane was opened, and the notification after a click on the ribbon, with
// 20,000 cases: measured in the browser, from the start of the pane's own page to the frame in which the first card is drawn.
//
//   make bench-addin        DEMO_BINARY names the program; SAGSPOST_BENCH_CASES sets another number of cases
//
// The last line of output is JSON.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { outlook, startBrowser, startDemo, until } from "./demo.mjs";

const CASES = Number(process.env.SAGSPOST_BENCH_CASES ?? 20_000);
const OPENINGS = 25;
const CLICKS = 8;
const STREETS = ["Birkevej", "Havnegade", "Engvej", "Nørregade", "Skovbrynet", "Møllevej", "Strandvejen", "Kirkestræde"];
const MATTERS = ["Byggesag: carport", "Hegn ved nabogrund", "Støj fra vej", "Parkering", "Spildevand", "Tilsyn med institution", "Høring om lokalplan", "Klage over snerydning"];

function importCases(demo) {
  const folder = mkdtempSync(path.join(tmpdir(), "sagspost-bench-"));
  const file = path.join(folder, "cases.json");
  const cases = Array.from({ length: CASES }, (_, at) => ({
    number: `2023-${String(at + 1).padStart(5, "0")}`,
    title: `${MATTERS[at % MATTERS.length]}, ${STREETS[(at * 7) % STREETS.length]} ${(at % 180) + 1}`,
    responsible: "karen.holm",
  }));
  writeFileSync(file, JSON.stringify(cases));
  execFileSync(process.env.DEMO_BINARY, ["--config", path.join(demo.home, "sagspost.toml"), "case", "import", file]);
  rmSync(folder, { recursive: true });
}

const sorted = (list) => [...list].sort((a, b) => a - b);
const at = (list, share) => Math.round(sorted(list)[Math.min(list.length - 1, Math.floor(list.length * share))]);

// In the pane's page: when the first card is drawn, by the page's own clock.
function watch() {
  if (!location.pathname.startsWith("/addin/taskpane")) return;
  const seen = new MutationObserver(() => {
    if (!document.querySelector("ol button")) return;
    seen.disconnect();
    requestAnimationFrame(() => setTimeout(() => { self.shownAfter = performance.now(); }));
  });
  seen.observe(document, { subtree: true, childList: true });
}

async function openings(page) {
  const took = [];
  for (let opening = 0; opening < OPENINGS; opening += 1) {
    const mails = page.locator(".mails li button");
    await mails.nth(opening % (await mails.count())).click();
    await page.locator(".head h2").waitFor();
    await page.locator('[data-command="choose"]').click();
    const frame = await (await page.locator(".pane iframe").elementHandle()).contentFrame();
    const shown = await frame.waitForFunction(() => self.shownAfter, undefined, { timeout: 5_000 }).catch(() => null);
    // A mail that nothing is suggested for has no card.
    if (shown) took.push(await shown.jsonValue());
    await page.locator("#close-pane").click();
  }
  return took;
}

async function clicks(page) {
  const took = [];
  for (let click = 0; click < CLICKS; click += 1) {
    await page.locator(".mails li button").nth(click).click();
    await page.locator(".head h2").waitFor();
    const begun = Date.now();
    await page.locator('[data-command="journalise"]').click();
    await page.locator(".notifications li").first().waitFor();
    took.push(Date.now() - begun);
  }
  return took;
}

const demo = await startDemo();
const browser = await startBrowser();
try {
  importCases(demo);
  const page = await outlook(browser, demo);
  await page.addInitScript(watch);
  await page.goto(demo.link("Karen Holm"));
  await page.locator(".mails li").first().waitFor();
  const known = () => page.evaluate(async () => (await (await fetch("/api/v1/cases?q=2023-20&limit=1", { headers: { Authorization: `Bearer ${sessionStorage.getItem("sagspost.token")}` } })).json()).items.length);
  await until("the import of cases", async () => (await known()) > 0);
  const shown = await openings(page);
  const told = await clicks(page);
  const assets = path.resolve(import.meta.dirname, "../../addin-ui/dist");
  const bytes = readdirSync(assets, { recursive: true }).reduce((sum, name) => sum + statSync(path.join(assets, name)).size, 0);
  console.log(`${CASES} cases; ${shown.length} openings of the pane, ${told.length} clicks on the ribbon`);
  console.log(`suggestions on screen after the pane was opened   p50 ${at(shown, 0.5)} ms   p90 ${at(shown, 0.9)} ms   (goal 300)`);
  console.log(`notification after a click on the ribbon           p50 ${at(told, 0.5)} ms   p90 ${at(told, 0.9)} ms   (goal 500)`);
  console.log(JSON.stringify({ cases: CASES, suggestions_p50_ms: at(shown, 0.5), suggestions_p90_ms: at(shown, 0.9), click_p50_ms: at(told, 0.5), click_p90_ms: at(told, 0.9), built_bytes: bytes }));
} finally {
  await browser.close();
  await demo.stop();
}

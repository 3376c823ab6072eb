// Every view and every state, looked at: no rule of WCAG 2.1 AA is broken, in any theme; nothing needs sideways scrolling, however
// narrow the pane; and each has its picture in docs/pictures.
import assert from "node:assert/strict";
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { outlook, startBrowser, startDemo, violations } from "./demo.mjs";
import { LOOKS, VIEWS, inTheme, left, shown, wide } from "./views.mjs";

const PICTURES = path.resolve(import.meta.dirname, "../../docs/pictures");
const MAX_BYTES = 3_000_000;
/** The narrowest that Outlook lets a pane be, and a little less. */
const WIDTHS = [320, 200];

let demo;
let browser;
before(async () => { demo = await startDemo(); browser = await startBrowser(); });
after(async () => { await browser?.close(); await demo?.stop(); });

const sideways = (pane) => pane.evaluate(() => document.documentElement.scrollWidth - innerWidth);

for (const view of VIEWS) {
  test(`anybody can use it, in any theme and however narrow: ${view.name}`, async () => {
    const { page, pane } = await shown(browser, demo, view);
    try {
      for (const theme of ["light", "dark", "contrast"]) {
        await inTheme(page, pane, theme);
        // Colours that the system forces are not the page's to answer for.
        const broken = (await violations(pane)).filter((rule) => theme !== "contrast" || !rule.startsWith("color-contrast"));
        assert.deepEqual(broken, [], theme);
      }
      for (const width of WIDTHS) {
        await wide(page, width);
        await pane.waitForFunction((width) => innerWidth <= width, width);
        assert.ok(await sideways(pane) <= 0, `${width} px`);
      }
      assert.deepEqual(page.problems, []);
    } finally {
      await left(view, page, demo);
    }
  });
}

test("enlarged to 200 % the pane is whole, and can be used", async () => {
  // What a browser does: half as many pixels of CSS, each twice as large.
  const page = await outlook(browser, demo, { width: 650, height: 450, deviceScaleFactor: 2 });
  const [view] = VIEWS;
  const pane = await view.show(page, demo);
  assert.ok(await sideways(pane) <= 0);
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 650);
  assert.deepEqual(await violations(pane), []);
  await page.context().close();
});

test("every view has its picture in every look, and all of them are small (`make pictures`)", () => {
  const wanted = VIEWS.flatMap((view) => LOOKS.map(({ look }) => `${view.name}-${look}.png`)).sort();
  const kept = existsSync(PICTURES) ? readdirSync(PICTURES).filter((name) => name.endsWith(".png")).sort() : [];
  assert.deepEqual(kept, wanted);
  for (const name of kept) assert.equal(readFileSync(path.join(PICTURES, name)).subarray(1, 4).toString(), "PNG", name);
  const bytes = kept.reduce((sum, name) => sum + statSync(path.join(PICTURES, name)).size, 0);
  assert.ok(bytes < MAX_BYTES, `${bytes} bytes`);
});

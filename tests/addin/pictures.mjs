// Takes the pictures of docs/pictures anew: every view of the pane, in every look.
//
//   make pictures           DEMO_BINARY names the program; names of views after `node pictures.mjs` take only those
import { mkdirSync } from "node:fs";
import path from "node:path";
import { startBrowser, startDemo } from "./demo.mjs";
import { LOOKS, VIEWS, left, shown } from "./views.mjs";

const folder = path.resolve(import.meta.dirname, "../../docs/pictures");
const HEIGHT = 760;

const chosen = process.argv.slice(2);
const demo = await startDemo();
const browser = await startBrowser();
try {
  mkdirSync(folder, { recursive: true });
  for (const view of VIEWS.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
    for (const { look, theme, width } of LOOKS) {
      const { page } = await shown(browser, demo, view, { theme, width, height: HEIGHT });
      await page.mouse.move(0, 0);
      await page.locator(".pane iframe").screenshot({ path: path.join(folder, `${view.name}-${look}.png`), animations: "disabled" });
      await left(view, page, demo);
    }
    console.log(view.name);
  }
} finally {
  await browser.close();
  await demo.stop();
}

// Draws the icons from their SVG, in every size that Office asks for: `npm run icons --prefix tests/addin`.
// The pictures are kept in the source tree, since building needs no browser.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const { chromium } = createRequire(path.join(here, "../../tests/addin/package.json"))("playwright-core");

// 16, 32, 80: ribbon; 25, 32, 48 once, twice and thrice: mobile; 64, 128: lists of add-ins; 192: the unified manifest.
const SIZES = [16, 20, 24, 25, 32, 40, 48, 50, 64, 75, 80, 96, 128, 144, 192];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
const draw = async (svg, size, name) => {
  await page.setViewportSize({ width: size, height: size });
  await page.setContent(`<style>body{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>${readFileSync(path.join(here, svg), "utf8")}`);
  await page.screenshot({ path: path.join(here, name), omitBackground: true });
};
for (const size of SIZES) await draw("icon.svg", size, `icon-${size}.png`);
await draw("outline.svg", 32, "outline-32.png");
await browser.close();

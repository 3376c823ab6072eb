// How much a browser loads before the pane is drawn, and how large the script of the commands is; fails above the limits.

import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const MAX_FIRST_PAINT = 150_000;
const MAX_COMMANDS = 30_000;
const MAX_APP = 200_000;
const dist = new URL("../dist/", import.meta.url);
const read = (path) => readFileSync(new URL(path.replace(/^\/addin\//, ""), dist));

/** A page's scripts with all that they import before they run; what is imported later is not among them. */
function firstPaint(page) {
  const html = read(page).toString();
  const seen = new Set();
  const follow = (path) => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = read(path).toString();
    for (const [, from] of source.matchAll(/(?:\bfrom|\bimport)\s*["']\.\/([^"']+\.js)["']/g)) follow(`/addin/assets/${from}`);
  };
  for (const [, path] of html.matchAll(/(?:src|href)="(\/addin\/assets\/[^"]+\.js)"/g)) follow(path);
  return [...seen];
}

const sizes = [
  ["first paint of the pane", firstPaint("taskpane.html"), MAX_FIRST_PAINT],
  ["first paint of the web app", firstPaint("app.html"), MAX_APP],
  ["commands.js", ["commands.js"], MAX_COMMANDS],
].map(([name, files, max]) => ({ name, bytes: files.reduce((sum, file) => sum + gzipSync(read(file)).length, 0), max }));

for (const { name, bytes, max } of sizes) console.log(`${name}: ${(bytes / 1000).toFixed(1)} kB gzipped of ${max / 1000} kB${bytes > max ? " — TOO LARGE" : ""}`);
process.exit(sizes.some(({ bytes, max }) => bytes > max) ? 1 : 0);

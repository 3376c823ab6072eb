// The running demo and a real Chromium, for the tests of the page.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!chromium) throw new Error("Chromium is missing: apt-get install chromium");

// Starts the demo; `stop` ends it with everything it started.
export async function startDemo() {
  const home = mkdtempSync(path.join(tmpdir(), "sagspost-browser-"));
  const child = spawn("scripts/demo", { cwd: root, env: { ...process.env, DEMO_HOME: home }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const ready = new Promise((resolve, reject) => {
    const hear = (chunk) => { said += chunk; if (said.includes("Ctrl-C ends it.")) resolve(); };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
  });
  await ready;
  const link = (name) => said.split("\n").find((line) => line.includes(name)).match(/http\S+/)[0];
  return {
    link,
    origin: new URL(link("Karen Holm")).origin,
    stop: () => new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", () => { rmSync(home, { recursive: true, force: true }); resolve(); });
      child.kill("SIGTERM");
    }),
  };
}

export const startBrowser = () => puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox"] });

// A page of its own, with no memory of others.
export async function open(browser, url, { language = "da", dark = false, width = 1100, height = 900 } = {}) {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  await page.setViewport({ width, height });
  await page.evaluateOnNewDocument((l) => Object.defineProperty(navigator, "languages", { get: () => [l] }), language);
  await page.setExtraHTTPHeaders({ "Accept-Language": language });
  await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: dark ? "dark" : "light" }]);
  await page.goto(url);
  return page;
}

// The running demo, a real Chromium on its stand-in for Outlook, and a look into the mailboxes themselves.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (!executablePath) throw new Error("Chromium is missing: apt-get install chromium");

// Starts the demo; `stop` ends it with everything it started.
export async function startDemo() {
  const home = mkdtempSync(path.join(tmpdir(), "sagspost-addin-"));
  const child = spawn("scripts/demo", { cwd: root, env: { ...process.env, DEMO_HOME: home }, stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  await new Promise((resolve, reject) => {
    const hear = (chunk) => { said += chunk; if (said.includes("Ctrl-C ends it.")) resolve(); };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("exit", (code) => reject(new Error(`the demo ended with ${code}:\n${said}`)));
  });
  const link = (name) => said.split("\n").find((line) => line.includes(name) && line.includes("/outlook#")).match(/http\S+/)[0];
  const imap = new URL(readFileSync(path.join(home, "imap"), "utf8").trim());
  const password = readFileSync(path.join(home, "password"), "utf8");
  return {
    home,
    link,
    origin: new URL(link("Karen Holm")).origin,
    flags: (mailbox, messageId, folder = "INBOX") => flags({ port: Number(imap.port), mailbox, password, folder, messageId }),
    headers: (mailbox, messageId, folder) => headers({ port: Number(imap.port), mailbox, password, folder, messageId }),
    stop: () => new Promise((resolve) => {
      child.removeAllListeners("exit");
      child.on("exit", () => { rmSync(home, { recursive: true, force: true }); resolve(); });
      child.kill("SIGTERM");
    }),
  };
}

export const startBrowser = () => chromium.launch({ executablePath, args: ["--no-sandbox"] });

// The stand-in, signed in, with nothing remembered from others.
export async function outlook(browser, demo, { user = "Karen Holm", language = "da-DK", width = 1300, height = 900, ...look } = {}) {
  const context = await browser.newContext({ locale: language, viewport: { width, height }, ...look });
  const page = await context.newPage();
  page.problems = [];
  page.on("pageerror", (error) => page.problems.push(String(error)));
  page.on("console", (told) => { if (told.type() === "error" && /Content Security Policy|Uncaught/.test(told.text())) page.problems.push(told.text()); });
  await page.goto(demo.link(user));
  await page.locator(".mails li").first().waitFor();
  return page;
}

// What the service says, as whoever is signed in on the page.
export const api = (page, address, options) => page.evaluate(async ([path, more]) => {
  const headers = { Authorization: `Bearer ${sessionStorage.getItem("sagspost.token")}`, ...more?.headers };
  return (await fetch(`/api/v1${path}`, { ...more, headers })).json();
}, [address, options]);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"];

// Rules of accessibility that a page or a frame breaks. Each by itself: a mail is shown in a frame where nothing may run, for
// which @axe-core/playwright waits in vain.
export async function violations(frame) {
  await frame.evaluate(axe);
  // What fades in has no colours yet; what turns for ever is not waited for.
  await frame.evaluate(() => Promise.all(document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime < Infinity).map((one) => one.finished.catch(() => undefined))));
  // Guards around a dialog catch the focus and pass it on at once: nobody is ever on them.
  const { violations: found } = await frame.evaluate((rules) => axe.run({ include: [document], exclude: [["[data-tabster-dummy]"]] }, { runOnly: rules, iframes: false }), RULES);
  return found.map((violation) => `${violation.id}: ${violation.nodes[0].html}`);
}

// Waits for a condition outside the page.
export async function until(what, holds) {
  const end = Date.now() + 15_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what} did not happen in time`);
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

// The flags of a mail, as a mail program sees them.
async function flags(place) {
  return (await asked(place, "FLAGS")).match(/FLAGS \(([^)]*)\)/)?.[1].split(" ") ?? [];
}

async function headers(place) {
  return asked(place, "BODY.PEEK[HEADER]");
}

// One mail found by its Message-ID, asked for one thing. A small IMAP client: the tests look past the service.
async function asked({ port, mailbox, password, folder, messageId }, what) {
  const socket = net.connect(port, "127.0.0.1");
  let heard = "";
  let wake = () => {};
  socket.on("data", (chunk) => { heard += chunk.toString("latin1"); wake(); });
  const until = (pattern) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the mail server did not answer: ${heard.slice(-200)}`)), 10_000);
    wake = () => { if (pattern.test(heard)) { clearTimeout(timer); resolve(); } };
    wake();
  });
  let tag = 0;
  const say = async (command) => {
    heard = "";
    tag += 1;
    socket.write(`a${tag} ${command}\r\n`);
    await until(new RegExp(`^a${tag} (OK|NO|BAD)`, "m"));
    return heard;
  };
  try {
    await until(/^\* OK/);
    await say(`LOGIN "${mailbox}" "${password}"`);
    await say(`EXAMINE "${folder}"`);
    const uid = /\* SEARCH (\d+)/.exec(await say(`UID SEARCH HEADER Message-ID "${messageId}"`))?.[1];
    return uid ? await say(`UID FETCH ${uid} (${what})`) : "";
  } finally {
    socket.destroy();
  }
}

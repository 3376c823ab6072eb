// Elements and words of the page.

const all = JSON.parse(document.getElementById("texts").textContent);
export const language = (navigator.languages ?? []).some((one) => one.toLowerCase().startsWith("da")) || !(navigator.languages ?? []).some((one) => one.toLowerCase().startsWith("en")) ? "da" : "en";
document.documentElement.lang = language;

/** A text of the catalogue, `{name}` replaced by its value. */
export function t(key, values = {}) {
  return Object.entries(values).reduce((text, [name, value]) => text.replaceAll(`{${name}}`, value), all[language][key] ?? key);
}

/** An element: attributes by name, `onclick` and the like as listeners, what is `null` left out. */
export function h(name, attributes = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value == null || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== false));
  return node;
}

export const $ = (id) => document.getElementById(id);

const days = new Intl.DateTimeFormat(language, { day: "numeric", month: "short" });
const moments = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "short" });
export const day = (time) => days.format(new Date(time));
export const moment = (time) => moments.format(new Date(time));

/** Puts these in the place of what is there; what is not there is left out. */
export function fill(node, ...children) {
  node.replaceChildren(...children.flat().filter((child) => child != null && child !== false));
}

/** Says it to those who hear the page. */
export function say(text) {
  $("said").textContent = text;
}

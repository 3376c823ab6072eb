// The ribbon as the manifest has it: the same file that an administrator gives Office, for this host.

import { language } from "./dom.js";

const NEWEST = "VersionOverridesV1_1";

export async function ribbon() {
  const text = await (await fetch("/outlook/manifest.xml")).text();
  const overrides = [...new DOMParser().parseFromString(text, "application/xml").getElementsByTagName("VersionOverrides")]
    .find((node) => node.getAttribute("xsi:type") === NEWEST);
  const resources = new Map([...child(overrides, "Resources").querySelectorAll("[id]")].map((node) => [node.getAttribute("id"), value(node)]));
  const of = (node, name) => resources.get(child(node, name)?.getAttribute("resid")) ?? "";
  const desktop = child(child(child(overrides, "Hosts"), "Host"), "DesktopFormFactor");
  const points = [...desktop.children].filter((node) => node.localName === "ExtensionPoint");
  const point = (type) => points.find((node) => node.getAttribute("xsi:type") === type);
  const buttons = (type) => [...point(type).getElementsByTagName("Control")].map((node) => {
    const action = child(node, "Action");
    const icon = [...child(node, "Icon").children].find((image) => image.getAttribute("size") === "32");
    return {
      id: node.getAttribute("id"),
      label: of(node, "Label"),
      tip: of(child(node, "Supertip"), "Description"),
      icon: local(resources.get(icon.getAttribute("resid"))),
      run: child(action, "FunctionName")?.textContent ?? null,
      pane: local(of(action, "SourceLocation")),
      canPin: child(action, "SupportsPinning")?.textContent === "true",
      forSeveral: child(action, "SupportsMultiSelect")?.textContent === "true",
    };
  });
  const events = [...point("LaunchEvent").getElementsByTagName("LaunchEvent")];
  return {
    name: of(point("MessageReadCommandSurface").getElementsByTagName("Group")[0], "Label"),
    read: buttons("MessageReadCommandSurface"),
    compose: buttons("MessageComposeCommandSurface"),
    functions: local(of(desktop, "FunctionFile")),
    script: local(resources.get("script")),
    icons: new Map([...resources].filter(([, address]) => /\.png$/.test(address)).map(([id, address]) => [id, local(address)])),
    events: new Map(events.map((node) => [node.getAttribute("Type"), { run: node.getAttribute("FunctionName"), mode: node.getAttribute("SendMode") }])),
  };
}

const child = (node, name) => [...(node?.children ?? [])].find((one) => one.localName === name);

/** In the reader's language where the manifest has it, else as it is by default. */
function value(node) {
  const override = [...node.children].find((one) => one.getAttribute("Locale")?.toLowerCase().startsWith(language));
  return override?.getAttribute("Value") ?? node.getAttribute("DefaultValue");
}

/** The page is on the manifest's host, by whatever name it was opened. */
function local(address) {
  if (!address) return "";
  const { pathname, search } = new URL(address);
  return pathname + search;
}

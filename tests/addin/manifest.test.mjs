// The manifests as Office will read them: published schemas, Microsoft's parser, and rules that no schema tells.
// Nothing is asked of any server.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import Ajv from "ajv";
import addFormats from "ajv-formats";
import { XmlDocument, XsdValidator } from "libxml2-wasm";
import { xmlRegisterFsInputProviders } from "libxml2-wasm/lib/nodejs.mjs";
import officeAddinManifest from "office-addin-manifest";

const here = path.dirname(fileURLToPath(import.meta.url));
const root = path.resolve(here, "../..");
const program = path.resolve(root, process.env.DEMO_BINARY ?? "target/debug/sagspost");
const HOST = "https://sagspost.egelund-kommune.example";
const NS = {
  app: "http://schemas.microsoft.com/office/appforoffice/1.1",
  v10: "http://schemas.microsoft.com/office/mailappversionoverrides",
  v11: "http://schemas.microsoft.com/office/mailappversionoverrides/1.1",
  bt: "http://schemas.microsoft.com/office/officeappbasictypes/1.0",
  xsi: "http://www.w3.org/2001/XMLSchema-instance",
};

xmlRegisterFsInputProviders();

let folder;
before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "sagspost-manifest-"));
  for (const lang of ["da", "en"]) {
    execFileSync(program, ["manifest", "--host", HOST, "--lang", lang, "--out", path.join(folder, lang)]);
  }
});
after(() => rmSync(folder, { recursive: true, force: true }));

const file = (lang, name) => path.join(folder, lang, name);
const json = (lang, name) => JSON.parse(readFileSync(file(lang, `microsoft365/${name}`)));
const read = (lang) => XmlDocument.fromBuffer(readFileSync(file(lang, "outlook.xml")));
const all = (node, xpath) => node.find(xpath, NS);
const values = (node, xpath) => all(node, xpath).map((attribute) => attribute.value);

for (const lang of ["da", "en"]) {
  test(`the mail overrides 1.1 are as the published schema wants them: ${lang}`, () => {
    const document = read(lang);
    // What came after the schema's year; the tests below look at it.
    const newer = "//v11:Runtimes | //v11:SupportsSharedFolders | //v11:SupportsMultiSelect | //v11:ExtensionPoint[@xsi:type='LaunchEvent']";
    const removed = all(document, newer);
    assert.ok(removed.length >= 4, "what is newer than the schema is there");
    for (const node of removed) node.remove();
    const overrides = document.get("//v11:VersionOverrides", NS).toString();
    const declared = overrides.includes("xmlns:xsi") ? overrides
      : overrides.replace("<VersionOverrides", `<VersionOverrides xmlns:xsi="${NS.xsi}" xmlns:bt="${NS.bt}"`);
    const schema = XmlDocument.fromBuffer(readFileSync(path.join(here, "schemas/MailAppVersionOverridesV1_1.xsd")),
      { url: `file://${here}/schemas/MailAppVersionOverridesV1_1.xsd` });
    XsdValidator.fromDoc(schema).validate(XmlDocument.fromString(declared));
    assert.throws(() => XsdValidator.fromDoc(schema).validate(XmlDocument.fromString(declared.replace("<Hosts>", "<Hosts><Wrong/>"))), "the schema is looked at");
  });

  test(`Microsoft's parser reads what the add-in-only manifest says: ${lang}`, async () => {
    const told = await officeAddinManifest.OfficeAddinManifest.readManifestFile(file(lang, "outlook.xml"));
    assert.equal(told.displayName, "Sagspost");
    assert.equal(told.officeAppType, "MailApp");
    assert.deepEqual(told.hosts, ["Mailbox"]);
    assert.equal(told.permissions, "ReadWriteMailbox");
    assert.equal(told.defaultLocale, lang === "da" ? "da-DK" : "en-US");
    assert.match(told.description, lang === "da" ? /journaliserer/ : /files it/);
    assert.match(told.version, /^\d+\.\d+\.\d+\.0$/);
  });

  test(`every resource is there once, is used, and is within its limits: ${lang}`, () => {
    const document = read(lang);
    for (const edition of ["v10", "v11"]) {
      const overrides = `//${edition}:VersionOverrides`;
      const resources = `${overrides}/${edition}:Resources`;
      const ids = values(document, `${resources}/bt:*/bt:*/@id`);
      assert.equal(new Set(ids).size, ids.length, "no id twice");
      const used = new Set(values(document, `${overrides}/*[not(self::v11:VersionOverrides)]//@resid`));
      assert.deepEqual([...used].sort(), [...ids].sort(), `${edition}: what is named is there, and what is there is named`);
      for (const id of ids) assert.ok(id.length <= 32, id);
      for (const [strings, longest] of [["ShortStrings", 125], ["LongStrings", 250]]) {
        const texts = values(document, `${resources}/bt:${strings}//@DefaultValue | ${resources}/bt:${strings}//@Value`);
        assert.ok(texts.length >= 4);
        for (const text of texts) assert.ok(text.length > 0 && text.length <= longest, text);
      }
    }
  });

  test(`ids of controls and groups are unique in each edition: ${lang}`, () => {
    const document = read(lang);
    for (const edition of ["v10", "v11"]) {
      const ids = values(document, `//${edition}:VersionOverrides/${edition}:Hosts//${edition}:Control/@id | //${edition}:VersionOverrides/${edition}:Hosts//${edition}:Group/@id`);
      assert.ok(ids.length >= 5);
      assert.equal(new Set(ids).size, ids.length, ids.join());
    }
  });

  test(`every address is https and on the host that was told: ${lang}`, () => {
    const text = readFileSync(file(lang, "outlook.xml"), "utf8") + readFileSync(file(lang, "microsoft365/manifest.json"), "utf8");
    const addresses = text.match(/https?:\/\/[^"<\s]+/g).filter((url) => !/schemas\.microsoft\.com|www\.w3\.org|developer\.microsoft\.com/.test(url));
    assert.ok(addresses.length > 30);
    for (const address of addresses) assert.ok(address.startsWith(`${HOST}/`), address);
  });

  test(`the unified manifest is as its official schema wants it: ${lang}`, () => {
    const manifest = json(lang, "manifest.json");
    const schemas = path.join(path.dirname(createRequire(import.meta.url).resolve("@microsoft/app-manifest/package.json")), "build/json-schemas/teams");
    const check = (name, data) => {
      const ajv = addFormats(new Ajv({ strict: false, allErrors: true, unicodeRegExp: false }));
      const schema = JSON.parse(readFileSync(path.join(schemas, `v${manifest.manifestVersion}`, name)));
      delete schema.$schema; // a name for draft 7 that the validator does not know
      const validate = ajv.compile(schema);
      assert.ok(validate(data), JSON.stringify(validate.errors?.slice(0, 5), null, 1));
    };
    check("MicrosoftTeams.schema.json", manifest);
    const { file: others } = manifest.localizationInfo.additionalLanguages[0];
    check("MicrosoftTeams.Localization.schema.json", json(lang, others));
    assert.equal(Object.keys(json(lang, others)).length > 15, true, "labels and tips are there in the other language");
  });

  test(`every action that a button or an event names is there: ${lang}`, () => {
    const [extension] = json(lang, "manifest.json").extensions;
    const actions = extension.runtimes.flatMap((runtime) => runtime.actions.map((action) => action.id));
    assert.equal(new Set(actions).size, actions.length);
    const groups = extension.ribbons.flatMap((ribbon) => ribbon.tabs).flatMap((tab) => tab.groups ?? tab.customMobileRibbonGroups);
    const named = [...groups.flatMap((group) => group.controls), ...extension.autoRunEvents.flatMap((runs) => runs.events)].map((one) => one.actionId);
    for (const name of named) assert.ok(actions.includes(name), name);
    for (const name of actions) assert.ok(named.includes(name), `${name} is used`);
  });
}

test("both manifests are small enough, and the package holds what Microsoft 365 asks for", () => {
  assert.ok(statSync(file("da", "outlook.xml")).size < 256 * 1024);
  assert.deepEqual(readdirSync(file("da", "microsoft365")).sort(), ["color.png", "en.json", "manifest.json", "outline.png"]);
  const zip = readFileSync(file("da", "microsoft365.zip"));
  assert.equal(zip.subarray(0, 2).toString(), "PK");
  const side = (name) => { const png = readFileSync(file("da", `microsoft365/${name}`)); return [png.readUInt32BE(16), png.readUInt32BE(20)]; };
  assert.deepEqual(side("color.png"), [192, 192]);
  assert.deepEqual(side("outline.png"), [32, 32]);
});

test("buttons, events and what they may do are as the product wants them", () => {
  const document = read("da");
  const button = (id) => `//v11:Control[@id='${id}']`;
  assert.deepEqual(all(document, `${button("journalise")}//v11:FunctionName`).map((node) => node.content), ["journalise"]);
  assert.equal(all(document, `${button("choose")}//v11:SupportsPinning`)[0].content, "true");
  assert.equal(all(document, `${button("several")}//v11:SupportsMultiSelect`)[0].content, "true");
  const opens = values(document, `//v11:VersionOverrides/v11:Resources/bt:Urls/bt:Url[@id='${values(document, `${button("insert")}//v11:Action/v11:SourceLocation/@resid`)[0]}']/@DefaultValue`);
  assert.deepEqual(opens, [`${HOST}/addin/taskpane.html?mode=insert`], "while writing, something is taken from a case");
  assert.deepEqual(values(document, "//v11:LaunchEvent/@Type"), ["OnNewMessageCompose", "OnMessageSend"]);
  assert.deepEqual(values(document, "//v11:LaunchEvent/@SendMode"), ["PromptUser"], "a mail is never held back");
  assert.deepEqual(values(document, "//v11:Runtime/v11:Override/@resid"), ["script"]);
  assert.equal(all(document, "//v11:MobileFormFactor//v11:Control").length, 1);
});

test("mail in the folders of others and in shared mailboxes is the add-in's too, in both manifests", () => {
  assert.equal(all(read("da"), "//v11:DesktopFormFactor/*[1][self::v11:SupportsSharedFolders]")[0].content, "true");
  const asked = json("da", "manifest.json").authorization.permissions.resourceSpecific;
  assert.deepEqual(asked.map(({ name, type }) => `${name} ${type}`).sort(), ["Mailbox.ReadWrite.User Delegated", "Mailbox.SharedFolder Delegated"]);
});

test("every icon that a manifest names is kept in that size", () => {
  const text = readFileSync(file("da", "outlook.xml"), "utf8") + readFileSync(file("da", "microsoft365/manifest.json"), "utf8");
  for (const [, size] of new Set(text.matchAll(/icons\/icon-(\d+)\.png/g))) {
    const picture = path.join(root, `addin-manifest/icons/icon-${size}.png`);
    assert.ok(existsSync(picture), picture);
    const png = readFileSync(picture);
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [Number(size), Number(size)]);
  }
});

test("an app id of one's own stands in both manifests", () => {
  const id = "0b8f6e0a-1111-4222-8333-444455556666";
  execFileSync(program, ["manifest", "--host", HOST, "--app-id", id, "--out", path.join(folder, "own")]);
  assert.match(readFileSync(file("own", "outlook.xml"), "utf8"), new RegExp(`<Id>${id}</Id>`));
  assert.equal(json("own", "manifest.json").id, id);
});

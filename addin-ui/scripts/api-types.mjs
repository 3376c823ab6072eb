// Types of the API from its contract, which the service's own tests keep true (tests/it/snapshots).
//
//   node scripts/api-types.mjs           writes src/api/schema.ts
//   node scripts/api-types.mjs --check   fails when it is not up to date

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";

const contract = new URL("../../tests/it/snapshots/it__api__the_contract_changes_only_on_purpose.snap", import.meta.url);
const target = new URL("../src/api/schema.ts", import.meta.url);

const snapshot = readFileSync(contract, "utf8");
const document = JSON.parse(snapshot.slice(snapshot.indexOf("\n{")));
// Handlers of different resources share names; the types are found by paths and schemas.
for (const operations of Object.values(document.paths)) for (const operation of Object.values(operations)) delete operation.operationId;
const made = `// Made by \`npm run types\` from the service's contract. Do not edit.\n\n${astToString(await openapiTS(document))}`;

if (!process.argv.includes("--check")) {
  writeFileSync(target, made);
} else if (readFileSync(target, "utf8") !== made) {
  console.error(`${fileURLToPath(target)} is not what the contract says: run npm run types`);
  process.exit(1);
}

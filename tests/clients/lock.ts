// Leave out of the lock file what installs nothing: where to send money to the packages' authors.

import { readFileSync, writeFileSync } from "node:fs";

const name = "package-lock.json";
const lock = JSON.parse(readFileSync(name, "utf8"));
for (const found of Object.values<{ funding?: unknown }>(lock.packages)) delete found.funding;
writeFileSync(name, `${JSON.stringify(lock, null, 2)}\n`);

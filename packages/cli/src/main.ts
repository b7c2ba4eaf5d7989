import { readFileSync } from "node:fs";

// The package.json lies above src and above dist alike.
const packageJson: { version: string } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
);

console.log(packageJson.version);

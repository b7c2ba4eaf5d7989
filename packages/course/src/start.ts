/** A folder for a student: it stands alone, and holds the skeleton, the task and a note on data, never the solution. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createFolder, DataError } from "chainrule/node";
import { practicalNamed } from "./practicals.ts";
import { courseFile, skeletonOf } from "./practical/files.ts";

export interface StartOptions {
  /** Puts tarballs of the packages into a folder; only in a checkout, whose packages nobody has published. */
  readonly pack?: (folder: string) => void;
}

/** From this version on Node runs TypeScript as it is, without a flag. */
const oldestNode = "22.18";

/** Makes the folder `to` for a practical; returns the names of its files. */
export async function startPractical(
  name: string,
  to: string,
  { pack = packFromCheckout() }: StartOptions = {},
): Promise<string[]> {
  practicalNamed(name);
  const folder = createFolder(to);
  try {
    const write = (file: string, text: string): void => writeFileSync(join(folder.path, file), text);
    const tarballs = pack && packedInto(folder.path, pack);
    write("package.json", packageJson(name, tarballs));
    write("tsconfig.json", tsconfig);
    write(`${name}.ts`, skeletonOf(name));
    write("README.md", courseFile(name, "README.md"));
    write("DATA.md", dataNote);
    write(".gitignore", "node_modules/\n");
    folder.keep();
  } catch (error) {
    folder.discard();
    throw error;
  }
  return readdirSync(folder.path).sort();
}

const tarballFolder = "packages";

/** The tarballs by the name of their package. */
function packedInto(folder: string, pack: (folder: string) => void): Record<string, string> {
  const target = join(folder, tarballFolder);
  mkdirSync(target);
  pack(target);
  const named = readdirSync(target)
    .sort()
    .flatMap((file) => {
      const match = /^(.+)-\d+\.\d+\.\d+\.tgz$/.exec(file);
      return match ? [[match[1], `file:${tarballFolder}/${file}`] as const] : [];
    });
  return Object.fromEntries(named);
}

function packageJson(name: string, tarballs: Record<string, string> | undefined): string {
  const { version } = ownPackage();
  return `${JSON.stringify(
    {
      name: `practical-${name}`,
      private: true,
      type: "module",
      engines: { node: `>=${oldestNode}` },
      scripts: {
        start: `node ${name}.ts`,
        check: `chainrule practical check ${name} .`,
        types: "tsc",
      },
      dependencies: tarballs ?? { chainrule: version, "chainrule-cli": version },
      devDependencies: { "@types/node": "24.19.2", typescript: "7.0.2" },
    },
    null,
    2,
  )}\n`;
}

function ownPackage(): { version: string } {
  return JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
}

export const tsconfig = `{
  "compilerOptions": {
    "target": "es2024",
    "lib": ["es2024", "dom"],
    "types": ["node"],
    "module": "nodenext",
    "strict": true,
    "noEmit": true,
    "erasableSyntaxOnly": true,
    "verbatimModuleSyntax": true,
    "allowImportingTsExtensions": true,
    "skipLibCheck": true
  },
  "include": ["*.ts"]
}
`;

const dataNote = `# What this folder needs

## Node

Node ${oldestNode} or newer, which runs TypeScript as it is; \`node --version\` says which one is installed. An older one ends
\`npm start\` with \`ERR_UNKNOWN_FILE_EXTENSION\`.

## Data

The circles, and every other set that a formula draws, come with the library; so do 1,797 digits of 8 × 8 pixels and Iris.

MNIST (\`mnist/\`, four IDX files, with or without \`.gz\`) and the photometric redshifts (\`tabular/photoz.csv.gz\`) are looked
for in the folder that the environment variable \`CHAINRULE_DATA\` names. \`chainrule train --data mnist\` downloads MNIST into a
cache, where it is found as well. Nothing here needs them: checks run without data, and what would use them says so.
`;

/** In a checkout: a program of its own compiles and packs the workspaces. Undefined in the published package. */
function packFromCheckout(): ((folder: string) => void) | undefined {
  if (!import.meta.url.endsWith(".ts")) return undefined;
  const script = fileURLToPath(new URL("../../../scripts/tarballs.ts", import.meta.url));
  if (!existsSync(script)) return undefined;
  return (folder) => {
    const ran = spawnSync(process.execPath, [script, folder], { encoding: "utf8" });
    if (ran.status === 0) return;
    const [why = "no message"] = `${ran.stderr}${ran.stdout}`.trim().split("\n").slice(-1);
    throw new DataError(`the packages of this checkout could not be packed: ${why}`);
  };
}

#!/usr/bin/env node
// The bin of chainrule-cli. It is committed as plain, old-fashioned JavaScript, so that an old Node can read it
// far enough to say what is wrong, or to hand on to the Node that the checkout pins.
import { spawn } from "child_process";
import { existsSync, realpathSync } from "fs";
import * as nodeModule from "module";
import { dirname, join } from "path";
import { fileURLToPath, pathToFileURL } from "url";

const needed = [22, 13];
const bin = realpathSync(fileURLToPath(import.meta.url));
const packageRoot = dirname(dirname(bin));
const checkout = dirname(dirname(packageRoot));
const source = join(packageRoot, "src", "main.ts");

// Node keeps what it compiled, so that the next command starts in half the time.
if (nodeModule.enableCompileCache) nodeModule.enableCompileCache();

if (existsSync(source)) runSources();
else runBuilt();

/** In the checkout: run the TypeScript sources as they are, on this Node or on the pinned one. */
function runSources() {
  const pinned = pinnedNode();
  if (pinned === undefined) {
    return fail("the checkout at " + checkout + " is not installed yet; run npm ci there");
  }
  if (runsTypeScript()) {
    nodeModule.registerHooks({
      resolve: function (specifier, context, next) {
        const conditions = ["chainrule-source"].concat(context.conditions);
        return next(specifier, Object.assign({}, context, { conditions: conditions }));
      },
    });
    return start(source);
  }
  if (realpathSync(process.execPath) === realpathSync(pinned)) {
    return fail("the pinned Node " + process.version + " runs no TypeScript sources; run npm ci again");
  }
  handOn(pinned);
}

/** Installed from a package: run the built JavaScript. */
function runBuilt() {
  if (!newEnough()) {
    return fail(
      "needs Node " +
        needed.join(".") +
        " or newer and this is " +
        process.version +
        "; install Node 24, say",
    );
  }
  start(join(packageRoot, "dist", "main.js"));
}

function newEnough() {
  const version = process.versions.node.split(".").map(Number);
  return version[0] > needed[0] || (version[0] === needed[0] && version[1] >= needed[1]);
}

/** The sources ask for more than the built package: type stripping without a flag, and synchronous hooks. */
function runsTypeScript() {
  return newEnough() && Boolean(process.features.typescript) && Boolean(nodeModule.registerHooks);
}

function pinnedNode() {
  const folder = join(checkout, "node_modules", "node", "bin");
  return [join(folder, "node"), join(folder, "node.exe")].find(existsSync);
}

function start(file) {
  import(pathToFileURL(file).href).catch(function (error) {
    console.error(error);
    process.exitCode = 1;
  });
}

/** Run the same command on another Node, and be it as far as exit code and signals go. */
function handOn(node) {
  const child = spawn(node, process.execArgv.concat(bin, process.argv.slice(2)), { stdio: "inherit" });
  // A terminal delivers Ctrl-C to the child itself; passing it on as well would make it two.
  const terminal = [process.stdin, process.stdout, process.stderr].some(function (stream) {
    return stream.isTTY;
  });
  process.on("SIGINT", function () {
    if (!terminal) child.kill("SIGINT");
  });
  process.on("SIGTERM", function () {
    child.kill("SIGTERM");
  });
  child.on("error", function (error) {
    fail("cannot start " + node + ": " + error.message);
  });
  child.on("exit", function (code, signal) {
    if (signal === null) return process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

function fail(message) {
  console.error("chainrule: " + message);
  process.exitCode = 1;
}

/** An app as a bundler gets it: it trains, with as many threads as its address says. */
import { trainCompiled } from "./compiled.ts";

const threads = Number(new URLSearchParams(location.search).get("threads") ?? 1);
Object.assign(globalThis, { bits: trainCompiled(threads) });

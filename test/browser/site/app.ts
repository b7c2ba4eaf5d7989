/** The app that the bundlers get. It trains, with the number of threads in its address. */
import { trainCompiled } from "./compiled.ts";

const threads = Number(new URLSearchParams(location.search).get("threads") ?? 1);
Object.assign(globalThis, { bits: trainCompiled(threads) });

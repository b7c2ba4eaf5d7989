/** Property tests draw the same cases in every run, so that a failure can be repeated; FC_SEED=… draws others. */
import fc from "fast-check";
import { resolve } from "node:path";

fc.configureGlobal({ seed: Number(process.env.FC_SEED ?? 1) });

// Tests start commands in temporary folders.
if (process.env.CHAINRULE_DATA) process.env.CHAINRULE_DATA = resolve(process.env.CHAINRULE_DATA);

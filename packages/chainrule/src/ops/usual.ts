/** What most ops say of themselves to the passes, in their records; see define.ts. */
import type { OpRecord } from "./define.ts";

export const usual = {
  kinked: false,
  broadcasts: false,
  linear: false,
  compares: false,
  moves: null,
  identity: [],
  transposeFlags: [],
} satisfies Partial<OpRecord>;

/** How gradients are limited before an update, a row each. */
import { clipGradNorm, clipGradValue } from "../../optim/clip.ts";
import type { Parameter } from "../../ops/state.ts";
import { above0, oneForm } from "../forms.ts";
import type { Form, FormValue } from "../forms.ts";
import type { Kind } from "../kinds.ts";

export interface ClippingRow extends Form<"limit"> {
  /** Clips the gradients of the parameters. */
  apply(parameters: readonly Parameter[], limit: number): unknown;
}

const numbers = [above0("limit", "LIMIT", "The limit must be above 0.")];

export const clippings = {
  norm: { numbers, apply: clipGradNorm },
  value: { numbers, apply: clipGradValue },
} as const satisfies Record<string, ClippingRow>;

export type Clipping = FormValue<typeof clippings>;
export const clipping: Kind<Clipping> = oneForm(clippings);

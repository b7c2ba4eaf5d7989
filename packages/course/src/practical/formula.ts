/** Formulas for pages, as MathML, which browsers draw without style sheets or fonts and screen readers read aloud. */
import "../../graph/eager.ts";
import { renderToString } from "katex";
import { ValueError } from "../../tensor/errors.ts";
import type { Html } from "../html.ts";

/**
 * A formula from LaTeX, on its own line or, with `inline`, in a sentence.
 * @throws ValueError with KaTeX's message for LaTeX that KaTeX cannot parse
 * @example formula("\\frac{1}{2}").markup.includes("<mfrac>"); // true
 */
export function formula(latex: string, { inline = false }: { readonly inline?: boolean } = {}): Html {
  try {
    const markup = renderToString(latex, {
      output: "mathml",
      displayMode: !inline,
      strict: "error",
      maxExpand: 1000,
      trust: ({ command }) => {
        throw new Error(`${command} may not stand in a page that allows neither links nor styles`);
      },
    });
    const math = markup
      .replace(/^<span class="katex">|<\/span>$/g, "")
      // Chromium puts no space between the name of a function and an argument without parentheses, as in ln 2.
      .replace(/<mo>\u2061<\/mo>(?=<m(?:i|n|frac|sub|over)\b)/g, '$&<mspace width="0.1667em"></mspace>');
    return {
      markup: inline
        ? math
        : `<div class="formula" tabindex="0" role="group" aria-label="formula">${math}</div>`,
    };
  } catch (error) {
    throw new ValueError("formula", error instanceof Error ? error.message : String(error));
  }
}

/** LaTeX for pages, as MathML, which browsers draw without style sheets or fonts and screen readers read aloud. */
import { ValueError } from "chainrule";
import { formula } from "chainrule/report";
import type { Html } from "chainrule/report";
import { renderToString } from "katex";

/**
 * A formula from LaTeX, on its own line or, with `inline`, in a sentence.
 * @throws ValueError with KaTeX's message for LaTeX that KaTeX cannot parse
 */
export function latexFormula(latex: string, { inline = false }: { readonly inline?: boolean } = {}): Html {
  return formula(mathmlOf(latex, !inline), { inline });
}

function mathmlOf(latex: string, displayMode: boolean): string {
  try {
    const markup = renderToString(latex, {
      output: "mathml",
      displayMode,
      strict: "error",
      maxExpand: 1000,
      trust: ({ command }) => {
        throw new Error(`${command} may not stand in a page that allows neither links nor styles`);
      },
    });
    return (
      markup
        .replace(/^<span class="katex">|<\/span>$/g, "")
        // Chromium puts no space between the name of a function and an argument without parentheses, as in ln 2.
        .replace(/<mo>\u2061<\/mo>(?=<m(?:i|n|frac|sub|over)\b)/g, '$&<mspace width="0.1667em"></mspace>')
    );
  } catch (error) {
    throw new ValueError("formula", error instanceof Error ? error.message : String(error));
  }
}

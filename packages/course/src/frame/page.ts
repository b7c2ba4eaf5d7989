/** What a practical's report is made of: the blocks of chainrule/report, and text in Markdown. */
import type { Html, Section } from "chainrule/report";
import { marked } from "marked";

export interface Page {
  readonly sections: readonly Section[];
  /** Scripts of the page; they find their elements by id. */
  readonly scripts?: readonly string[];
}

/** Markdown as a block: headings of level 2 become those below a section's; tables and code scroll where they are wide. */
export function markdown(source: string): Html {
  const markup = (marked.parse(source, { async: false }) as string)
    .replace(/<(\/?)h([1-4])>/g, (_, slash: string, level: string) => `<${slash}h${Number(level) + 1}>`)
    .replace(/<table>/g, '<div class="scroll" tabindex="0"><table>')
    .replace(/<\/table>/g, "</table></div>")
    .replace(/<pre>/g, '<figure class="code"><pre tabindex="0">')
    .replace(/<\/pre>/g, "</pre></figure>");
  return { markup };
}

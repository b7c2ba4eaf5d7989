/** For tests: the quick report of each practical. */
import { practicalNamed } from "../../packages/course/src/practicals.ts";

export interface PageContent {
  readonly titles: readonly string[];
  readonly figures: number;
  /** The markup of each section by its title. */
  readonly markup: Readonly<Record<string, string>>;
  readonly scripts: readonly string[];
}

const made = new Map<string, Promise<PageContent>>();

/** The report with quick budgets and without MNIST, made once. */
export function reportOf(name: string): Promise<PageContent> {
  const known = made.get(name) ?? make(name);
  made.set(name, known);
  return known;
}

async function make(name: string): Promise<PageContent> {
  const { report } = practicalNamed(name);
  const { sections, scripts } = await report({
    quick: true,
    environment: {},
    progress: () => {},
    mnist: async () => undefined,
  });
  const markup = Object.fromEntries(
    sections.map(({ title, blocks }) => [title, blocks.map((block) => block.markup).join("\n")]),
  );
  const figures = Object.values(markup).join("").split("<figure>\n<svg").length - 1;
  return { titles: sections.map(({ title }) => title), figures, markup, scripts };
}

/** Runs a page's script on mock elements that store every assignment; returns them by id. */
export function runScript(
  script: string,
  values: Readonly<Record<string, string>>,
): { readonly elements: Record<string, FakeElement>; readonly input: (id: string, value: string) => void } {
  const elements: Record<string, FakeElement> = {};
  const document = {
    getElementById: (id: string): FakeElement => (elements[id] ??= new FakeElement(values[id] ?? "")),
  };
  // oxlint-disable-next-line typescript/no-implied-eval -- a page's own script
  new Function("document", script)(document);
  return {
    elements,
    input: (id, value) => {
      elements[id].value = value;
      elements[id].listeners.forEach((listener) => listener());
    },
  };
}

export class FakeElement {
  value: string;
  textContent = "";
  readonly attributes: Record<string, string> = {};
  readonly listeners: (() => void)[] = [];

  constructor(value: string) {
    this.value = value;
  }
  setAttribute(name: string, value: string): void {
    this.attributes[name] = value;
  }
  addEventListener(_event: string, listener: () => void): void {
    this.listeners.push(listener);
  }
}

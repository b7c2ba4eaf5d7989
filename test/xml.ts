/**
 * A small reader of XML without document types. It throws for everything that it does not know, so that figures stay
 * well-formed.
 */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'" };

function unescape(text: string): string {
  return text.replace(/&(\w+|#\d+);|&/g, (whole, name: string | undefined) => {
    if (name === undefined || !(name in entities)) throw new Error(`a stray & in ${JSON.stringify(text)}`);
    return whole === "&" ? whole : entities[name];
  });
}

/** Reads one element. Throws for tags that do not match, attributes twice or unquoted, and characters that XML forbids. */
export function parseXml(text: string): XmlElement {
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text) || !text.isWellFormed())
    throw new Error("a character that XML forbids");
  const open: { name: string; attributes: Record<string, string>; children: (XmlElement | string)[] }[] = [
    { name: "", attributes: {}, children: [] },
  ];
  let at = 0;
  while (at < text.length) {
    const parent = open.at(-1)!;
    if (text[at] !== "<") {
      const end = text.indexOf("<", at) < 0 ? text.length : text.indexOf("<", at);
      const content = unescape(text.slice(at, end));
      if (parent.name !== "") parent.children.push(content);
      else if (content.trim() !== "") throw new Error(`text outside of the root: ${content}`);
      at = end;
      continue;
    }
    const tag = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[a-zA-Z][\w:-]*="[^"<]*")*)\s*(\/?)>/y;
    tag.lastIndex = at;
    const match = tag.exec(text);
    if (!match) throw new Error(`no tag: ${text.slice(at, at + 60)}`);
    at = tag.lastIndex;
    const [, closing, name, inside, empty] = match;
    if (closing === "/") {
      if (name !== parent.name) throw new Error(`</${name}> closes <${parent.name}>`);
      open.pop();
      continue;
    }
    const attributes: Record<string, string> = {};
    for (const [, key, value] of inside.matchAll(/([\w:-]+)="([^"]*)"/g)) {
      if (key in attributes) throw new Error(`${key} twice in <${name}>`);
      attributes[key] = unescape(value);
    }
    const node = { name, attributes, children: [] };
    parent.children.push(node);
    if (empty === "") open.push(node);
  }
  if (open.length !== 1 || open[0].children.length !== 1) throw new Error("not one whole element");
  return open[0].children[0] as XmlElement;
}

/** All elements below an element, itself first, for which a condition holds. */
export function all(node: XmlElement, holds: (one: XmlElement) => boolean = () => true): XmlElement[] {
  const below = node.children.flatMap((child) => (typeof child === "string" ? [] : all(child, holds)));
  return holds(node) ? [node, ...below] : below;
}

export const named = (node: XmlElement, name: string): XmlElement[] => all(node, (one) => one.name === name);
export const withClass = (node: XmlElement, name: string): XmlElement[] =>
  all(node, (one) => (one.attributes.class ?? "").split(" ").includes(name));
export const textOf = (node: XmlElement): string =>
  node.children.map((child) => (typeof child === "string" ? child : textOf(child))).join("");

/**
 * SVG as text: elements, attributes and escaping. Every text of a caller passes through `escape`, and only this file
 * writes markup.
 */

type Attribute = string | number | undefined;

/** Code units that XML 1.0 forbids, including lone surrogates. */
const forbidden =
  // oxlint-disable-next-line no-control-regex
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A text with U+FFFD in place of forbidden code units. */
export function permitted(text: string): string {
  return text.replace(forbidden, "\ufffd");
}

/** A text, escaped for use between tags and inside quotes. */
export function escape(text: string): string {
  return permitted(text).replace(/[&<>"']/g, (character) => entities[character]);
}

/** A coordinate with one decimal, which keeps files small and hides differences in the last bits between engines. */
export function px(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return String(rounded === 0 ? 0 : rounded);
}

/** An element. Its children must be markup from this function or from `escape`. */
export function element(
  name: string,
  attributes: Readonly<Record<string, Attribute>>,
  ...children: string[]
): string {
  let open = `<${name}`;
  for (const [key, value] of Object.entries(attributes))
    if (value !== undefined) open += ` ${key}="${typeof value === "number" ? px(value) : escape(value)}"`;
  const inside = children.join("");
  return inside === "" ? `${open}/>` : `${open}>${inside}</${name}>`;
}

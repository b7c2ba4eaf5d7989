/** Checks of a drawn figure: its elements, its numbers, and that its texts neither overlap nor leave the figure. */
import { expect } from "vitest";
import { textWidth } from "../packages/chainrule/src/plots/text.ts";
import { all, parseXml, textOf } from "./xml.ts";
import type { XmlElement } from "./xml.ts";

interface TextBox {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The box of each text, in the widest font that may show it. */
function textBoxes(node: XmlElement, size = 16): TextBox[] {
  const own = Number(node.attributes["font-size"] ?? size);
  const { x = "0", y = "0", transform, "text-anchor": given } = node.attributes;
  if (node.name !== "text")
    return node.children.flatMap((child) =>
      typeof child === "string"
        ? []
        : textBoxes(
            given ? { ...child, attributes: { "text-anchor": given, ...child.attributes } } : child,
            own,
          ),
    );
  const text = textOf(node);
  const length = textWidth(text, own, node.attributes["font-weight"] === "bold");
  const turned = /^translate\(([\d.-]+),([\d.-]+)\) rotate\(-90\)$/.exec(transform ?? "");
  if (turned) {
    const [at, bottom] = [Number(turned[1]), Number(turned[2])];
    return [{ text, left: at - 0.75 * own, right: at, top: bottom - length, bottom }];
  }
  const left = Number(x) - (given === "middle" ? length / 2 : given === "end" ? length : 0);
  return [{ text, left, right: left + length, top: Number(y) - 0.72 * own, bottom: Number(y) }];
}

const touching = (a: TextBox, b: TextBox) =>
  a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;

/** The faults in the placement of texts, a line each. */
export function placeFaults(root: XmlElement): string[] {
  const [, , width, height] = root.attributes.viewBox.split(" ").map(Number);
  const boxes = textBoxes(root).filter(({ text }) => text !== "");
  const outside = boxes.filter(
    ({ left, right, top, bottom }) => left < -0.5 || top < 0 || right > width + 0.5 || bottom > height,
  );
  const pairs = boxes.flatMap((a, i) =>
    boxes.slice(i + 1).flatMap((b) => (touching(a, b) ? [`"${a.text}" touches "${b.text}"`] : [])),
  );
  return [...outside.map(({ text }) => `"${text}" sticks out`), ...pairs];
}

/** Checks the rules that every figure keeps with any data. */
export function expectWhole(svg: string): XmlElement {
  const root = parseXml(svg);
  expect(root.name).toBe("svg");
  expect(root.attributes).toMatchObject({ xmlns: "http://www.w3.org/2000/svg", role: "img" });
  expect(root.children.slice(0, 3).map((child) => (child as XmlElement).name)).toEqual([
    "title",
    "desc",
    "style",
  ]);
  expect(textOf(root.children[0] as XmlElement)).not.toBe("");
  expect(textOf(root.children[1] as XmlElement)).not.toBe("");
  const names = new Set(all(root).map((one) => one.name));
  expect([...names].filter((name) => !/^(svg|title|desc|style|rect|path|g|text|tspan)$/.test(name))).toEqual(
    [],
  );
  // No element ids that could collide on a page, and no text such as NaN for a missing number.
  expect(all(root, (one) => "id" in one.attributes)).toEqual([]);
  const numbers = all(root).flatMap((one) =>
    ["x", "y", "width", "height", "d", "viewBox", "transform"].flatMap((key) => one.attributes[key] ?? []),
  );
  expect(numbers.filter((value) => /NaN|Infinity|undefined|e[+-]?\d/.test(value))).toEqual([]);
  expect(placeFaults(root)).toEqual([]);
  return root;
}

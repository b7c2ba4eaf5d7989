/** Marks and dashes, which distinguish classes and series for readers who cannot distinguish the colours. */
import { px } from "./svg.ts";

/**
 * Outlines around the origin, of similar area, for a radius of 1. The circle has its own code, because it has no
 * corners.
 */
const corners: (readonly [number, number])[][] = [
  [],
  [
    [-0.9, -0.9],
    [0.9, -0.9],
    [0.9, 0.9],
    [-0.9, 0.9],
  ],
  [
    [0, -1.25],
    [1.15, 0.8],
    [-1.15, 0.8],
  ],
  [
    [0, -1.3],
    [1.2, 0],
    [0, 1.3],
    [-1.2, 0],
  ],
  [
    [-0.4, -1.2],
    [0.4, -1.2],
    [0.4, -0.4],
    [1.2, -0.4],
    [1.2, 0.4],
    [0.4, 0.4],
    [0.4, 1.2],
    [-0.4, 1.2],
    [-0.4, 0.4],
    [-1.2, 0.4],
    [-1.2, -0.4],
    [-0.4, -0.4],
  ],
  [
    [0, 1.25],
    [1.15, -0.8],
    [-1.15, -0.8],
  ],
  [
    [-1.2, -0.65],
    [-0.65, -1.2],
    [0, -0.55],
    [0.65, -1.2],
    [1.2, -0.65],
    [0.55, 0],
    [1.2, 0.65],
    [0.65, 1.2],
    [0, 0.55],
    [-0.65, 1.2],
    [-1.2, 0.65],
    [-0.55, 0],
  ],
];

/** The outline of a mark as path data, with one `M` per mark. */
export function mark(index: number, x: number, y: number, radius: number): string {
  const shape = corners[index % corners.length];
  if (shape.length === 0) {
    const r = px(radius);
    const d = px(2 * radius);
    return `M${px(x - radius)},${px(y)}a${r},${r} 0 1,0 ${d},0a${r},${r} 0 1,0 -${d},0z`;
  }
  return `M${shape.map(([u, v]) => `${px(x + u * radius)},${px(y + v * radius)}`).join("L")}z`;
}

const dashes = [undefined, "6 3", "2 2.5", "9 3 2 3", "4 2"];

/** The dash pattern of a series. */
export function dash(index: number): string | undefined {
  return dashes[index % dashes.length];
}

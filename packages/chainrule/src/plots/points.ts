/**
 * Points in classes and sets, for scatter plots and heat maps. Colour and shape show the class, the filling shows the
 * set.
 */
import { ShapeError, ValueError } from "../tensor/errors.ts";
import { shows } from "./axes.ts";
import type { Area, Axis } from "./axes.ts";
import type { LegendItem } from "./legend.ts";
import { mark } from "./marks.ts";
import { element } from "./svg.ts";
import { list, oneLine } from "./text.ts";
import { filled, stroked } from "./theme.ts";

/** A set of points, such as the training set. */
export interface PointSet {
  readonly name: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** A class per point, counted from 0; default: one class. */
  readonly classes?: ArrayLike<number>;
}

export interface PointOptions {
  /** One to three sets; their marks are filled, hollow, and hollow with a dot. */
  readonly sets: readonly PointSet[];
  readonly classNames?: readonly string[];
  /** The largest number of points that are drawn, default 3,000. Larger sets are thinned evenly in each class. */
  readonly most?: number;
}

interface Group {
  readonly set: number;
  readonly kind: number;
  readonly points: readonly (readonly [number, number])[];
}

export interface Points {
  readonly groups: readonly Group[];
  readonly classNames: readonly string[];
  readonly setNames: readonly string[];
  /** The number of points before thinning, without hidden ones. */
  readonly shown: number;
  readonly drawn: number;
  readonly hidden: number;
}

/** The points that two axes can show, in groups by set and class. */
export function pointsOf(where: string, options: PointOptions, x: Axis, y: Axis): Points {
  const { sets, most = 3000 } = options;
  if (sets.length > 3)
    throw new ValueError(
      where,
      `${sets.length} sets; at most 3 can be distinguished, so give the others as classes`,
    );
  const kinds = new Set<number>();
  const grouped = new Map<string, { set: number; kind: number; points: [number, number][] }>();
  let hidden = 0;
  let shown = 0;
  sets.forEach((one, set) => {
    for (const [what, values] of Object.entries({ y: one.y, classes: one.classes }))
      if (values && values.length !== one.x.length)
        throw new ShapeError(
          where,
          [[one.x.length], [values.length]],
          `the set "${one.name}" has ${one.x.length} x and ${values.length} ${what}; give as many of each`,
        );
    for (let i = 0; i < one.x.length; i++) {
      const kind = one.classes?.[i] ?? 0;
      if (!Number.isInteger(kind) || kind < 0 || kind > 9999)
        throw new ValueError(where, `class ${kind} of point ${i} of "${one.name}" is not a whole number ≥ 0`);
      kinds.add(kind);
      if (!shows(x, one.x[i]) || !shows(y, one.y[i])) {
        hidden++;
        continue;
      }
      shown++;
      const key = `${set} ${kind}`;
      if (!grouped.has(key)) grouped.set(key, { set, kind, points: [] });
      grouped.get(key)!.points.push([one.x[i], one.y[i]]);
    }
  });
  const every = Math.max(1, Math.ceil(shown / Math.max(most, 1)));
  const groups = [...grouped.values()]
    .sort((a, b) => a.set - b.set || a.kind - b.kind)
    .map((group) => ({ ...group, points: group.points.filter((_, i) => i % every === 0) }));
  const given = options.classNames ?? [];
  const count = Math.max(given.length, ...[...kinds].map((kind) => kind + 1));
  // One class without a name needs no legend.
  const classNames =
    count <= 1 && given.length === 0
      ? []
      : Array.from({ length: count }, (_, i) => oneLine(given[i] ?? `class ${i}`));
  return {
    groups,
    classNames,
    setNames: sets.map(({ name }) => oneLine(name)),
    shown,
    drawn: groups.reduce((sum, group) => sum + group.points.length, 0),
    hidden,
  };
}

/** The size of marks; many marks are smaller. */
const radiusFor = (count: number): number => (count > 1500 ? 2.2 : count > 500 ? 2.8 : 3.6);

function styled(set: number, kind: number): Record<string, string> {
  return set === 0 ? stroked("paper", 0.8, kind) : stroked(kind, 1.5, "paper");
}

export function drawPoints({ groups, drawn }: Points, inside: Area): string {
  const radius = radiusFor(drawn);
  return groups
    .map(({ set, kind, points }) => {
      const at = points.map(([x, y]) => [inside.x(x), inside.y(y)] as const);
      const outlines = at.map(([x, y]) => mark(kind, x, y, set === 0 ? radius : radius - 0.3));
      const dots = set === 2 ? at.map(([x, y]) => mark(0, x, y, 1.1)).join("") : "";
      return (
        (set === 0 && drawn > 500
          ? cloud(outlines, kind)
          : element("path", { ...styled(set, kind), d: outlines.join("") })) +
        (dots === "" ? "" : element("path", { ...filled(kind), d: dots }))
      );
    })
    .join("");
}

/**
 * Attributes for many marks: no outlines, which would cover neighbours, and transparent, so that dense areas are
 * darker.
 */
function cloud(outlines: readonly string[], kind: number): string {
  const layers = 24;
  return Array.from({ length: layers }, (_, layer) => outlines.filter((_mark, i) => i % layers === layer))
    .filter((marks) => marks.length > 0)
    .map((marks) => element("path", { ...filled(kind), "fill-opacity": "0.55", d: marks.join("") }))
    .join("");
}

/** The legend: classes in their colours and shapes, then sets in neutral ones. */
export function pointItems({ classNames, setNames }: Points): LegendItem[] {
  const classItems = classNames.map((name, kind): LegendItem => ({
    name,
    width: 12,
    draw: (x, y) => element("path", { ...styled(0, kind), d: mark(kind, x, y, 4.4) }),
  }));
  if (setNames.length < 2 && classNames.length > 0) return classItems;
  const one = classNames.length === 0;
  const setItems = setNames.map((name, set): LegendItem => ({
    name,
    width: 12,
    draw: (x, y) => {
      const paint = one ? 0 : "muted";
      const style = set === 0 ? stroked("paper", 0.8, paint) : stroked(paint, 1.5, "paper");
      const dot = set === 2 ? element("path", { ...filled(paint), d: mark(0, x, y, 1.3) }) : "";
      return element("path", { ...style, d: mark(0, x, y, 4.2) }) + dot;
    },
  }));
  return [...classItems, ...(setNames.length < 2 && setNames[0] === "" ? [] : setItems)];
}

export function describePoints({ groups, classNames, setNames, shown, drawn }: Points): string {
  if (shown === 0) return "No points.";
  const parts = setNames.map((name, set) => {
    const own = groups.filter((group) => group.set === set);
    const counts = own.map(({ kind, points }) => `${points.length} ${classNames[kind] ?? "points"}`);
    return `${name === "" ? "points" : name}: ${counts.length > 0 ? list(counts) : "none"}`;
  });
  return `${parts.join("; ")}.${drawn < shown ? ` Drawn are ${drawn} of ${shown} points.` : ""}`;
}

/** Notes on points that are not drawn. */
export function pointNotes({ shown, drawn, hidden, classNames }: Points, log: boolean): string[] {
  const what = log ? "not finite, or not above 0 on a log axis" : "not finite";
  return [
    ...(drawn < shown
      ? [
          `${drawn} of ${shown} points are drawn, evenly${classNames.length > 1 ? " from each class" : " chosen"}.`,
        ]
      : []),
    ...(hidden > 0
      ? [
          `${hidden} ${hidden === 1 ? "point has a coordinate" : "points have coordinates"} ${what}: not drawn.`,
        ]
      : []),
  ];
}

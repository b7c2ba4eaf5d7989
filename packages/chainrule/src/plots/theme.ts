/**
 * Colours for the light and the dark theme at once.
 *
 * Every mark has its colour twice: as an attribute, the light colour, for viewers that ignore style sheets; and as a
 * class, for which the figure's style sheet gives the colour of the theme. The theme is that of an ancestor with the
 * class `dark` or `light`, else that of the system; on paper it is light. A page with its own colours sets
 * `--chainrule-ink`, `--chainrule-paper` and so on.
 */
import { scaleLinear } from "d3-scale";
import { interpolateBlues, interpolateRdBu, interpolateViridis } from "d3-scale-chromatic";

export interface Shade {
  readonly light: string;
  readonly dark: string;
}

/**
 * Eight colours after Okabe and Ito, each adjusted to a contrast of at least 3 : 1 with the paper of its theme. No
 * colour carries a meaning alone: classes also differ by mark, series by mark and dashes.
 */
export const palette: readonly Shade[] = [
  { light: "#0072b2", dark: "#56b4e9" },
  { light: "#d55e00", dark: "#ff9248" },
  { light: "#008a64", dark: "#2fc99b" },
  { light: "#b5548a", dark: "#e79ac8" },
  { light: "#a87400", dark: "#f0c419" },
  { light: "#6a51a3", dark: "#b3a2ee" },
  { light: "#5a5f66", dark: "#c4c9d0" },
  { light: "#8c3b1a", dark: "#c98b6b" },
];

const roles = {
  paper: { light: "#ffffff", dark: "#16181d" },
  ink: { light: "#1b1f24", dark: "#e8eaed" },
  muted: { light: "#59636e", dark: "#a3abb6" },
  grid: { light: "#dde1e6", dark: "#363b44" },
  missing: { light: "#b9bec5", dark: "#5c626c" },
  wrong: { light: "#b42318", dark: "#ff8f85" },
} satisfies Record<string, Shade>;

export type Role = keyof typeof roles;

/** The shade of a role, or of a series counted from 0; colours repeat after eight. */
export function shade(paint: Role | number): Shade {
  return typeof paint === "number" ? palette[paint % palette.length] : roles[paint];
}

const nameOf = (paint: Role | number): string =>
  typeof paint === "number" ? String((paint % palette.length) + 1) : paint;

/** Attributes for a filled shape without an outline. */
export function filled(paint: Role | number): Record<string, string> {
  return { class: `cr-f-${nameOf(paint)}`, fill: shade(paint).light };
}

/** Attributes for an outline in a colour, filled with another colour or not at all. */
export function stroked(paint: Role | number, width: number, fill?: Role | number): Record<string, string> {
  return {
    class: `cr-s-${nameOf(paint)}${fill === undefined ? "" : ` cr-f-${nameOf(fill)}`}`,
    stroke: shade(paint).light,
    "stroke-width": String(width),
    fill: fill === undefined ? "none" : shade(fill).light,
  };
}

export type RampName = "diverging" | "soft" | "sequential" | "grey" | "counts";

/** An odd number, so that the middle of a diverging ramp is one neutral level. */
export const levels = 33;

const mix = (...colours: string[]) =>
  scaleLinear<string>()
    .domain(colours.map((_, i) => i / (colours.length - 1)))
    .range(colours);

const ramps: Record<RampName, Record<keyof Shade, (t: number) => string>> = {
  // Blue below, orange-red above, like the first two classes.
  diverging: {
    light: (t) => interpolateRdBu(0.88 - 0.76 * t),
    dark: mix("#3d9be0", "#1f3d57", "#1d2026", "#5a3320", "#f0803c"),
  },
  // The same ramp in paler colours, so that points stand out.
  soft: {
    light: (t) => interpolateRdBu(0.69 - 0.38 * t),
    dark: mix("#28557a", "#1f3346", "#1d2026", "#40291e", "#7c4526"),
  },
  sequential: { light: interpolateViridis, dark: interpolateViridis },
  grey: { light: mix("#000000", "#ffffff"), dark: mix("#000000", "#ffffff") },
  counts: { light: (t) => interpolateBlues(0.03 + 0.87 * t), dark: mix("#1d2026", "#1f4d78", "#7cc0ff") },
};

function hex(colour: string): string {
  if (colour.startsWith("#")) return colour;
  const channels = /(\d+), (\d+), (\d+)/.exec(colour)!.slice(1);
  return `#${channels.map((channel) => Number(channel).toString(16).padStart(2, "0")).join("")}`;
}

/** The colour of a level of a ramp, 0 … levels − 1. */
export function rampShade(ramp: RampName, level: number): Shade {
  const t = level / (levels - 1);
  return { light: hex(ramps[ramp].light(t)), dark: hex(ramps[ramp].dark(t)) };
}

/**
 * The level of a value between two ends, the nearest level for values outside, and none for values that are not finite.
 */
export function levelOf(value: number, low: number, high: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  const span = high - low;
  // Halved values, because the difference of two huge ends is infinite.
  const t = span === Infinity ? (value / 2 - low / 2) / (high / 2 - low / 2) : (value - low) / span;
  if (!(span > 0)) return (levels - 1) / 2;
  return Math.min(levels - 1, Math.max(0, Math.floor(t * levels)));
}

export function filledLevel(ramp: RampName, level: number): Record<string, string> {
  return { class: `cr-${ramp}-${level}`, fill: rampShade(ramp, level).light };
}

/** Attributes for a text on a level: black or white, whichever has more contrast in each theme. */
export function textOnLevel(ramp: RampName, level: number): Record<string, string> {
  return { class: `cr-on-${ramp}-${level}`, fill: inkOn(rampShade(ramp, level).light) };
}

/** Relative luminance, as defined in the Web Content Accessibility Guidelines. */
export function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(colour.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** The contrast ratio of two colours, 1 … 21. */
export function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((p, q) => p - q);
  return (high + 0.05) / (low + 0.05);
}

const inkOn = (colour: string): string =>
  contrast(colour, "#000000") > contrast(colour, "#ffffff") ? "#000000" : "#ffffff";

/**
 * The style sheet of a figure: its roles and colours in both themes, and the levels of ramps that its markup uses.
 * Rules with the same name are equal in all figures, so one page can have several figures.
 */
export function styleSheet(markup: string): string {
  const paints: (Role | number)[] = [...(Object.keys(roles) as Role[]), ...palette.keys()];
  const properties = (theme: keyof Shade) =>
    paints.map((paint) => `--cr-${nameOf(paint)}:var(--chainrule-${nameOf(paint)},${shade(paint)[theme]})`);
  const used = new Set(
    [...markup.matchAll(/cr-((?:on-)?)(diverging|soft|sequential|grey|counts)-(\d+)/g)].map(([name]) => name),
  );
  const levelRules = (theme: keyof Shade, ancestor: string) =>
    [...used].sort().map((name) => {
      const [, on, ramp, level] = /^cr-(on-)?(\w+)-(\d+)$/.exec(name)!;
      const colour = rampShade(ramp as RampName, Number(level))[theme];
      return `${ancestor}.${name}{fill:${on === undefined ? colour : inkOn(colour)}}`;
    });
  const theme = (name: keyof Shade, ancestor: string) =>
    `${ancestor}.chainrule-plot{${properties(name).join(";")}}${levelRules(name, `${ancestor}.chainrule-plot `).join("")}`;
  const classes = paints
    .map(nameOf)
    .map(
      (name) =>
        `.chainrule-plot .cr-f-${name}{fill:var(--cr-${name})}.chainrule-plot .cr-s-${name}{stroke:var(--cr-${name})}`,
    )
    .join("");
  // Inside at-rules, because viewers without custom properties also ignore at-rules, and then use the attributes.
  return (
    `@supports (--a:b){${theme("light", "")}${classes}}` +
    `@media screen and (prefers-color-scheme:dark){${theme("dark", "")}}` +
    `@media screen{${theme("light", ".light ")}${theme("dark", ".dark ")}}`
  );
}

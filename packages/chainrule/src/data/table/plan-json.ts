/** Reads a plan from JSON and checks it field by field, since a file may hold anything. */
import { quote } from "../../formats/refusal.ts";
import type { ReadOptions } from "../../formats/refusal.ts";
import { FormatError } from "../../tensor/errors.ts";
import { dateForms } from "./dates.ts";
import type { Plan, PlannedFeature, PlannedTarget } from "./plan.ts";

/**
 * The plan in parsed JSON; unknown fields are left out.
 *
 * @throws FormatError naming the file, the field, and what was expected and found
 * @example
 * const plan = planColumns(readTable("width,kind\n1,a\n2,b\n"));
 * parsePlan(JSON.parse(JSON.stringify(plan))).target.name; // 'kind'
 * parsePlan({ task: "guess" }); // throws FormatError
 */
export function parsePlan(value: unknown, options: ReadOptions = {}): Plan {
  const root = new Field(options.name ?? "the plan", "", value);
  const task = root.get("task").oneOf("classification", "regression");
  const features = root.get("features").list().map(parseFeature);
  const target = parseTarget(root.get("target"), task);
  const names = [...features, target].map(({ name }) => name);
  if (features.length === 0) root.get("features").refuse("one feature or more");
  if (new Set(names).size < names.length)
    root.get("features").refuse("names that differ, from the target's too");
  return {
    task,
    reason: root.get("reason").text(),
    target,
    features,
    missing: root.get("missing").oneOf("refuse", "drop", "mean"),
    notes: root
      .get("notes")
      .list()
      .map((note) => note.text()),
  };
}

function parseFeature(field: Field): PlannedFeature {
  const name = field.get("name").text();
  const fill = field.get("fill");
  const type = field.get("type").oneOf("number", "text", "date");
  if (type === "date") {
    const form = field.get("form").oneOf(...dateForms);
    const origin = field.get("origin").number();
    return { name, type, form, origin, ...(fill.exists && { fill: fill.number() }) };
  }
  if (type === "number") return { name, type: "number", ...(fill.exists && { fill: fill.number() }) };
  const categories = field.get("categories").different((category) => category.text());
  if (!fill.exists) return { name, type: "text", categories };
  return { name, type: "text", categories, fill: fill.oneOf(...categories) };
}

function parseTarget(field: Field, task: Plan["task"]): PlannedTarget {
  const name = field.get("name").text();
  const type = field.get("type").oneOf("number", "text");
  if (task === "regression") {
    if (type === "text") field.get("type").refuse(`"number", for regression`);
    const scale = field.get("scale").number();
    if (scale <= 0) field.get("scale").refuse("a number above 0");
    return { name, type: "number", offset: field.get("offset").number(), scale };
  }
  const classNames = field.get("classNames").different((one) => one.text());
  if (type === "text") return { name, type, classNames };
  const values = field.get("values").different((one) => one.number());
  if (values.length !== classNames.length) field.get("values").refuse(`${classNames.length} numbers`);
  return { name, type, classNames, values };
}

/** A value inside parsed JSON, with its path. */
class Field {
  readonly #file: string;
  readonly #path: string;
  readonly #value: unknown;

  constructor(file: string, path: string, value: unknown) {
    this.#file = file;
    this.#path = path;
    this.#value = value;
  }

  get exists(): boolean {
    return this.#value !== undefined;
  }

  get(name: string): Field {
    if (typeof this.#value !== "object" || this.#value === null || Array.isArray(this.#value))
      this.refuse("an object");
    const own = Object.getOwnPropertyDescriptor(this.#value, name)?.value as unknown;
    return new Field(this.#file, this.#path === "" ? name : `${this.#path}.${name}`, own);
  }

  list(): Field[] {
    if (!Array.isArray(this.#value)) return this.refuse("a list");
    return this.#value.map((one, i) => new Field(this.#file, `${this.#path}[${i}]`, one));
  }

  /** A list of at least one value, without duplicates. */
  different<T>(read: (field: Field) => T): T[] {
    const all = this.list().map(read);
    if (all.length === 0 || new Set(all).size < all.length) this.refuse("different values, one at least");
    return all;
  }

  text(): string {
    return typeof this.#value === "string" ? this.#value : this.refuse("a text");
  }

  number(): number {
    return Number.isFinite(this.#value) ? (this.#value as number) : this.refuse("a number");
  }

  oneOf<T extends string>(...known: readonly T[]): T {
    const found = known.find((one) => one === this.#value);
    return found ?? this.refuse(known.slice(0, 12).map(quote).join(" or "));
  }

  refuse(expected: string): never {
    const found = this.exists ? quote(JSON.stringify(this.#value)) : "nothing";
    const at = this.#path === "" ? "" : `${this.#path}: `;
    throw new FormatError(`${this.#file}: ${at}expected ${expected}, found ${found}`);
  }
}

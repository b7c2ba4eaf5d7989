/** The order of the calls. Elementwise steps are collected into groups as far as their operands allow. */
import type { Program } from "../../device.ts";
import type { Call, Slots } from "./call.ts";
import { Group, lieOf, operandsOf } from "./group.ts";
import { expanded } from "./moves.ts";
import type { Point } from "./pointwise.ts";

type Item = Call | Group;

export class Schedule {
  readonly #slots: Slots;
  readonly #items: Item[] = [];
  /** The last item that writes each slot. */
  readonly #makers = new Map<number, Item>();

  constructor(slots: Slots) {
    this.#slots = slots;
  }

  add(call: Call): void {
    this.#items.push(call);
    for (const slot of call.writes) this.#makers.set(slot, call);
  }

  addPoint(given: Point): void {
    const point = this.#laid(given);
    const group = this.#groupFor(point) ?? this.#newGroup(point);
    group.add(point);
    this.#makers.set(point.output, group);
  }

  /** The point with operands that a group can read: others are expanded in memory first. */
  #laid(point: Point): Point {
    const { shape } = this.#slots.all[point.output];
    let cols: number | null = null;
    const laid = (slot: number | null): number | null => {
      if (slot === null) return null;
      const lie = lieOf(this.#slots.all[slot].shape, shape);
      if (lie !== null && (lie.cols === null || cols === null || cols === lie.cols)) {
        cols ??= lie.cols;
        return slot;
      }
      const whole = this.#slots.fresh(shape, this.#slots.all[slot].dtype);
      this.add(expanded(this.#slots, slot, whole, point.step));
      return whole;
    };
    const [a, b, c] = [laid(point.a) as number, laid(point.b), laid(point.c)];
    return { ...point, a, b, c };
  }

  #newGroup(point: Point): Group {
    const group = new Group(this.#slots.all[point.output].shape, this.#slots);
    this.#items.push(group);
    return group;
  }

  /**
   * A group that the point can join. A group that comes before one of the point's operands is moved behind it, if no call
   * in between reads the group's results.
   */
  #groupFor(point: Point): Group | null {
    const makers = operandsOf(point).map((slot) => this.#makers.get(this.#slots.root(slot)));
    for (let i = this.#items.length - 1; i >= 0; i--) {
      const group = this.#items[i];
      if (!(group instanceof Group) || !group.takes(point)) continue;
      const after = Math.max(
        ...makers.map((maker) => (maker === undefined || maker === group ? -1 : this.#items.indexOf(maker))),
      );
      if (after < i) return group;
      const between = this.#items.slice(i + 1, after + 1);
      if (between.some((item) => [...item.reads].some((slot) => group.writes.has(slot)))) continue;
      this.#items.splice(after + 1, 0, group);
      this.#items.splice(i, 1);
      return group;
    }
    return null;
  }

  /** The calls in their order. */
  calls({ outputs, cells }: Program): Call[] {
    const kept = new Set<number>();
    const keep = (slot: number): void => void kept.add(this.#slots.root(slot));
    outputs.forEach(keep);
    for (const { update } of cells) if (update !== null) keep(update);
    const readers = new Map<number, Item[]>();
    for (const item of this.#items)
      for (const slot of item.reads) readers.set(slot, [...(readers.get(slot) ?? []), item]);
    return this.#items.map((item) =>
      item instanceof Group ? item.call((slot) => kept.has(slot) || readers.has(slot)) : item,
    );
  }
}

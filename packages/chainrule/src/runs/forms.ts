/** Kinds of values that are a name with numbers after colons, as `step:10:0.1`. */
import * as v from "valibot";
import { readNumber, whole } from "./kinds.ts";
import type { Kind } from "./kinds.ts";
import { TextError } from "./setting-error.ts";

/** One number of a form: its field in the value, the word for it in `step:EPOCHS:FACTOR`, and what it may be. */
export interface FormNumber<Field extends string = string> {
  readonly field: Field;
  readonly word: string;
  fits(value: number): boolean;
  /** What is wrong with a number that does not fit, in a sentence; `form` is the form in words. */
  fault(form: string): string;
  readonly schema: v.GenericSchema<unknown, number>;
}

export interface Form<Field extends string = string> {
  readonly numbers: readonly FormNumber<Field>[];
}

/** A value: the name of its form, and the numbers under their fields. */
export type FormValue<Forms extends Record<string, Form>> = {
  [Name in keyof Forms & string]: { readonly name: Name } & {
    readonly [Field in Forms[Name]["numbers"][number]["field"]]: number;
  };
}[keyof Forms & string];

export function above0<Field extends string>(field: Field, word: string, fault?: string): FormNumber<Field> {
  return {
    field,
    word,
    fits: (value) => value > 0,
    fault: (form) => fault ?? `${word} must be above 0 in ${form}.`,
    schema: v.pipe(v.number(), v.gtValue(0)),
  };
}

export const epochs: FormNumber<"epochs"> = {
  field: "epochs",
  word: "EPOCHS",
  fits: (value) => Number.isSafeInteger(value) && value >= 1,
  fault: (form) => `EPOCHS must be a whole number ≥ 1 in ${form}.`,
  schema: whole(1).schema,
};

export const factor: FormNumber<"factor"> = {
  field: "factor",
  word: "FACTOR",
  fits: (value) => value > 0 && value < 1,
  fault: (form) => `FACTOR must be above 0 and below 1 in ${form}.`,
  schema: v.pipe(v.number(), v.gtValue(0), v.ltValue(1)),
};

/** `step:EPOCHS:FACTOR` */
export function formWords(name: string, { numbers }: Form): string {
  return [name, ...numbers.map(({ word }) => word)].join(":");
}

/** All forms in words, for a help text. */
export function allForms(forms: Record<string, Form>): string[] {
  return Object.entries(forms).map(([name, form]) => formWords(name, form));
}

/** The kind of values that have one of some forms. */
export function oneForm<Forms extends Record<string, Form>>(forms: Forms): Kind<FormValue<Forms>> {
  const schemas = Object.entries(forms).map(([name, { numbers }]) =>
    v.object({
      name: v.literal(name),
      ...Object.fromEntries(numbers.map(({ field, schema }) => [field, schema])),
    }),
  );
  return {
    schema: v.variant("name", schemas) as v.GenericSchema as v.GenericSchema<unknown, FormValue<Forms>>,
    read(text) {
      const [name, ...rest] = text.split(":");
      if (!Object.hasOwn(forms, name))
        throw new TextError(`It must be one of ${allForms(forms).join(", ")}`, name, Object.keys(forms));
      const form = forms[name];
      const words = formWords(name, form);
      if (rest.length !== form.numbers.length) throw new TextError(`Write it as ${words}.`);
      const values = rest.map(readNumber);
      const wrong = form.numbers.findIndex(({ fits }, i) => !fits(values[i]));
      if (wrong >= 0) throw new TextError(form.numbers[wrong].fault(words));
      const fields = form.numbers.map(({ field }, i) => [field, values[i]]);
      return { name, ...Object.fromEntries(fields) } as FormValue<Forms>;
    },
  };
}

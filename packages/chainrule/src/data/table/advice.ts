/** What the errors of a table advise, in the words of the caller: options of a function here, flags on a command line. */
export interface TableAdvice {
  /** The option that leaves a column out. */
  readonly drop: string;
  /** The option that leaves out rows with missing values, and both options for missing values. */
  readonly dropRows: string;
  /** The options that read a column as text, or as dates, and the one that names the words for missing values. */
  readonly text: string;
  readonly dates: string;
  readonly na: string;
  readonly dropOrFill: string;
  /** What to do about a target that cannot be predicted, and about numbers that float32 cannot hold. */
  readonly otherTarget: string;
  readonly float64: string;
  /** What to do about a missing value, and about a column that is missing. */
  readonly gap: string;
  readonly column?: string;
}

const ofOptions = {
  drop: "drop",
  dropRows: 'missing: "drop"',
  text: "text",
  dates: "dates",
  na: "na",
  dropOrFill: 'missing: "drop" or "mean"',
  otherTarget: "choose another target",
  float64: "use float64",
};

/** The advice in the words of a caller; the default words are the options of `planColumns`. */
export function adviceOf(given: Partial<TableAdvice> = {}): TableAdvice {
  const advice = { ...ofOptions, ...given };
  const gap = `say what to do with missing values (${advice.dropOrFill}), or leave the column out (${advice.drop})`;
  return { gap, ...advice };
}

/** An option with the name of a column: a flag as it is typed in a shell, or an option of a function alone. */
export function withColumn(option: string, name: string): string {
  return option.startsWith("--") ? `${option} ${typedName(name)}` : option;
}

/** The name of a column as it is typed in a list of names on a command line. */
export function typedName(name: string): string {
  if (/^[\w.-]+$/.test(name)) return name;
  const listed = /[",]|^\s|\s$/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
  return `'${listed.replaceAll("'", `'\\''`)}'`;
}

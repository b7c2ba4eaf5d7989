/** What the errors of a table advise, in the words of the caller: options of a function here, flags on a command line. */
export interface TableAdvice {
  /** The option that leaves a column out. */
  readonly drop: string;
  /** The option that leaves out rows with missing values, and both options for missing values. */
  readonly dropRows: string;
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

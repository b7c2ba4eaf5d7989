/** Dates in cells: their usual forms, and the day that a text names. */

/** ISO is 2024-03-05, with or without a time; the others differ in the order of their parts and in what parts them. */
export type DateForm = "Y-M-D" | "D.M.Y" | "D/M/Y" | "M/D/Y" | "D-M-Y" | "D Mon Y" | "Mon D, Y";

export const monthNames = [
  "Jan",
  "Feb",
  "Mar",
  "Apr",
  "May",
  "Jun",
  "Jul",
  "Aug",
  "Sep",
  "Oct",
  "Nov",
  "Dec",
];
const months = monthNames.map((name) => name.toLowerCase());
export const weekdayNames = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

const time =
  "(?:[T ]\\s*\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d+)?)?\\s*(?:[AaPp][Mm])?\\s*(?:Z|[+-]\\d{2}:?\\d{2})?)?";
const year = "(\\d{4})";
const two = "(\\d{1,2})";
const name = "([A-Za-z]{3,9})\\.?";
const forms: Readonly<Record<DateForm, RegExp>> = {
  "Y-M-D": new RegExp(`^${year}[-/.]${two}[-/.]${two}${time}$`),
  "D.M.Y": new RegExp(`^${two}\\.${two}\\.${year}${time}$`),
  "M/D/Y": new RegExp(`^${two}/${two}/${year}${time}$`),
  "D/M/Y": new RegExp(`^${two}/${two}/${year}${time}$`),
  "D-M-Y": new RegExp(`^${two}-${two}-${year}${time}$`),
  "D Mon Y": new RegExp(`^${two}[ -]${name}[ -]${year}${time}$`),
  "Mon D, Y": new RegExp(`^${name} ${two},? ${year}${time}$`),
};
export const dateForms = Object.keys(forms) as DateForm[];

/** The first form in which a text is a date; undefined for other texts. 3/4/2024 may be M/D/Y and D/M/Y. */
export function dateForm(text: string): DateForm | undefined {
  if (text.length < 8 || text.length > 40) return undefined;
  return dateForms.find((form) => !Number.isNaN(dayOf(text, form)));
}

const msPerDay = 86_400_000;

/** The number of days from 1970-01-01 to the date, without its time of day; NaN for a text that is not such a date. */
export function dayOf(text: string, form: DateForm): number {
  const found = forms[form].exec(text.trim());
  if (found === null) return NaN;
  const [y, m, d] = partsOf(found, form);
  const date = new Date(0);
  date.setUTCFullYear(y, m - 1, d);
  // 2024-02-30 becomes another day.
  return date.getUTCMonth() === m - 1 && date.getUTCDate() === d ? date.getTime() / msPerDay : NaN;
}

/** Year, month and day of a match. */
function partsOf([, a, b, c]: readonly string[], form: DateForm): [number, number, number] {
  const month = (word: string): number => months.indexOf(word.slice(0, 3).toLowerCase()) + 1;
  switch (form) {
    case "Y-M-D":
      return [Number(a), Number(b), Number(c)];
    case "M/D/Y":
      return [Number(c), Number(a), Number(b)];
    case "Mon D, Y":
      return [Number(c), month(a), Number(b)];
    case "D Mon Y":
      return [Number(c), month(b), Number(a)];
    case "D-M-Y":
    case "D.M.Y":
    case "D/M/Y":
      return [Number(c), Number(b), Number(a)];
  }
}

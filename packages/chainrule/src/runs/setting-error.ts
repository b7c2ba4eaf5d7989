/** The errors of settings: a text that cannot be read, and a setting that does not fit the others or the data. */
import { ChainruleError } from "../tensor/errors.ts";

/** A text that is not a value of its kind. The message is a sentence about the text, such as "It must be above 0." */
export class TextError extends ChainruleError {
  override name = "TextError";
  /** The word that was looked up, and the names it could have been, where the value is one of some names. */
  readonly given: string | undefined;
  readonly known: readonly string[];
  constructor(message: string, given?: string, known: readonly string[] = []) {
    super("bad-value", message);
    this.given = given;
    this.known = known;
  }
}

/** A setting that does not fit the other settings or the data; the message spells settings as flags. */
export class SettingError extends ChainruleError {
  override name = "SettingError";
  /** The name of the setting, as in the table of settings. */
  readonly setting: string;
  /** The settings that the message shows with their values. */
  readonly shown: readonly string[];
  constructor(setting: string, message: string, shown: readonly string[] = []) {
    super("bad-value", message);
    this.setting = setting;
    this.shown = shown;
  }
}

/** The flag of a setting: `weightDecay` is `--weight-decay`. */
export function flagOf(setting: string): string {
  return `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

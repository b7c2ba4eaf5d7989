/** Text to a stream no faster than it is read, until its reader has had enough. */
import type { Writable } from "node:stream";

export class Lines {
  readonly #stream: Writable;
  #gone = false;
  #wake: () => void = () => {};

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on("error", this.#leave).on("close", this.#leave).on("drain", this.#drained);
  }

  readonly #leave = (): void => {
    this.#gone = true;
    this.#wake();
  };

  readonly #drained = (): void => this.#wake();

  /** Listens no longer; the stream stays open. */
  release(): void {
    this.#stream.off("error", this.#leave).off("close", this.#leave).off("drain", this.#drained);
  }

  /** Whether there is still a reader. */
  async write(text: string): Promise<boolean> {
    if (!this.#gone && text !== "" && !this.#stream.write(text))
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        // the reader may have left in between
        if (this.#gone) resolve();
      });
    return !this.#gone;
  }
}

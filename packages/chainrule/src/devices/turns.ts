/** One thing after the other: what is to be done takes its turn when all that was asked for before is done. */
export class Turns {
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  /** Whether something is under way or waits for its turn. */
  get taken(): boolean {
    return this.#waiting > 0;
  }

  /** Begins at once when nothing is under way. */
  take<T>(body: () => Promise<T>): Promise<T> {
    const mine = this.taken ? this.#last.then(body) : body();
    this.#waiting++;
    const end = (): void => void this.#waiting--;
    this.#last = mine.then(end, end);
    return mine;
  }
}

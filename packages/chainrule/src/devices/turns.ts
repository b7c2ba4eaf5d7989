/** A queue of actions: each begins when all actions requested before it are done. */
export class Turns {
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  /** Whether an action is running or waiting. */
  get taken(): boolean {
    return this.#waiting > 0;
  }

  /** Begins at once if no action is running. */
  take<T>(body: () => Promise<T>): Promise<T> {
    const mine = this.taken ? this.#last.then(body) : body();
    this.#waiting++;
    const end = (): void => void this.#waiting--;
    this.#last = mine.then(end, end);
    return mine;
  }
}

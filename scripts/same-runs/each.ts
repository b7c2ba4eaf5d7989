/** Calls `act` on each item, at most `jobs` at a time. */
export async function each<T>(
  items: readonly T[],
  jobs: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const work = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await act(item);
  };
  await Promise.all(Array.from({ length: jobs }, work));
}

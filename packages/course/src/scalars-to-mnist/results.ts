/** All that the page of this practical shows, computed. */
import type { ReportContext } from "../practical/practical.ts";
import { candidateRates, chosenRate, compareRates, mnistImages, publishedRates } from "./experiments.ts";
import { smallImages, testAccuracies } from "./experiments.ts";
import type { Budget, Images, RateResult } from "./experiments.ts";
import { chainedRates, singleExamples, slips } from "./forensic-runs.ts";
import { runSynthetic, syntheticData } from "./synthetic.ts";

export type Results = Awaited<ReturnType<typeof resultsOf>>;

export async function resultsOf({ quick, progress, mnist }: ReportContext) {
  const tell = (text: string): void => progress(`  ${text}`);
  const found = await mnist();
  const images = found ? mnistImages(found, quick) : smallImages();
  const budget = budgetFor(found !== undefined, quick);
  tell(`rates compared on ${images.what}`);
  const compared = await compareRates(
    [...new Set([...publishedRates, ...candidateRates])],
    images,
    budget,
    tell,
  );
  const of = (rates: readonly number[]): RateResult[] => compared.filter(({ rate }) => rates.includes(rate));
  const candidates = of(candidateRates);
  const chosen = chosenRate(candidates);
  const tested = await testAccuracies(chosen, images, budget, tell);
  const part = partOf(images);
  const slipBudget = { ...budget, epochs: quick ? budget.epochs : 10 };
  const slipped = await slips(part, slipBudget, found ? 255 : 16, tell);
  tell("forensics: one network through four rates");
  const chained = await chainedRates(images, budget, quick ? 300 : 1000);
  tell("the synthetic points");
  return {
    missing: found === undefined,
    images,
    budget,
    candidates,
    published: of(publishedRates),
    chosen,
    runs: candidates.find(({ rate }) => rate === chosen)!.runs,
    tested,
    part,
    slipped,
    slipEpochs: slipBudget.epochs,
    chained,
    singles: singleExamples(syntheticData(60000, 10000, true), 100, 0.01, 0),
    synthetic: synthetic(quick),
  };
}

function synthetic(quick: boolean) {
  const [count, validation, epochs] = quick ? [10000, 2000, 3] : [60000, 10000, 10];
  const seeds = [0, 1, 2];
  const raw = syntheticData(count, validation);
  const squeezed = syntheticData(count, validation, true);
  const runs = seeds.map((seed) => runSynthetic(raw, epochs, 0.01, seed));
  const squeezedRuns = seeds.map((seed) => runSynthetic(squeezed, epochs, 0.01, seed));
  return { count, validation, epochs, seeds, raw, runs, squeezedRuns };
}

function budgetFor(isMnist: boolean, quick: boolean): Budget {
  const seeds = [0, 1, 2];
  if (!isMnist) return { hidden: 30, epochs: quick ? 6 : 20, seeds, batch: 20 };
  return { hidden: 300, epochs: quick ? 3 : 10, seeds, batch: 100 };
}

/** At most 8000 images to train and 2000 to judge by: the slips show on few. */
function partOf(images: Images): Images {
  const first = <T extends Images["train"]>(data: T, count: number) =>
    data.subset(Int32Array.from({ length: Math.min(count, data.length) }, (_, row) => row));
  return { ...images, train: first(images.train, 8000), validation: first(images.validation, 2000) };
}

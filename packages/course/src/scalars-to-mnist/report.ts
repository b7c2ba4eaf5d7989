/** The page of the practical: one example, the synthetic points, images over several seeds, and the forensic part. */
import type { Page } from "../frame/page.ts";
import type { ReportContext } from "../frame/practical.ts";
import {
  candidateRates,
  chosenRate,
  compareRates,
  mnistImages,
  publishedRates,
  smallImages,
  testAccuracies,
} from "./experiments.ts";
import type { Budget, Images } from "./experiments.ts";
import { chainedRates, singleExamples, slips } from "./forensic-runs.ts";
import { forensicSections } from "./report-forensics.ts";
import { imageSections } from "./report-images.ts";
import { oneExample, syntheticSection } from "./report-numbers.ts";
import { syntheticData } from "./synthetic.ts";

export async function report({ quick, progress, mnist }: ReportContext): Promise<Page> {
  const tell = (text: string): void => progress(`  ${text}`);
  const found = await mnist();
  const images = found ? mnistImages(found, quick) : smallImages();
  const budget = budgetFor(found !== undefined, quick);
  tell(`rates compared on ${images.what}`);
  const rates = [...new Set([...publishedRates, ...candidateRates])];
  const compared = await compareRates(rates, images, budget, tell);
  const of = (some: readonly number[]) => compared.filter(({ rate }) => some.includes(rate));
  const rate = chosenRate(of(candidateRates));
  const tested = await testAccuracies(rate, images, budget, tell);

  const part = partOf(images);
  const maximum = found ? 255 : 16;
  const slipped = await slips(part, { ...budget, epochs: quick ? budget.epochs : 10 }, maximum, tell);
  tell("forensics: one network through four rates");
  const chained = await chainedRates(images, budget, quick ? 300 : 1000);
  tell("the synthetic points");
  const scaled = syntheticData(60000, 10000, true);
  return {
    sections: [
      oneExample(),
      syntheticSection(quick),
      ...imageSections({
        images,
        budget,
        candidates: of(candidateRates),
        published: of(publishedRates),
        chosen: rate,
        tested,
        missing: found === undefined,
      }),
      ...forensicSections({
        slipped,
        slippedOn: `${part.train.length} images, ${budget.hidden} hidden units, batches of ${budget.batch}, ${budget.epochs} epochs, accuracy on ${part.validation.length} others`,
        chained,
        singles: singleExamples(scaled, 100, 0.01, 0),
        runs: of([rate])[0].runs,
      }),
    ],
  };
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

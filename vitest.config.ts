import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// The sources are found through the workspace links by the same condition that Node uses in the checkout.
const source = "chainrule-source";

// .ci/run reads the totals from here.
const report = process.env.CHAINRULE_TEST_REPORT;

export default defineConfig({
  resolve: { conditions: [source, "module", "browser", "development|production"] },
  ssr: {
    resolve: {
      conditions: [source, "module", "node", "development|production"],
      externalConditions: [source],
    },
  },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts", "bench/*.test.ts"],
    globalSetup: ["test/temporary.ts"],
    setupFiles: ["test/setup.ts"],
    pool: "threads",
    isolate: false,
    // as many as vitest chooses, and two on two cores, where it would choose one
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // A guard against hanging and no more: the machines that run this are small and noisy.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
  },
});

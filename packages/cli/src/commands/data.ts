/** `chainrule data`: what data there are, what is in them, and how to get them. */
import { Command } from "@commander-js/extra-typings";
import { fetchCommand } from "./data/fetch.ts";
import { infoCommand } from "./data/info.ts";
import { listCommand } from "./data/list.ts";

export function dataCommand() {
  const command = new Command("data").description(
    "List data sets, describe one or a file of your own, or download one.",
  );
  for (const one of [listCommand(), infoCommand(), fetchCommand()]) command.addCommand(one);
  return command.addHelpText(
    "after",
    `
Examples:
  chainrule data list
  chainrule data info flowers.csv
  chainrule data fetch mnist
`,
  );
}

/**
 * The reference of the API as pages, from the documentation of the sources: npm run api writes build/api. An exported
 * function or class, or a method of one, without documentation is a failure; so is a link to a name that does not exist.
 */
import { Application, ReflectionKind } from "typedoc";
import type { DeclarationReflection, Reflection } from "typedoc";

/** What must be documented. The members of a type without a name are shown in place, so they need not be. */
const kinds = ReflectionKind.FunctionOrMethod | ReflectionKind.Class | ReflectionKind.Accessor;

function isGap(one: Reflection): boolean {
  if (!one.kindOf(kinds) || one.getFullName().includes("__type") || one.flags.isInherited) return false;
  const { signatures = [], getSignature, comment } = one as DeclarationReflection;
  return ![comment, getSignature?.comment, ...signatures.map((signature) => signature.comment)].some(Boolean);
}

const app = await Application.bootstrapWithPlugins({ options: "typedoc.json" });
const project = await app.convert();
if (project === undefined) throw new Error("the sources have errors; npm run types shows them");
app.validate(project);
const gaps = Object.values(project.reflections).filter(isGap);
for (const gap of gaps) console.log(`${gap.getFullName()} has no documentation`);
await app.generateOutputs(project);
const faults = gaps.length + app.logger.errorCount + app.logger.warningCount;
console.log(`api: ${Object.values(project.reflections).length} names, in build/api; ${faults} faults`);
process.exitCode = faults === 0 ? 0 : 1;

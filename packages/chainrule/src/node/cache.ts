import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** The variables of the environment, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where downloaded data are kept: the system's place for what can be fetched again. */
export function cacheFolder(
  environment: Environment = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  // The XDG specification has relative paths ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "chainrule");
  if (platform === "darwin") return join(home, "Library", "Caches", "chainrule");
  if (platform === "win32") return join(local || join(home, "AppData", "Local"), "chainrule", "Cache");
  return join(home, ".cache", "chainrule");
}

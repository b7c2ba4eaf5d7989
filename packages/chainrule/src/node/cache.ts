import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Environment variables, in the form of `process.env`. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The folder for downloaded data: the system's cache folder. */
export function cacheFolder(
  environment: Environment = process.env,
  platform: string = process.platform,
  home: string = homedir(),
): string {
  const { XDG_CACHE_HOME: xdg, LOCALAPPDATA: local } = environment;
  // The XDG specification says to ignore relative paths.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, "chainrule");
  if (platform === "darwin") return join(home, "Library", "Caches", "chainrule");
  if (platform === "win32") return join(local || join(home, "AppData", "Local"), "chainrule", "Cache");
  return join(home, ".cache", "chainrule");
}

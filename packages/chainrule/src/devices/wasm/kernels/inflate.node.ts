/** Raw deflate undone by Node's zlib: its web streams take a fifth of a program's start to load. */
import { inflateRawSync } from "node:zlib";

export function inflate(packed: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return Promise.resolve(new Uint8Array(inflateRawSync(packed)));
}

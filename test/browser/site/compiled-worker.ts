import { trainCompiled } from "./compiled.ts";

onmessage = ({ data }: MessageEvent<number>) => {
  void trainCompiled(data).then((bits) => postMessage(bits));
};

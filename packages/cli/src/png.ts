/** Figures as pictures of pixels, for slides and documents that take no SVG. */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/**
 * An SVG as PNG, in light colours, `scale` pixels to a unit. Its letters come from the font that is installed along, whose widths
 * the figures are laid out by, so that the picture is the same on every machine.
 */
export async function png(svg: string, scale = 2): Promise<Uint8Array> {
  // Loaded when it is needed: it is machine code, and few commands draw pixels.
  const { Resvg } = await import("@resvg/resvg-js");
  const fonts = dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json"));
  const fontFiles = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) => join(fonts, "ttf", name));
  const drawing = new Resvg(svg.replaceAll(/font-family="[^"]*"/g, 'font-family="DejaVu Sans"'), {
    fitTo: { mode: "zoom", value: scale },
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  });
  return drawing.render().asPng();
}

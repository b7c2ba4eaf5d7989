/** A fenced block of a page; `output` is the text of a ```text block that follows it with nothing between. */
export type Block = { line: number; language: string; info: string; code: string; output?: string };

/** The fenced blocks of a page, and the page's prose with the lines of the blocks emptied. */
export function readPage(text: string): { blocks: Block[]; prose: string } {
  const blocks: Block[] = [];
  const prose: string[] = [];
  let open: { fence: string; indent: number; block: Block; lines: string[] } | undefined;
  let between = true;
  text.split("\n").forEach((line, i) => {
    const fence = /^(\s*)(`{3,}|~{3,})\s*(\S*)\s*(.*)$/.exec(line);
    prose.push(open || fence ? "" : line);
    if (open) {
      if (fence && fence[2].startsWith(open.fence) && fence[3] === "") {
        open.block.code = open.lines.map((one) => `${one}\n`).join("");
        const last = blocks.at(-1);
        if (open.block.language === "text" && last?.language === "ts" && !between)
          last.output = open.block.code;
        blocks.push(open.block);
        between = false;
        open = undefined;
      } else open.lines.push(line.slice(open.indent));
    } else if (fence) {
      const block: Block = { line: i + 1, language: fence[3], info: fence[4].trim(), code: "" };
      open = { fence: fence[2], indent: fence[1].length, block, lines: [] };
    } else if (line.trim() !== "") between = true;
  });
  if (open) throw new Error(`the block opened on line ${open.block.line} is not closed`);
  return { blocks, prose: prose.join("\n") };
}

/** The targets of a page's links and images, without those in inline code. */
export function linksOf(prose: string): { target: string; line: number }[] {
  return prose.split("\n").flatMap((text, i) => {
    const line = text.replace(/`[^`]*`/g, (code) => "x".repeat(code.length));
    const inline = [...line.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
    const definitions = [...line.matchAll(/^\s*\[[^\]]+\]:\s+<?(\S+?)>?\s*$/g)];
    return [...inline, ...definitions].map((match) => ({ target: match[1], line: i + 1 }));
  });
}

/** The anchors of a page: those that GitHub gives its headings, and those set by hand. */
export function anchorsOf(prose: string): Set<string> {
  const anchors = new Set<string>();
  for (const [, heading] of prose.matchAll(/^#{1,6}\s+(.*?)\s*#*$/gm)) {
    const plain = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");
    const slug = plain
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
      .replaceAll(" ", "-");
    let anchor = slug;
    for (let n = 1; anchors.has(anchor); n++) anchor = `${slug}-${n}`;
    anchors.add(anchor);
  }
  for (const [, name] of prose.matchAll(/<a\s+(?:id|name)="([^"]+)"/g)) anchors.add(name);
  return anchors;
}

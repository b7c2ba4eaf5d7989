// npm runs this before it packs or publishes a workspace's own folder, where package.json names the sources.
console.error("This folder is not what is published: npm run build leaves the tarballs in build/.");
process.exitCode = 1;

// Loaded into every Node process that is measured: notes its peak resident set, in kilobytes, as it ends.
const { appendFileSync } = require("node:fs");

process.on("exit", () => appendFileSync(process.env.BENCH_PEAKS, `${process.resourceUsage().maxRSS}\n`));

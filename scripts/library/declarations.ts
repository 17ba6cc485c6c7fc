import { spawnSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT } from "../../local/root.ts";

/** The modules of the package, and where they are below `src`. */
export const ENTRIES = {
  functions: "lightsout.ts",
  testing: "testing.ts",
  browser: "browser/watchSession.ts",
};

/** What a module of the package offers. */
interface Surface {
  /** Its declarations, in one file. */
  readonly declarations: string;
  /** The report: names and signatures. */
  readonly report: string;
}

/** @param entry Its source, below `src`, such as `lightsout.ts`. @throws Error TypeScript or API Extractor refuses it. */
export function surfaceOf(entry: string): Surface {
  const folder = mkdtempSync(join(tmpdir(), "lightsout-types-"));
  try {
    emit(entry, folder);
    return rollUp(join(folder, entry.replace(/\.ts$/, ".d.ts")), folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Declarations of the entry and of all that it imports. */
function emit(entry: string, folder: string): void {
  const compilerOptions = {
    ...{ noEmit: false, declaration: true, emitDeclarationOnly: true, outDir: folder },
    ...{ rootDir: join(ROOT, "src"), typeRoots: [join(ROOT, "node_modules/@types")] },
  };
  const base = entry.startsWith("browser/") ? "src/browser/tsconfig.json" : "tsconfig.json";
  writeJson(join(folder, "tsconfig.json"), {
    extends: join(ROOT, base),
    compilerOptions,
    include: [],
    files: [join(ROOT, "src", entry)],
  });
  run("typescript/bin/tsc", "-p", folder);
  for (const file of globSync(join(folder, "**/*.d.ts"))) {
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace(/(from "\.[^"]*)\.ts"/g, '$1.js"'));
  }
}

function rollUp(entry: string, folder: string): Surface {
  const [declarations, report] = [join(folder, "rolled-up.d.ts"), join(folder, "report.api.md")];
  const quiet = { default: { logLevel: "none" } };
  writeJson(join(folder, "package.json"), { name: "lightsout", type: "module" });
  writeJson(join(folder, "api-extractor.json"), {
    projectFolder: folder,
    mainEntryPointFilePath: entry,
    newlineKind: "lf",
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          ...{ module: "nodenext", target: "es2024", strict: true, skipLibCheck: true },
          ...{ types: ["node"], typeRoots: [join(ROOT, "node_modules/@types")] },
          paths: { "@azure/*": [join(ROOT, "node_modules/@azure/*")] },
        },
        files: [entry],
      },
    },
    apiReport: {
      ...{ enabled: true, includeForgottenExports: true },
      ...{ reportFileName: "report.api.md", reportFolder: folder, reportTempFolder: folder },
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: true, untrimmedFilePath: declarations },
    tsdocMetadata: { enabled: false },
    messages: { extractorMessageReporting: quiet, tsdocMessageReporting: quiet },
  });
  run(
    "@microsoft/api-extractor/bin/api-extractor",
    "run",
    "--local",
    "--config",
    join(folder, "api-extractor.json"),
  );
  return { declarations: readFileSync(declarations, "utf8"), report: readFileSync(report, "utf8") };
}

/** Runs a program of a package. @throws Error It fails. The message is its output. */
function run(program: string, ...args: string[]): void {
  const file = join(ROOT, "node_modules", program);
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stdout + stderr);
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value));
}

// What publint and are-the-types-wrong find in a package, as JSON. They bring a TypeScript of their own along.
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";

const [tarball = "", folder = ""] = process.argv.slice(2);
const { messages } = await publint({ pkgDir: folder, strict: true, pack: false });
const { problems } = await checkPackage(createPackageFromTarballData(readFileSync(tarball)));
console.log(JSON.stringify({ messages, problems }));

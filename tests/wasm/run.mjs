// Runs a program of wasm32-unknown-unknown; a panic in it is a trap, and ends this one too.
import { readFileSync } from "node:fs";

const { instance } = await WebAssembly.instantiate(readFileSync(process.argv[2]));
process.exit(instance.exports.main(0, 0));

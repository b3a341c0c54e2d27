// A Node client of the matrix: node matrix.js CLIENT RESP PORT. Reads names of features, one a line,
// and answers each with "ok" or "failed …"; asks for "restart" where the feature is a restart, and
// goes on at the next line.
import { createInterface } from "node:readline";

const [client, resp, port] = process.argv.slice(2);
const { connect } = await import(`./matrix-${client}.js`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

const subject = await connect(Number(port), Number(resp));
const restart = async () => {
  console.log("restart");
  await lines.next();
};
for await (const feature of lines) {
  if (feature === "end") {
    break;
  }
  try {
    await subject[feature](restart);
    console.log("ok");
  } catch (error) {
    console.log(`failed ${String(error.stack).replaceAll("\n", " | ")}`);
  }
}
process.exit(0);

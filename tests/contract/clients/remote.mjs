// Stripe's SDK for Node.js by remote control: one call as a line of JSON comes in, what became of it goes out as one.
//
//   in:  {"call": "paymentIntents.capture", "target": "pi_1", "params": {...}, "options": {...}, "key": "sk_test_..."}
//   out: {"object": {...}, "headers": {...}}  or  {"status": 402, "kind": "StripeCardError", "error": {...}, ...}
//
// Arguments: the folder that holds node_modules, and the sandbox's address.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { join } from "node:path";

const [folder, address] = process.argv.slice(2);
const Stripe = createRequire(join(folder, "package.json"))("stripe");
const { hostname: host, port, protocol } = new URL(address);

const clients = new Map();
const clientFor = (key) => {
  if (!clients.has(key)) {
    clients.set(key, new Stripe(key, {
      host, port, protocol: protocol.slice(0, -1), telemetry: false, maxNetworkRetries: 0,
    }));
  }
  return clients.get(key);
};

const carryOut = async ({ call, target, params, options, key, everything }) => {
  const path = call.split(".");
  const name = path.pop();
  const resource = path.reduce((found, part) => found[part], clientFor(key));
  const made = resource[name](...(target === null ? [] : [target]), params, options);
  if (everything) return { object: await made.autoPagingToArray({ limit: 1000 }), headers: {} };
  const object = await made;
  return { object, headers: object.lastResponse.headers };
};

for await (const line of createInterface({ input: process.stdin })) {
  let answer;
  try {
    answer = await carryOut(JSON.parse(line));
  } catch (problem) {
    answer = {
      status: problem.statusCode ?? null, kind: problem.type ?? String(problem), error: problem.raw ?? null,
      headers: problem.headers ?? {},
    };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

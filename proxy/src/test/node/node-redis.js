// One session of node-redis through the proxy: node node-redis.js PORT RESP
import assert from "node:assert/strict";
import { createClient, RESP_TYPES, WatchError } from "redis";

const options = {
  url: `redis://127.0.0.1:${process.argv[2]}`,
  RESP: Number(process.argv[3] ?? 2),
  socket: { reconnectStrategy: false },
};
const failed = (error) => {
  console.error(error);
  process.exit(1);
};
const connect = () => createClient(options).on("error", failed).connect();
const client = await connect();
const other = await connect();

assert.equal(await client.flushAll(), "OK");
assert.equal(await client.set("text", "grüße"), "OK");
assert.equal(await client.get("text"), "grüße");
assert.equal(await client.get("missing"), null);
const key = Buffer.from([0, 0xff, 0x0d, 0x0a, 0xc3]);
const value = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
await client.set(key, value);
const binary = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
assert.deepEqual(await binary.get(key), value);
assert.equal(await client.set("once", "1", { EX: 100, NX: true }), "OK");
assert.equal(await client.set("once", "2", { NX: true }), null);
const ttl = await client.ttl("once");
assert.ok(ttl > 90 && ttl <= 100);

await client.hSet("hash", { a: "1", b: "2" });
assert.deepEqual({ ...(await client.hGetAll("hash")) }, { a: "1", b: "2" });
await client.rPush("list", ["x", "y", "z"]);
assert.deepEqual(await client.lRange("list", 0, -1), ["x", "y", "z"]);
await client.zAdd("zset", [{ score: 1.5, value: "one" }, { score: 2, value: "two" }]);
assert.equal(await client.zScore("zset", "one"), 1.5);

assert.deepEqual(await client.multi().incr("n").incrBy("n", 5).get("n").exec(), [1, 6, "6"]);
await client.watch("n");
await other.set("n", "changed");
await assert.rejects(client.multi().set("n", "lost").exec(), WatchError);
assert.equal(await client.get("n"), "changed");

const asked = [];
for (let i = 0; i < 1000; i++) {
  asked.push(client.set(`p:${i}`, `${i}`), client.get(`p:${i}`));
}
const replies = await Promise.all(asked);
replies.forEach((reply, i) => assert.equal(reply, i % 2 === 0 ? "OK" : String((i - 1) / 2)));

const subscriber = await connect();
let heard;
const message = new Promise((resolve) => (heard = resolve));
await subscriber.subscribe("news", (...args) => heard(args));
assert.equal(await client.publish("news", "hello"), 1);
assert.deepEqual(await message, ["hello", "news"]);
await subscriber.unsubscribe("news");
assert.equal(String(await subscriber.get("text")), "grüße");
subscriber.destroy();

const popped = other.blPop("queue", 5);
await client.rPush("queue", "job");
assert.deepEqual({ ...(await popped) }, { key: "queue", element: "job" });
assert.equal(await other.blPop("queue", 0.05), null);

const seen = new Set();
for await (const keys of client.scanIterator({ MATCH: "p:*", COUNT: 100 })) {
  keys.forEach((k) => seen.add(k));
}
assert.equal(seen.size, 1000);
const script = "return redis.call('GET', KEYS[1])";
assert.equal(await client.eval(script, { keys: ["text"], arguments: [] }), "grüße");

await other.select(3);
assert.equal(await other.get("text"), null);
await other.set("text", "db3");
assert.equal(await client.get("text"), "grüße");

await assert.rejects(client.incr("list"), /WRONGTYPE/);
await assert.rejects(client.sendCommand(["NOSUCH", "a"]), /unknown command/);
assert.match(await client.info("server"), /redis_version:/);
assert.equal(await client.clientSetName("session"), "OK");
assert.equal(await client.clientGetName(), "session");

await client.close();
other.destroy();
console.log("session ok");

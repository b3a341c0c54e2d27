// One session of ioredis through the proxy: node ioredis.js PORT|PATH
import assert from "node:assert/strict";
import Redis from "ioredis";

const port = Number(process.argv[2]);
const place = port ? { port, host: "127.0.0.1" } : { path: process.argv[2] };
const options = { ...place, commandTimeout: 10000 };
const redis = new Redis(options);
const other = new Redis(options);

assert.equal(await redis.flushall(), "OK");
assert.equal(await redis.set("text", "grüße"), "OK");
assert.equal(await redis.get("text"), "grüße");
assert.equal(await redis.get("missing"), null);
const key = Buffer.from([0, 0xff, 0x0d, 0x0a, 0xc3]);
const value = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
await redis.set(key, value);
assert.deepEqual(await redis.getBuffer(key), value);
assert.equal(await redis.set("once", "1", "EX", 100, "NX"), "OK");
assert.equal(await redis.set("once", "2", "NX"), null);
const ttl = await redis.ttl("once");
assert.ok(ttl > 90 && ttl <= 100);

await redis.hset("hash", { a: "1", b: "2" });
assert.deepEqual(await redis.hgetall("hash"), { a: "1", b: "2" });
await redis.rpush("list", "x", "y", "z");
assert.deepEqual(await redis.lrange("list", 0, -1), ["x", "y", "z"]);
await redis.zadd("zset", 1.5, "one", 2, "two");
assert.deepEqual(await redis.zrange("zset", 0, -1, "WITHSCORES"), ["one", "1.5", "two", "2"]);

const exec = await redis.multi().incr("n").incrby("n", 5).get("n").exec();
assert.deepEqual(exec, [[null, 1], [null, 6], [null, "6"]]);
await redis.watch("n");
await other.set("n", "changed");
assert.equal(await redis.multi().set("n", "lost").exec(), null);
assert.equal(await redis.get("n"), "changed");

const pipeline = redis.pipeline();
for (let i = 0; i < 1000; i++) {
  pipeline.set(`p:${i}`, i).get(`p:${i}`);
}
const results = await pipeline.exec();
assert.equal(results.length, 2000);
results.forEach(([error, result], i) => {
  assert.equal(error, null);
  assert.equal(result, i % 2 === 0 ? "OK" : String((i - 1) / 2));
});

const subscriber = new Redis(options);
const message = new Promise((resolve) => subscriber.on("message", (...args) => resolve(args)));
assert.equal(await subscriber.subscribe("news"), 1);
assert.equal(await redis.publish("news", "hello"), 1);
assert.deepEqual(await message, ["news", "hello"]);
await subscriber.unsubscribe("news");
assert.equal(await subscriber.get("text"), "grüße");
subscriber.disconnect();

const popped = other.blpop("queue", 5);
await redis.rpush("queue", "job");
assert.deepEqual(await popped, ["queue", "job"]);
assert.equal(await other.blpop("queue", 0.05), null);

const seen = new Set();
for await (const keys of redis.scanStream({ match: "p:*", count: 100 })) {
  keys.forEach((k) => seen.add(k));
}
assert.equal(seen.size, 1000);
assert.equal(await redis.eval("return redis.call('GET', KEYS[1])", 1, "text"), "grüße");

await other.select(3);
assert.equal(await other.get("text"), null);
await other.set("text", "db3");
assert.equal(await redis.get("text"), "grüße");

await assert.rejects(redis.incr("list"), /^ReplyError: WRONGTYPE/);
await assert.rejects(redis.call("NOSUCH", "a"), /unknown command/);
assert.match(await redis.info("server"), /redis_version:/);
assert.equal(await redis.client("SETNAME", "session"), "OK");
assert.equal(await redis.client("GETNAME"), "session");

await redis.quit();
other.disconnect();
console.log("session ok");

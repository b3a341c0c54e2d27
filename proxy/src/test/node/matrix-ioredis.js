import assert from "node:assert/strict";
import Redis from "ioredis";
import { eventually } from "./waiting.js";

const SCRIPT = "return redis.call('INCRBY', KEYS[1], ARGV[1])";

export async function connect(port) {
  const options = {
    port,
    host: "127.0.0.1",
    connectionName: "matrix",
    commandTimeout: 5000,
    retryStrategy: () => 100,
  };
  const open = () => new Redis(options).on("error", () => {});
  const redis = open();
  const other = open();
  redis.defineCommand("addTo", { numberOfKeys: 1, lua: SCRIPT });

  const subject = {
    async START_UP() {
      assert.equal(await redis.ping(), "PONG");
      assert.equal(await redis.client("GETNAME"), "matrix");
    },
    async POOL() {
      await redis.set("pooled", 0);
      const pool = Array.from({ length: 6 }, open);
      await Promise.all(Array.from({ length: 600 }, (_, i) => pool[i % 6].incr("pooled")));
      assert.equal(await redis.get("pooled"), "600");
      pool.forEach((connection) => connection.disconnect());
    },
    async PIPELINE() {
      const pipeline = redis.pipeline();
      for (let i = 0; i < 500; i++) {
        pipeline.set(`p:${i}`, i).get(`p:${i}`);
      }
      const results = await pipeline.exec();
      results.forEach(([error, result], i) => {
        assert.equal(error, null);
        assert.equal(result, i % 2 === 0 ? "OK" : String((i - 1) / 2));
      });
    },
    async TRANSACTION() {
      await redis.set("n", 0);
      const exec = await redis.multi().incr("n").get("n").exec();
      assert.deepEqual(exec, [[null, 1], [null, "1"]]);
      await redis.watch("n");
      await other.set("n", "changed");
      assert.equal(await redis.multi().set("n", "lost").exec(), null);
      assert.equal(await redis.get("n"), "changed");
    },
    async PUB_SUB() {
      const subscriber = open();
      const message = new Promise((heard) => subscriber.on("pmessage", (...m) => heard(m)));
      assert.equal(await subscriber.psubscribe("new*"), 1);
      assert.equal(await redis.publish("news", "hello"), 1);
      assert.deepEqual(await message, ["new*", "news", "hello"]);
      await subscriber.punsubscribe("new*");
      assert.equal(await redis.publish("news", "nobody"), 0);
      subscriber.disconnect();
    },
    async BLOCKING_POP() {
      const popped = other.blpop("queue", 5);
      await redis.rpush("queue", "job");
      assert.deepEqual(await popped, ["queue", "job"]);
      assert.equal(await other.blpop("queue", 0.05), null);
    },
    // Its own EVALSHA, then EVAL after NOSCRIPT.
    async SCRIPT() {
      await redis.set("s", 1);
      assert.equal(await redis.addTo("s", 2), 3);
      assert.equal(await redis.addTo("s", 4), 7);
      await redis.script("FLUSH");
      assert.equal(await redis.addTo("s", 1), 8);
      assert.equal(await redis.get("s"), "8");
    },
    // A subscriber finds its channel again by itself.
    async HEATSINK_RESTARTS(restart) {
      const subscriber = open();
      const heard = [];
      subscriber.on("message", (_, message) => heard.push(message));
      await subscriber.subscribe("after");
      await redis.set("before", "1");
      await restart();
      await eventually(async () => (await redis.set("after", "1")) === "OK");
      await eventually(async () => (await redis.publish("after", "again")) === 1);
      await eventually(() => heard.includes("again"));
      subscriber.disconnect();
      await subject.TRANSACTION();
      await subject.PIPELINE();
    },
    REDIS_RESTARTS: (restart) => subject.HEATSINK_RESTARTS(restart),
  };
  return subject;
}

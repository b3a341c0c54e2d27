import assert from "node:assert/strict";
import { createClient, createClientPool, defineScript, WatchError } from "redis";
import { eventually } from "./waiting.js";

const addTo = defineScript({
  SCRIPT: "return redis.call('INCRBY', KEYS[1], ARGV[1])",
  NUMBER_OF_KEYS: 1,
  parseCommand(parser, key, by) {
    parser.pushKey(key);
    parser.push(String(by));
  },
  transformReply: (reply) => reply,
});

export async function connect(port, RESP) {
  const options = {
    RESP,
    name: "matrix",
    socket: { host: "127.0.0.1", port, reconnectStrategy: 100 },
    scripts: { addTo },
  };
  const open = (more) => createClient({ ...options, ...more }).on("error", () => {}).connect();
  const client = await open();
  const other = await open();

  const subject = {
    async START_UP() {
      assert.equal(await client.ping(), "PONG");
      assert.equal(await client.clientGetName(), "matrix");
    },
    async POOL() {
      await client.set("pooled", 0);
      const pool = createClientPool(options, { minimum: 1, maximum: 6 });
      await pool.on("error", () => {}).connect();
      await Promise.all(Array.from({ length: 600 }, () => pool.incr("pooled")));
      assert.equal(await client.get("pooled"), "600");
      await pool.close();
    },
    // What is asked in one turn of the event loop travels together.
    async PIPELINE() {
      const asked = [];
      for (let i = 0; i < 500; i++) {
        asked.push(client.set(`p:${i}`, `${i}`), client.get(`p:${i}`));
      }
      const replies = await Promise.all(asked);
      replies.forEach((reply, i) => assert.equal(reply, i % 2 === 0 ? "OK" : String((i - 1) / 2)));
    },
    async TRANSACTION() {
      await client.set("n", 0);
      assert.deepEqual(await client.multi().incr("n").get("n").exec(), [1, "1"]);
      await client.watch("n");
      await other.set("n", "changed");
      await assert.rejects(client.multi().set("n", "lost").exec(), WatchError);
      assert.equal(await client.get("n"), "changed");
    },
    async PUB_SUB() {
      const subscriber = await open();
      let heard;
      const message = new Promise((resolve) => (heard = resolve));
      await subscriber.pSubscribe("new*", (...args) => heard(args));
      assert.equal(await client.publish("news", "hello"), 1);
      assert.deepEqual(await message, ["hello", "news"]);
      await subscriber.pUnsubscribe("new*");
      assert.equal(await client.publish("news", "nobody"), 0);
      subscriber.destroy();
    },
    async BLOCKING_POP() {
      const popped = other.blPop("queue", 5);
      await client.rPush("queue", "job");
      assert.deepEqual({ ...(await popped) }, { key: "queue", element: "job" });
      assert.equal(await other.blPop("queue", 0.05), null);
    },
    // Its own EVALSHA, then EVAL after NOSCRIPT.
    async SCRIPT() {
      await client.set("s", 1);
      assert.equal(await client.addTo("s", 2), 3);
      assert.equal(await client.addTo("s", 4), 7);
      await client.scriptFlush();
      assert.equal(await client.addTo("s", 1), 8);
      assert.equal(await client.get("s"), "8");
    },
    async TRACKING() {
      const caching = await open({ clientSideCache: { ttl: 0, maxEntries: 0, evictPolicy: "LRU" } });
      await client.set("cached", "old");
      assert.equal(await caching.get("cached"), "old");
      assert.equal(await caching.get("cached"), "old");
      await client.set("cached", "new");
      await eventually(async () => (await caching.get("cached")) === "new");
      caching.destroy();
    },
    // A subscriber finds its channel again by itself.
    async HEATSINK_RESTARTS(restart) {
      const subscriber = await open();
      const heard = [];
      await subscriber.subscribe("after", (message) => heard.push(message));
      await client.set("before", "1");
      await restart();
      await eventually(async () => (await client.set("after", "1")) === "OK");
      await eventually(async () => (await client.publish("after", "again")) === 1);
      await eventually(() => heard.includes("again"));
      subscriber.destroy();
      await subject.TRANSACTION();
      await subject.PIPELINE();
    },
    REDIS_RESTARTS: (restart) => subject.HEATSINK_RESTARTS(restart),
  };
  return subject;
}

// BullMQ: Lua for every step of a job, a blocking worker, events over a stream.
import assert from "node:assert/strict";
import { Queue, QueueEvents, Worker } from "bullmq";
import Redis from "ioredis";
import { eventually } from "./waiting.js";

export async function connect(port) {
  const connection = {
    port,
    host: "127.0.0.1",
    maxRetriesPerRequest: null,
    retryStrategy: () => 100,
  };
  const redis = new Redis(connection).on("error", () => {});
  let number = 0;

  /** A queue of its own with a worker that doubles numbers; gives both to a test. */
  async function withQueue(test, concurrency = 4) {
    const name = `jobs${number++}`;
    const quiet = (thing) => thing.on("error", () => {});
    const queue = quiet(new Queue(name, { connection }));
    const done = new Map();
    const work = async (job) => {
      if (job.data.failsOnce && job.attemptsMade === 0) {
        throw new Error("once");
      }
      return job.data.n * 2;
    };
    const worker = quiet(new Worker(name, work, { connection, concurrency }));
    worker.on("completed", (job, result) => done.set(job.data.n, result));
    const events = quiet(new QueueEvents(name, { connection }));
    try {
      await Promise.all([queue, worker, events].map((each) => each.waitUntilReady()));
      await test({ queue, worker, events, done });
    } finally {
      await Promise.all([worker.close(true), events.close(), queue.close()]);
    }
  }

  const subject = {
    async START_UP() {
      await withQueue(async ({ queue, events }) => {
        const job = await queue.add("double", { n: 21 });
        assert.equal(await job.waitUntilFinished(events, 10000), 42);
      });
    },
    async POOL() {
      await withQueue(async ({ queue, done }) => {
        await Promise.all(Array.from({ length: 100 }, (_, n) => queue.add("double", { n })));
        await eventually(() => done.size === 100);
        done.forEach((result, n) => assert.equal(result, n * 2));
      }, 16);
    },
    // A bulk is one transaction of scripts.
    async PIPELINE() {
      await withQueue(async ({ queue, done }) => {
        const jobs = Array.from({ length: 100 }, (_, n) => ({ name: "double", data: { n } }));
        await queue.addBulk(jobs);
        await eventually(() => done.size === 100);
        assert.deepEqual(await queue.getJobCounts("completed", "failed"), {
          completed: 100,
          failed: 0,
        });
      });
    },
    // The worker already waits when the jobs come: at once, after a while, and once more.
    async BLOCKING_POP() {
      await withQueue(async ({ queue, events }) => {
        const delayed = await queue.add("double", { n: 2 }, { delay: 300 });
        const now = await queue.add("double", { n: 1 });
        const again = await queue.add("double", { n: 3, failsOnce: true }, { attempts: 2 });
        assert.equal(await now.waitUntilFinished(events, 10000), 2);
        assert.equal(await delayed.waitUntilFinished(events, 10000), 4);
        assert.equal(await again.waitUntilFinished(events, 10000), 6);
      });
    },
    async SCRIPT() {
      await withQueue(async ({ queue, events }) => {
        await redis.script("FLUSH");
        const job = await queue.add("double", { n: 4 });
        assert.equal(await job.waitUntilFinished(events, 10000), 8);
      });
    },
    async HEATSINK_RESTARTS(restart) {
      await withQueue(async ({ queue, done }) => {
        await queue.add("double", { n: 1 });
        await eventually(() => done.has(1));
        await restart();
        await eventually(() => queue.add("double", { n: 2 }));
        await eventually(() => done.get(2) === 4);
      });
    },
    REDIS_RESTARTS: (restart) => subject.HEATSINK_RESTARTS(restart),
  };
  return subject;
}

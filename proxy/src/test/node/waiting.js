// Waits until something is so, whatever fails in the meantime.
import assert from "node:assert/strict";

export async function eventually(isSo) {
  const deadline = Date.now() + 15000;
  for (;;) {
    try {
      if (await isSo()) {
        return;
      }
    } catch (error) {
      if (Date.now() > deadline) {
        throw error;
      }
    }
    assert.ok(Date.now() < deadline, `in time: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

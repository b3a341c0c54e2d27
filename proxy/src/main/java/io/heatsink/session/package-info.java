/**
 * The client's side: what arrives is parsed, gets its place in the reply order, and is handed on.
 *
 * <pre>
 *   bytes ─▶ Session (parse, pause) ─┬─▶ ConnectionCommands (HELLO, AUTH, SELECT, CLIENT …)
 *                                    ├─▶ Pin (transactions, blocking, pub/sub: own connection)
 *                                    └─▶ Router (all else)
 *   bytes ◀─ reply.ReplyQueue (places in order, one write a loop iteration) ◀─ replies
 * </pre>
 */
@NullMarked
package io.heatsink.session;

import org.jspecify.annotations.NullMarked;

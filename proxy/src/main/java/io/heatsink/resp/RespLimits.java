package io.heatsink.resp;

/**
 * The named limits of one request. Immutable.
 *
 * @param maxArguments words of one command, as Redis' own {@code 1024 * 1024}
 * @param maxBulkBytes one argument, as Redis' {@code proto-max-bulk-len}
 * @param maxLineBytes an inline command or a length line, as Redis' {@code PROTO_INLINE_MAX_SIZE}
 * @param maxRequestBytes a command with its framing that must be kept whole
 * @param maxWholeBytes a command that may be passed on as it comes is, if larger than this
 */
public record RespLimits(
    int maxArguments, int maxBulkBytes, int maxLineBytes, int maxRequestBytes, int maxWholeBytes) {

  private static final int REDIS_MAX_ARGUMENTS = 1024 * 1024;
  private static final int REDIS_MAX_BULK_BYTES = 512 * 1024 * 1024;
  private static final int REDIS_MAX_LINE_BYTES = 64 * 1024;

  private static final int MAX_WHOLE_BYTES = 1024 * 1024;

  /** Redis' own limits, with a bound on the whole request. */
  public static RespLimits withRequestBytes(int maxRequestBytes) {
    return new RespLimits(
        REDIS_MAX_ARGUMENTS,
        REDIS_MAX_BULK_BYTES,
        REDIS_MAX_LINE_BYTES,
        maxRequestBytes,
        Math.min(maxRequestBytes, MAX_WHOLE_BYTES));
  }
}

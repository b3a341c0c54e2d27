package io.heatsink.upstream;

import org.jspecify.annotations.Nullable;

/**
 * What commands on one pipe have in common. Immutable.
 *
 * @param credentials whose rights they have
 * @param database where they act
 * @param isResp3 in which protocol they are answered
 */
public record PipeKey(Credentials credentials, int database, boolean isResp3) {

  /** The same with other credentials. */
  public PipeKey with(Credentials other) {
    return new PipeKey(other, database, isResp3);
  }

  /** The same in another database. */
  public PipeKey with(int otherDatabase) {
    return new PipeKey(credentials, otherDatabase, isResp3);
  }

  /** The same in RESP2 or RESP3. */
  public PipeKey with(boolean resp3) {
    return new PipeKey(credentials, database, resp3);
  }

  // Spelled out: what a record comes with is generated at first use, before a client is served.

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PipeKey that
        && credentials.equals(that.credentials)
        && database == that.database
        && isResp3 == that.isResp3;
  }

  @Override
  public int hashCode() {
    return 31 * (31 * credentials.hashCode() + database) + Boolean.hashCode(isResp3);
  }
}

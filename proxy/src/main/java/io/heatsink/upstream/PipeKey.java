package io.heatsink.upstream;

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
}

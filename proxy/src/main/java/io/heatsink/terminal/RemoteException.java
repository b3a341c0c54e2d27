package io.heatsink.terminal;

/** A running Heatsink cannot be asked, or says no; the message is one line for a user. */
public final class RemoteException extends Exception {

  private static final long serialVersionUID = 1;

  RemoteException(String message) {
    super(message);
  }
}

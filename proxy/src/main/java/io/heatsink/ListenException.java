package io.heatsink;

import java.io.Serial;
import java.net.InetSocketAddress;
import java.util.Locale;

/** An address cannot be listened on; the message names it, the reason and the remedy. */
public final class ListenException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Explains a failed bind.
   *
   * @param setting {@code listen} or {@code admin}
   * @param cause what the transport threw
   */
  public ListenException(String setting, InetSocketAddress address, Throwable cause) {
    super(explain(setting, address, cause), cause);
  }

  private static String explain(String setting, InetSocketAddress address, Throwable cause) {
    String host = address.getAddress() == null ? address.getHostString() : address(address);
    return "cannot listen on "
        + host
        + ":"
        + address.getPort()
        + " ("
        + setting
        + "): "
        + reason(cause)
        + ", or choose another address with --"
        + setting;
  }

  private static String address(InetSocketAddress address) {
    String text = address.getAddress().getHostAddress();
    return text.indexOf(':') < 0 ? text : "[" + text + "]";
  }

  private static String reason(Throwable cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("in use")) {
      return "the port is busy; stop what listens there";
    }
    if (text.contains("assign requested address")) {
      return "not an address of this machine; write one of its own";
    }
    if (text.contains("permission denied")) {
      return "not permitted; ports below 1024 need a privilege, so grant it";
    }
    return cause.getMessage() + "; mend that";
  }
}

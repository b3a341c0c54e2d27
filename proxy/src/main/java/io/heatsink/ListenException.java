package io.heatsink;

import java.io.Serial;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Locale;

/** An address cannot be listened on; the message names it, the reason and the remedy. */
public final class ListenException extends RuntimeException {

  @Serial private static final long serialVersionUID = 1L;

  /**
   * Explains why nobody can listen on a Unix socket.
   *
   * @param cause what the transport threw, or why it was not asked
   */
  ListenException(Path socket, Throwable cause) {
    super(explain("listen-unix", socket.toString(), cause), cause);
  }

  /**
   * Explains a failed bind.
   *
   * @param setting {@code listen}, {@code tls.listen} or {@code admin}
   * @param cause what the transport threw
   */
  public ListenException(String setting, InetSocketAddress address, Throwable cause) {
    super(explain(setting, place(address), cause), cause);
  }

  private static String place(InetSocketAddress address) {
    String host = address.getAddress() == null ? address.getHostString() : address(address);
    return host + ":" + address.getPort();
  }

  private static String explain(String setting, String place, Throwable cause) {
    return "cannot listen on "
        + place
        + " ("
        + setting
        + "): "
        + reason(cause)
        + ", or choose another address with --"
        + setting.replace('.', '-');
  }

  private static String address(InetSocketAddress address) {
    String text = address.getAddress().getHostAddress();
    return text.indexOf(':') < 0 ? text : "[" + text + "]";
  }

  private static String reason(Throwable cause) {
    String text = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    if (text.contains("answers there")) {
      return "a process answers there; stop it";
    }
    if (text.contains("no socket")) {
      return "there is a file that is no socket; remove it";
    }
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

package io.heatsink.tls;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A private key in PEM: PKCS #8, and what older tools write, PKCS #1 (RSA) and SEC 1 (elliptic
 * curves), which the JDK does not read.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468</a>
 */
final class PemKey {

  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN (|RSA |EC |ENCRYPTED )PRIVATE KEY-----([^-]+)-----END");
  private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA", "RSASSA-PSS");
  private static final byte[] VERSION_0 = hex("020100");

  /** AlgorithmIdentifier of rsaEncryption. */
  private static final byte[] RSA = hex("300d06092a864886f70d0101010500");

  /** OBJECT IDENTIFIER id-ecPublicKey. */
  private static final byte[] EC = hex("06072a8648ce3d0201");

  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int PARAMETERS = 0xa0;

  private PemKey() {}

  static PrivateKey parse(String pem) throws IOException {
    Matcher block = BLOCK.matcher(pem);
    if (!block.find()) {
      throw new IOException("no private key in PEM");
    }
    byte[] der;
    try {
      der = Base64.getMimeDecoder().decode(block.group(2));
      return switch (block.group(1)) {
        case "RSA " -> key(sequence(VERSION_0, RSA, element(OCTETS, der)));
        case "EC " -> key(sequence(VERSION_0, sequence(EC, curve(der)), element(OCTETS, der)));
        case "ENCRYPTED " ->
            throw new IOException("the key is encrypted; write it as 'openssl pkey' does");
        default -> key(der);
      };
    } catch (IllegalArgumentException | java.nio.BufferUnderflowException e) {
      throw new IOException("the private key is damaged");
    }
  }

  private static PrivateKey key(byte[] pkcs8) throws IOException {
    GeneralSecurityException last = null;
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (GeneralSecurityException e) {
        last = e;
      }
    }
    throw new IOException("a private key that Java does not know", last);
  }

  /** The curve's name out of {@code SEQUENCE {1, key, [0] {curve}, …}}. */
  private static byte[] curve(byte[] sec1) {
    ByteBuffer in = ByteBuffer.wrap(sec1);
    enter(in, SEQUENCE);
    while (in.hasRemaining()) {
      int type = in.get() & 0xff;
      byte[] content = new byte[length(in)];
      in.get(content);
      if (type == PARAMETERS) {
        return content;
      }
    }
    throw new IllegalArgumentException("no curve");
  }

  private static void enter(ByteBuffer in, int type) {
    if ((in.get() & 0xff) != type || length(in) != in.remaining()) {
      throw new IllegalArgumentException("not DER");
    }
  }

  private static int length(ByteBuffer in) {
    int first = in.get() & 0xff;
    int length = first < 0x80 ? first : 0;
    for (int more = first < 0x80 ? 0 : first & 0x7f; more > 0; more--) {
      length = (length << 8) | (in.get() & 0xff);
    }
    if (length < 0 || length > in.remaining()) {
      throw new IllegalArgumentException("not DER");
    }
    return length;
  }

  private static byte[] sequence(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer content = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      content.put(part);
    }
    return element(SEQUENCE, content.array());
  }

  private static byte[] element(int type, byte[] content) {
    int length = content.length;
    ByteBuffer out = ByteBuffer.allocate(length + 5);
    out.put((byte) type);
    if (length < 0x80) {
      out.put((byte) length);
    } else if (length < 0x100) {
      out.put((byte) 0x81).put((byte) length);
    } else if (length < 0x10000) {
      out.put((byte) 0x82).putShort((short) length);
    } else {
      out.put((byte) 0x83).put((byte) (length >> 16)).putShort((short) length);
    }
    out.put(content);
    byte[] bytes = new byte[out.position()];
    out.flip().get(bytes);
    return bytes;
  }

  private static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits);
  }
}

package io.correio.zeromq.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.correio.zeromq.wire.ZmtpException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Known answers: those of "Cryptography in NaCl" (Bernstein 2009), of RFC 32, and some of libsodium
 * for the lengths around the ends of blocks.
 */
final class NaclVectorsTest {
  private static final HexFormat HEX = HexFormat.of();
  private static final byte[] FIRST_KEY =
      HEX.parseHex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
  private static final byte[] NONCE =
      HEX.parseHex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
  private static final byte[] TEXT =
      HEX.parseHex(
          "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc"
              + "e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
              + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde"
              + "048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864"
              + "5e0705");
  private static final String BOX =
      "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce"
          + "48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972"
          + "71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae"
          + "90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3"
          + "7973f622a43d14a6599b1f654cb45a74e355a5";

  @Test
  void hsalsa20_derives_the_first_key_and_the_second() {
    byte[] shared =
        HEX.parseHex("4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742");
    byte[] key = new byte[32];
    Salsa20.derive(shared, new byte[16], 0, key);
    assertThat(key).isEqualTo(FIRST_KEY);
    Salsa20.derive(FIRST_KEY, NONCE, 0, key);
    assertThat(HEX.formatHex(key))
        .isEqualTo("dc908dda0b9344a953629b733820778880f3ceb421bb61b91cbd4c3e66256ce4");
  }

  @Test
  void a_secret_box_is_that_of_nacl() {
    byte[] sealed = new byte[16 + TEXT.length];
    System.arraycopy(TEXT, 0, sealed, 16, TEXT.length);
    try (SecretBox box = new SecretBox(FIRST_KEY)) {
      box.seal(NONCE, sealed, 0, TEXT.length);
      assertThat(HEX.formatHex(sealed)).isEqualTo(BOX);
      assertThat(box.open(NONCE, sealed, 0, sealed.length)).isTrue();
    }
    assertThat(Arrays.copyOfRange(sealed, 16, sealed.length)).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 7d1a89ffbec412136500d29d836e6f75f9d8c7926e05985f8cfd1ca573de8db1",
    "1, 975ed21d80b715800043e33e6adf380be023337c5fdf8e70b88cd45b43f0a6b7",
    "31, 707072c3fdb38870e857a1eaaf5539759848fa0adf9901c003b8648985529521",
    "32, 5dc1eafad3128b381321026253ae3c53510b39d3910d677856855b7b6852f33d",
    "33, b4649207dc64eba80385c043c96ebe6e7276622689507487da0e0a46e126a7cb",
    "63, 94802e60b1cc7c4616f7d69af594f2f983b5214722c91b067cb5ed7499fa928a",
    "64, dbbb7cec46cc628b7ead01012878d0c608f8273c574f10ba5f631ba0c2e3a790",
    "95, 8e83a6dcc2ae733a6141a891bfbc7a661f6f72f4e444486ad7c2642e041c1548",
    "96, 047676a94c993627ecdd352361ee250f6bee65329e887ded4f9e8e790b1b19dc",
    "97, afb01ad7588661f580485113ff2a1e44b7e2b1042d745ca48989115151fbb8ee",
    "1000, 14e15681275d69b5b4f1bdaceb1c9f07de15837ff9cf646415749883a27f52f9"
  })
  void a_secret_box_of_any_length_is_that_of_libsodium(int length, String digest) throws Exception {
    byte[] key = sha256(("k" + length).getBytes(StandardCharsets.US_ASCII));
    byte[] nonce = Arrays.copyOf(sha256(("n" + length).getBytes(StandardCharsets.US_ASCII)), 24);
    byte[] sealed = new byte[3 + 16 + length];
    for (int i = 0; i < length; i++) {
      sealed[3 + 16 + i] = (byte) (7 * i);
    }
    try (SecretBox box = new SecretBox(key)) {
      box.seal(nonce, sealed, 3, length);
      byte[] boxed = Arrays.copyOfRange(sealed, 3, sealed.length);
      assertThat(HEX.formatHex(sha256(boxed))).isEqualTo(digest);
      assertThat(box.open(nonce, sealed, 3, 16 + length)).isTrue();
    }
    for (int i = 0; i < length; i++) {
      assertThat(sealed[3 + 16 + i]).isEqualTo((byte) (7 * i));
    }
  }

  @Test
  void a_box_that_was_changed_anywhere_does_not_open_and_is_left_as_it_was() {
    byte[] sealed = HEX.parseHex(BOX);
    try (SecretBox box = new SecretBox(FIRST_KEY)) {
      for (int i = 0; i < sealed.length; i++) {
        byte[] changed = sealed.clone();
        changed[i] ^= 0x40;
        byte[] before = changed.clone();
        assertThat(box.open(NONCE, changed, 0, changed.length)).isFalse();
        assertThat(changed).isEqualTo(before);
      }
      assertThat(box.open(NONCE, sealed, 0, 15)).isFalse();
    }
  }

  @Test
  void a_closed_box_has_no_key_left() {
    byte[] sealed = HEX.parseHex(BOX);
    SecretBox box = new SecretBox(FIRST_KEY);
    box.close();
    assertThat(box.open(NONCE, sealed, 0, sealed.length)).isFalse();
  }

  @Test
  void two_key_pairs_have_one_secret_in_common() throws ZmtpException {
    byte[] one = new byte[32];
    byte[] other = new byte[32];
    for (int i = 0; i < 32; i++) {
      one[i] = (byte) i;
      other[i] = (byte) (32 + i);
    }
    assertThat(HEX.formatHex(Curve25519.publicKey(one)))
        .isEqualTo("8f40c5adb68f25624ae5b214ea767a6ec94d829d3d7b5e1ad1ba6f3e2138285f");
    byte[] sealed = new byte[16 + 5];
    try (SecretBox mine = Curve25519.box(one, Curve25519.publicKey(other));
        SecretBox known =
            new SecretBox(
                HEX.parseHex("429b61f5d96e37268dfc5114849d599c9ceabffdb68c1f52cd0499af30f5b377"))) {
      mine.seal(NONCE, sealed, 0, 5);
      assertThat(known.open(NONCE, sealed, 0, sealed.length)).isTrue();
    }
  }

  @Test
  void a_key_of_low_order_is_refused() {
    assertThatThrownBy(() -> Curve25519.box(new byte[32], new byte[32]))
        .isInstanceOf(ZmtpException.class)
        .hasMessageContaining("low order");
  }

  @Test
  void z85_is_that_of_rfc_32() {
    assertThat(Z85.encode(HEX.parseHex("864fd26fb559f75b"))).isEqualTo("HelloWorld");
    assertThat(Z85.decode("HelloWorld")).isEqualTo(HEX.parseHex("864fd26fb559f75b"));
    assertThat(
            Z85.encode(
                HEX.parseHex("8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7")))
        .isEqualTo("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
    byte[] octets = new byte[400];
    new Random(32).nextBytes(octets);
    assertThat(Z85.decode(Z85.encode(octets))).isEqualTo(octets);
    assertThat(Z85.decode("%nSc0")).containsExactly(0xff, 0xff, 0xff, 0xff);
  }

  @Test
  void what_is_not_z85_is_refused_without_repeating_it() {
    for (String text : new String[] {"abcd", "abc\"d", "abc\u00e9d", "%nSc1", "#####"}) {
      assertThatThrownBy(() -> Z85.decode(text))
          .isInstanceOf(IllegalArgumentException.class)
          .message()
          .doesNotContain(text);
    }
    assertThatThrownBy(() -> Z85.encode(new byte[3])).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void key_pairs_go_through_text() {
    try (CurveKeyPair pair = CurveKeyPair.ofSecretKey("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6")) {
      assertThat(pair.secretKeyText()).isEqualTo("JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6");
      assertThat(pair.publicKeyText()).hasSize(40);
      assertThat(pair.toString()).doesNotContain(pair.secretKeyText());
    }
    CurveKeyPair one = CurveKeyPair.generate();
    try (CurveKeyPair other = CurveKeyPair.generate()) {
      assertThat(one.publicKey()).isNotEqualTo(other.publicKey());
    }
    one.close();
    assertThat(one.secretKey()).containsOnly(0);
  }

  private static byte[] sha256(byte[] octets) throws Exception {
    return MessageDigest.getInstance("SHA-256").digest(octets);
  }
}

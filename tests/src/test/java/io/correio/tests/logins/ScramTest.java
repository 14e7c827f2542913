package io.correio.tests.logins;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.LongString;
import com.rabbitmq.client.SaslMechanism;
import com.rabbitmq.client.impl.LongStringHelper;
import io.correio.server.Config;
import io.correio.server.Correio;
import io.correio.server.CorreioOptions;
import io.correio.server.Setting;
import io.correio.server.Settings;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SCRAM by clients of both AMQPs, and by peers that do it wrong. */
class ScramTest {

  private static final byte[] SASL_HEADER = {'A', 'M', 'Q', 'P', 3, 1, 0, 0};

  /** The outcome auth (part 5, section 5.3.3.6), without additional data, as its frame ends. */
  private static final byte OUTCOME = 0x44;

  private static Correio correio;

  @BeforeAll
  static void start() throws IOException {
    Settings settings =
        Settings.DEFAULTS
            .with(Setting.AMQP_PORT, 0)
            .with(Setting.HTTP_PORT, -1)
            .with(Setting.REFUSAL_DELAY_MILLIS, 0)
            .with(Setting.MECHANISMS, "SCRAM-SHA-256, SCRAM-SHA-512");
    correio = Correio.start(CorreioOptions.inMemory().withConfig(Config.of(settings)));
  }

  @AfterAll
  static void stop() {
    correio.close();
  }

  private static JmsConnectionFactory jms(String mechanism, String user, String password) {
    return new JmsConnectionFactory(
        user,
        password,
        "amqp://127.0.0.1:%d?amqp.saslMechanisms=%s".formatted(correio.amqpPort(), mechanism));
  }

  private static void assertRefused(
      JmsConnectionFactory factory, Class<? extends JMSException> with) {
    assertThatThrownBy(() -> factory.createConnection().start()).isInstanceOf(with);
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512"})
  void qpid_jms_logs_in_and_checks_that_the_server_knows_the_user(String mechanism)
      throws JMSException {
    try (Connection connection = jms(mechanism, "guest", "guest").createConnection()) {
      connection.start();
      assertThat(connection.createSession().createTemporaryQueue().getQueueName()).isNotEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"SCRAM-SHA-256", "SCRAM-SHA-512"})
  void wrong_password_and_unknown_user_are_refused(String mechanism) {
    for (String user : List.of("guest", "nobody")) {
      assertRefused(jms(mechanism, user, "wrong"), JMSSecurityException.class);
    }
  }

  @Test
  void mechanism_that_is_not_configured_is_not_offered() {
    assertRefused(jms("PLAIN", "guest", "guest"), JMSException.class);
  }

  // ---- AMQP 0-9-1 ----------------------------------------------------------------------------

  private static ConnectionFactory rabbit(ScramClient client) {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(correio.amqpPort());
    factory.setAutomaticRecoveryEnabled(false);
    factory.setSaslConfig(offered -> {
      assertThat(offered).containsExactly("SCRAM-SHA-256", "SCRAM-SHA-512");
      return client;
    });
    return factory;
  }

  @Test
  void rabbitmq_client_logs_in_by_challenges() throws Exception {
    ScramClient client = new ScramClient("guest");
    try (com.rabbitmq.client.Connection connection = rabbit(client).newConnection();
        Channel channel = connection.createChannel()) {
      assertThat(channel.queueDeclare().getQueue()).isNotEmpty();
    }
    assertThat(client.serverProof).startsWith("v=").isEqualTo(client.expectedProof);
  }

  @Test
  void rabbitmq_client_with_a_wrong_password_is_refused() {
    ConnectionFactory factory = rabbit(new ScramClient("wrong"));
    assertThatThrownBy(factory::newConnection).isInstanceOf(AuthenticationFailureException.class);
  }

  /** The client's side, with the JDK alone. */
  private static final class ScramClient implements SaslMechanism {
    private final String password;
    private String serverProof = "";
    private String expectedProof = "?";

    ScramClient(String password) {
      this.password = password;
    }

    @Override
    public String getName() {
      return "SCRAM-SHA-256";
    }

    @Override
    public LongString handleChallenge(LongString challenge, String user, String ignored) {
      if (challenge == null) {
        return LongStringHelper.asLongString("n,,n=guest,r=abc");
      }
      String text = new String(challenge.getBytes(), UTF_8);
      if (text.startsWith("v=")) {
        serverProof = text;
        return LongStringHelper.asLongString("");
      }
      try {
        return LongStringHelper.asLongString(proof(text));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    private String proof(String serverFirst) throws GeneralSecurityException {
      String[] parts = serverFirst.split(",", -1);
      byte[] salted =
          SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
              .generateSecret(
                  new PBEKeySpec(
                      password.toCharArray(),
                      Base64.getDecoder().decode(parts[1].substring(2)),
                      Integer.parseInt(parts[2].substring(2)),
                      256))
              .getEncoded();
      byte[] key = hmac(salted, "Client Key");
      byte[] stored = java.security.MessageDigest.getInstance("SHA-256").digest(key);
      String signed = "n=guest,r=abc," + serverFirst + ",c=biws," + parts[0];
      byte[] signature = hmac(stored, signed);
      for (int i = 0; i < key.length; i++) {
        key[i] ^= signature[i];
      }
      Base64.Encoder base64 = Base64.getEncoder();
      expectedProof = "v=" + base64.encodeToString(hmac(hmac(salted, "Server Key"), signed));
      return "c=biws," + parts[0] + ",p=" + base64.encodeToString(key);
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(UTF_8));
    }
  }

  // ---- peers that do it wrong ----------------------------------------------------------------

  /** A SASL frame with a performative of binary fields, the first of them a symbol in init. */
  private static byte[] frame(int descriptor, String... fields) throws IOException {
    ByteArrayOutputStream list = new ByteArrayOutputStream();
    for (int i = 0; i < fields.length; i++) {
      list.write(descriptor == 0x41 && i == 0 ? 0xa3 : 0xa0);
      list.write(fields[i].length());
      list.write(fields[i].getBytes(UTF_8));
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(8 + 3 + 3 + list.size());
    out.write(new byte[] {2, 1, 0, 0, 0, 0x53, (byte) descriptor});
    out.write(new byte[] {(byte) 0xc0, (byte) (list.size() + 1), (byte) fields.length});
    out.write(list.toByteArray());
    return bytes.toByteArray();
  }

  /** What the broker says to all of these, until it ends the connection. */
  private static byte[] answer(byte[]... said) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), correio.amqpPort())) {
      socket.setSoTimeout(20_000);
      for (byte[] bytes : said) {
        socket.getOutputStream().write(bytes);
      }
      return socket.getInputStream().readAllBytes();
    }
  }

  private static void assertRefused(byte[]... said) throws IOException {
    byte[] answer = answer(said);
    byte[] end = Arrays.copyOfRange(answer, answer.length - 5, answer.length);
    // … 0x53 0x44 | list | its fields: code, a ubyte (0x50) of 1
    assertThat(answer[answer.length - 6]).isEqualTo(OUTCOME);
    assertThat(end).endsWith(0x50, 1);
  }

  @Test
  void anything_malformed_or_out_of_order_ends_in_outcome_auth() throws Exception {
    byte[] init = frame(0x41, "SCRAM-SHA-256", "n,,n=guest,r=abc");
    byte[] response = frame(0x43, "c=biws,r=abc,p=AAAA");
    assertRefused(SASL_HEADER, response);
    assertRefused(SASL_HEADER, init, init);
    assertRefused(SASL_HEADER, init, response);
    assertRefused(SASL_HEADER, frame(0x41, "SCRAM-SHA-256", "n,"), response);
    assertRefused(SASL_HEADER, frame(0x41, "CRAM-MD5", ""));
    assertRefused(SASL_HEADER, frame(0x41, "PLAIN", "\0guest\0guest"));
    assertRefused(SASL_HEADER, frame(0x44, "x"));
    assertRefused(SASL_HEADER, new byte[] {0, 0, 0, 9, 2, 1, 0, 0, 0x40});
    assertRefused(SASL_HEADER, new byte[] {0, 0, 0, 4, 2, 1, 0, 0});
    assertRefused(SASL_HEADER, new byte[] {0x7f, 0, 0, 0, 2, 1, 0, 0});
    assertRefused(SASL_HEADER, new byte[] {'A', 'M', 'Q', 'P', 0, 1, 0, 0});
  }
}

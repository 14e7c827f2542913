package io.correio.tests.logins;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultSaslConfig;
import io.correio.server.Config;
import io.correio.server.Correio;
import io.correio.server.CorreioOptions;
import io.correio.server.Setting;
import io.correio.server.Settings;
import jakarta.jms.Connection;
import jakarta.jms.JMSException;
import jakarta.jms.Session;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.apache.qpid.jms.JmsConnectionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins by a client's certificate, over TLS. */
class ExternalTest {

  @TempDir private static Path folder;
  private static Path server;
  private static Path guest;
  private static Path nobody;
  private static Path stranger;
  private static Correio correio;

  @BeforeAll
  static void start() throws Exception {
    Certificates certificates = new Certificates(folder);
    server = certificates.store("server", "CN=localhost");
    guest = certificates.store("guest", "CN=guest,OU=tests,O=Correio");
    nobody = certificates.store("nobody", "CN=nobody");
    stranger = certificates.store("stranger", "CN=guest");
    Settings settings =
        Settings.DEFAULTS
            .with(Setting.AMQP_PORT, 0)
            .with(Setting.AMQPS_PORT, 0)
            .with(Setting.HTTP_PORT, -1)
            .with(Setting.TLS_CERTIFICATE, certificates.certificates("server.pem", server) + "")
            .with(Setting.TLS_KEY, certificates.key("server.key", server) + "")
            .with(
                Setting.TLS_CLIENT_AUTHORITIES,
                certificates.certificates("clients.pem", guest, nobody) + "");
    correio = Correio.start(CorreioOptions.inMemory().withConfig(Config.of(settings)));
  }

  @AfterAll
  static void stop() {
    correio.close();
  }

  private static JmsConnectionFactory jms(Path store) {
    String options =
        "transport.trustStoreLocation=%s&transport.trustStorePassword=%s&transport.keyStoreLocation=%s&transport.keyStorePassword=%s"
            .formatted(server, Certificates.PASSWORD, store, Certificates.PASSWORD);
    return new JmsConnectionFactory(
        "amqps://127.0.0.1:%d?%s&amqp.saslMechanisms=EXTERNAL"
            .formatted(correio.amqpsPort(), options));
  }

  private static ConnectionFactory rabbit(Path store) throws Exception {
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(Certificates.load(store), Certificates.PASSWORD.toCharArray());
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("server", Certificates.load(server).getCertificate("entry"));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), trust.getTrustManagers(), new SecureRandom());
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(correio.amqpsPort());
    factory.useSslProtocol(context);
    factory.setSaslConfig(DefaultSaslConfig.EXTERNAL);
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }

  private static void assertRefused(
      JmsConnectionFactory factory, Class<? extends JMSException> with) {
    assertThatThrownBy(() -> factory.createConnection().start()).isInstanceOf(with);
  }

  @Test
  void certificate_of_a_user_logs_in_over_amqp_1_0() throws Exception {
    try (Connection connection = jms(guest).createConnection()) {
      connection.start();
      Session session = connection.createSession();
      var queue = session.createQueue("letters");
      session.createProducer(queue).send(session.createTextMessage("dear Ana"));
      assertThat(session.createConsumer(queue).receive(20_000)).isNotNull();
    }
  }

  @Test
  void certificate_of_a_user_logs_in_over_amqp_0_9_1() throws Exception {
    try (com.rabbitmq.client.Connection connection = rabbit(guest).newConnection();
        Channel channel = connection.createChannel()) {
      assertThat(channel.queueDeclare().getQueue()).isNotEmpty();
    }
  }

  @Test
  void certificate_that_names_no_user_is_refused() throws Exception {
    assertRefused(jms(nobody), JMSException.class);
    ConnectionFactory factory = rabbit(nobody);
    assertThatThrownBy(factory::newConnection).isInstanceOf(AuthenticationFailureException.class);
  }

  @Test
  void certificate_that_nobody_trusted_has_signed_ends_in_the_handshake() {
    assertRefused(jms(stranger), JMSException.class);
  }

  @Test
  void external_is_not_offered_without_a_certificate() {
    JmsConnectionFactory factory =
        new JmsConnectionFactory(
            "amqp://127.0.0.1:%d?amqp.saslMechanisms=EXTERNAL".formatted(correio.amqpPort()));
    assertRefused(factory, JMSException.class);
  }
}

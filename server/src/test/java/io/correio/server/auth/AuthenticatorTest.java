package io.correio.server.auth;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.correio.core.identity.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AuthenticatorTest {

  private static final int QUICK = 10;

  private final Map<String, User> users = new ConcurrentHashMap<>();

  private Authenticator authenticator(int parallel, int waiting, int remembered) {
    return new Authenticator(
        users::get,
        new Authenticator.Options(Set.of("guest"), QUICK, parallel, waiting, remembered));
  }

  private void user(String name, String password, int iterations) {
    users.put(
        name, new User(name, PasswordHash.encode(password.getBytes(UTF_8), iterations), Set.of()));
  }

  private static AuthResult login(
      Authenticator authenticator, String user, String password, boolean loopback)
      throws Exception {
    CompletableFuture<AuthResult> result = new CompletableFuture<>();
    authenticator.authenticate(user, password.getBytes(UTF_8), loopback, result::complete);
    return result.get(30, TimeUnit.SECONDS);
  }

  @Test
  void right_password_is_accepted_and_every_other_one_is_wrong() throws Exception {
    user("ana", "pão de ló", QUICK);
    users.put("locked", new User("locked", "", Set.of()));
    users.put("odd", new User("odd", "md5$x", Set.of()));
    Authenticator authenticator = authenticator(1, 10, 10);
    for (int i = 0; i < 2; i++) { // the second time from memory
      assertThat(login(authenticator, "ana", "pão de ló", false)).isEqualTo(AuthResult.ACCEPTED);
      assertThat(login(authenticator, "ana", "pao de lo", false)).isEqualTo(AuthResult.WRONG);
      assertThat(login(authenticator, "ana", "", false)).isEqualTo(AuthResult.WRONG);
      assertThat(login(authenticator, "Ana", "pão de ló", false)).isEqualTo(AuthResult.WRONG);
      assertThat(login(authenticator, "locked", "", false)).isEqualTo(AuthResult.WRONG);
      assertThat(login(authenticator, "odd", "x", false)).isEqualTo(AuthResult.WRONG);
    }
  }

  @Test
  void password_that_is_not_text_is_wrong() throws Exception {
    user("ana", "a", QUICK);
    CompletableFuture<AuthResult> result = new CompletableFuture<>();
    authenticator(1, 10, 10)
        .authenticate("ana", new byte[] {(byte) 0xff, (byte) 0xfe}, true, result::complete);
    assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(AuthResult.WRONG);
  }

  @Test
  void loopback_user_is_refused_from_elsewhere() throws Exception {
    user("guest", "guest", QUICK);
    Authenticator authenticator = authenticator(1, 10, 10);
    assertThat(login(authenticator, "guest", "guest", true)).isEqualTo(AuthResult.ACCEPTED);
    assertThat(login(authenticator, "guest", "guest", false)).isEqualTo(AuthResult.LOOPBACK_ONLY);
  }

  @Test
  void changed_password_and_deleted_user_are_not_remembered() throws Exception {
    user("ana", "old", QUICK);
    Authenticator authenticator = authenticator(1, 10, 10);
    assertThat(login(authenticator, "ana", "old", false)).isEqualTo(AuthResult.ACCEPTED);
    user("ana", "new", QUICK);
    assertThat(login(authenticator, "ana", "old", false)).isEqualTo(AuthResult.WRONG);
    assertThat(login(authenticator, "ana", "new", false)).isEqualTo(AuthResult.ACCEPTED);
    users.remove("ana");
    assertThat(login(authenticator, "ana", "new", false)).isEqualTo(AuthResult.WRONG);
  }

  @Test
  void remembered_login_is_answered_at_once_while_another_check_runs() throws Exception {
    user("ana", "right", QUICK);
    user("slow", "x", 200_000);
    Authenticator authenticator = authenticator(1, 10, 10);
    assertThat(login(authenticator, "ana", "right", false)).isEqualTo(AuthResult.ACCEPTED);
    CompletableFuture<AuthResult> slow = new CompletableFuture<>();
    authenticator.authenticate("slow", new byte[] {'x'}, false, slow::complete);
    CompletableFuture<AuthResult> again = new CompletableFuture<>();
    authenticator.authenticate("ana", "right".getBytes(UTF_8), false, again::complete);
    assertThat(again).isCompletedWithValue(AuthResult.ACCEPTED);
    assertThat(slow.get(30, TimeUnit.SECONDS)).isEqualTo(AuthResult.ACCEPTED);
  }

  @Test
  void logins_above_the_limit_are_told_that_it_is_busy_and_the_rest_is_served() throws Exception {
    user("ana", "right", QUICK);
    Authenticator authenticator = authenticator(1, 2, 0);
    CountDownLatch hold = new CountDownLatch(1);
    List<CompletableFuture<AuthResult>> results = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CompletableFuture<AuthResult> result = new CompletableFuture<>();
      results.add(result);
      authenticator.authenticate(
          "ana",
          "right".getBytes(UTF_8),
          false,
          checked -> {
            awaitQuietly(hold);
            result.complete(checked);
          });
    }
    CompletableFuture<AuthResult> fourth = new CompletableFuture<>();
    authenticator.authenticate("ana", "right".getBytes(UTF_8), false, fourth::complete);
    assertThat(fourth).isCompletedWithValue(AuthResult.BUSY);
    hold.countDown();
    for (CompletableFuture<AuthResult> result : results) {
      assertThat(result.get(50, TimeUnit.SECONDS)).isEqualTo(AuthResult.ACCEPTED);
    }
    await().until(() -> login(authenticator, "ana", "right", false) == AuthResult.ACCEPTED);
  }

  @Test
  void login_that_nobody_waits_for_any_more_is_not_checked() throws Exception {
    String credential = PasswordHash.encode(new byte[] {'x'}, QUICK);
    String unending = credential.replace("$" + QUICK + "$", "$2000000000$");
    users.put("slow", new User("slow", unending, Set.of()));
    Authenticator authenticator = authenticator(1, 10, 10);
    CompletableFuture<AuthResult> result = new CompletableFuture<>();
    authenticator.authenticate(
        "slow",
        new byte[] {'y'},
        false,
        new LoginCallback() {
          @Override
          public boolean isAwaited() {
            return false;
          }

          @Override
          public void accept(AuthResult told) {
            result.complete(told);
          }
        });
    assertThat(result.get(30, TimeUnit.SECONDS)).isEqualTo(AuthResult.BUSY);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void same_password_is_never_encoded_alike_and_says_how_it_was_made() {
    byte[] password = "secret".getBytes(UTF_8);
    String first = PasswordHash.encode(password, 7);
    assertThat(first).startsWith("scram$7$").doesNotContain("secret");
    assertThat(first).isNotEqualTo(PasswordHash.encode(password, 7));
    assertThat(PasswordHash.verify(password, first)).isTrue();
    assertThat(PasswordHash.verify(password, first.replace("$7$", "$8$"))).isFalse();
  }

  @Test
  void known_answer_of_the_algorithm_is_met() {
    // PBKDF2-HMAC-SHA256, password "password", salt "salt", 1 round; the first 32 bytes.
    String credential = "pbkdf2-sha256$1$c2FsdA==$Eg+2z/z4syxD5yJSVsT4N6hlSMkszDVICAWYfLcL4Xs=";
    assertThat(PasswordHash.verify("password".getBytes(UTF_8), credential)).isTrue();
  }

  @Test
  void passwords_that_cannot_be_are_refused() {
    assertThatThrownBy(() -> PasswordHash.encode(new byte[0], 7))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> PasswordHash.encode(new byte[5_000], 7))
        .isInstanceOf(IllegalArgumentException.class);
  }
}

package io.correio.core.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class IdentitiesTest {
  private static final User ANA = new User("ana", "secret-hash", Set.of("administrator"));
  private static final User RUI = new User("rui", "other-hash", Set.of());
  private static final VirtualHostDefinition ROOT = new VirtualHostDefinition("/", 0);
  private static final VirtualHostDefinition LAB = new VirtualHostDefinition("lab", 1);
  private static final Permission ANA_ROOT = new Permission("ana", "/", ".*", "^out", "in$");
  private static final Permission ANA_LAB = new Permission("ana", "lab", "", "", "");
  private static final Permission RUI_LAB = new Permission("rui", "lab", ".*", ".*", ".*");

  private static final Identities IDENTITIES =
      Identities.EMPTY
          .with(ANA)
          .with(RUI)
          .with(ROOT)
          .with(LAB)
          .with(ANA_ROOT)
          .with(ANA_LAB)
          .with(RUI_LAB);

  @Test
  void each_right_has_an_expression_of_its_own() {
    assertThat(IDENTITIES.mayConfigure("ana", "/", "anything")).isTrue();
    assertThat(IDENTITIES.mayWrite("ana", "/", "outbound")).isTrue();
    assertThat(IDENTITIES.mayWrite("ana", "/", "an-outbound")).isFalse();
    assertThat(IDENTITIES.mayRead("ana", "/", "plug-in")).isTrue();
    assertThat(IDENTITIES.mayRead("ana", "/", "inbound")).isFalse();
  }

  @Test
  void access_without_rights_is_access() {
    assertThat(IDENTITIES.hasAccess("ana", "lab")).isTrue();
    assertThat(IDENTITIES.mayConfigure("ana", "lab", "q")).isFalse();
    assertThat(IDENTITIES.mayWrite("ana", "lab", "q")).isFalse();
    assertThat(IDENTITIES.mayRead("ana", "lab", "q")).isFalse();
    assertThat(IDENTITIES.hasAccess("rui", "/")).isFalse();
    assertThat(IDENTITIES.mayRead("rui", "/", "q")).isFalse();
    assertThat(IDENTITIES.hasAccess("eva", "lab")).isFalse();
    assertThat(IDENTITIES.hasAccess("ana", "none")).isFalse();
  }

  @Test
  void what_is_given_is_found_and_listed() {
    assertThat(IDENTITIES.user("ana")).isEqualTo(ANA);
    assertThat(IDENTITIES.user("eva")).isNull();
    assertThat(IDENTITIES.virtualHost("lab")).isEqualTo(LAB);
    assertThat(IDENTITIES.virtualHost("none")).isNull();
    assertThat(IDENTITIES.permission("ana", "/")).isEqualTo(ANA_ROOT);
    assertThat(IDENTITIES.permission("rui", "/")).isNull();
    assertThat(IDENTITIES.permissionsOf("ana")).containsExactlyInAnyOrder(ANA_ROOT, ANA_LAB);
    assertThat(IDENTITIES.permissionsOf("eva")).isEmpty();
    List<Object> all = new ArrayList<>();
    IDENTITIES.forEachUser(all::add);
    IDENTITIES.forEachVirtualHost(all::add);
    IDENTITIES.forEachPermission(all::add);
    assertThat(all).containsExactlyInAnyOrder(ANA, RUI, ROOT, LAB, ANA_ROOT, ANA_LAB, RUI_LAB);
  }

  @Test
  void a_user_and_a_virtual_host_take_their_permissions_along() {
    Identities withoutAna = IDENTITIES.withoutUser("ana");
    assertThat(withoutAna.user("ana")).isNull();
    assertThat(withoutAna.hasAccess("ana", "/")).isFalse();
    assertThat(withoutAna.with(ANA).hasAccess("ana", "/")).isFalse();
    assertThat(withoutAna.hasAccess("rui", "lab")).isTrue();

    Identities withoutLab = IDENTITIES.withoutVirtualHost("lab");
    assertThat(withoutLab.virtualHost("lab")).isNull();
    assertThat(withoutLab.with(LAB).hasAccess("ana", "lab")).isFalse();
    assertThat(withoutLab.with(LAB).hasAccess("rui", "lab")).isFalse();
    assertThat(withoutLab.hasAccess("ana", "/")).isTrue();

    assertThat(IDENTITIES.hasAccess("ana", "lab")).isTrue();
  }

  @Test
  void a_permission_can_be_replaced_and_taken_away() {
    Identities changed = IDENTITIES.with(new Permission("ana", "/", "", ".*", ""));
    assertThat(changed.mayConfigure("ana", "/", "q")).isFalse();
    assertThat(changed.mayWrite("ana", "/", "q")).isTrue();
    Identities taken = changed.withoutPermission("ana", "/");
    assertThat(taken.hasAccess("ana", "/")).isFalse();
    assertThat(taken.hasAccess("ana", "lab")).isTrue();
    assertThat(
            taken.withoutPermission("ana", "/").withoutPermission("eva", "/").permissionsOf("ana"))
        .containsExactly(ANA_LAB);
  }

  @Test
  void a_new_credential_keeps_the_permissions() {
    Identities changed = IDENTITIES.with(new User("ana", "new", Set.of()));
    assertThat(changed.mayWrite("ana", "/", "outbound")).isTrue();
    assertThat(changed.user("ana")).isNotEqualTo(ANA);
  }

  @Test
  void a_permission_for_nobody_or_nowhere_is_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IDENTITIES.with(new Permission("eva", "/", "", "", "")))
        .withMessage("no user 'eva' to permit something to");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> IDENTITIES.with(new Permission("ana", "none", "", "", "")))
        .withMessage("no virtual host 'none' to permit something in");
  }

  @Test
  void a_user_shown_hides_the_credential() {
    assertThat(ANA.toString()).contains("ana", "administrator").doesNotContain("secret-hash");
  }
}

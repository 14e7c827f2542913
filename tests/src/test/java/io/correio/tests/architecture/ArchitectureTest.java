package io.correio.tests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who may know whom: the walls between modules and packages, checked on the compiled classes. */
final class ArchitectureTest {
  private static final String LOG = "io.correio.log..";
  private static final String POSIX = "io.correio.posix..";
  private static final String ZEROMQ = "io.correio.zeromq..";
  private static final String AMQP = "io.correio.amqp..";
  private static final String CLIENT = "io.correio.client..";
  private static final String CORE = "io.correio.core..";
  private static final String SHARD = "io.correio.core.shard..";
  private static final String MANAGER = "io.correio.core.manager..";
  private static final String SERVER = "io.correio.server..";
  private static final String NULLNESS = "org.jspecify.annotations..";

  private static final Set<String> PROTOCOL_WORDS =
      Set.of("amqp", "zmtp", "zmq", "channel", "frame", "prefetch", "basic");

  private static final Pattern TEST_JAR = Pattern.compile(".*-tests\\.jar!.*");

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // A module's tests that others use: a jar once it is packaged, a folder before.
          .withImportOption(location -> !location.matches(TEST_JAR))
          .importPackages("io.correio");

  @Test
  void log_knows_the_jdk_alone() {
    check(onlyDependsOn(LOG, LOG, "java..", NULLNESS));
  }

  @Test
  void posix_knows_the_jdk_alone() {
    check(onlyDependsOn(POSIX, POSIX, "java..", NULLNESS));
  }

  @Test
  void zeromq_knows_the_jdk_alone_beside_the_ciphers_of_curve() {
    check(onlyDependsOn(ZEROMQ, ZEROMQ, "java..", "org.bouncycastle..", NULLNESS));
    check(
        noClasses()
            .that()
            .resideInAPackage(ZEROMQ)
            .and()
            .doNotHaveSimpleName("Curve25519")
            .and()
            .doNotHaveSimpleName("SecretBox")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.bouncycastle..")
            .as("who does not use CURVE needs no Bouncy Castle"));
  }

  @Test
  void zmtp_and_its_security_have_no_sockets_threads_or_clocks() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("io.correio.zeromq.wire..", "io.correio.zeromq.security..")
            .should()
            .dependOnClassesThat(
                resideInAnyPackage(
                        "java.net..",
                        "java.nio.channels..",
                        "java.nio.file..",
                        "java.time..",
                        "java.util.concurrent..")
                    .or(named("java.lang.Thread"))
                    .as("a socket, a file, a thread or a clock"))
            .as("what ZMTP says is decided without sockets, files, threads and clocks"));
  }

  @Test
  void amqp_knows_the_jdk_alone_beside_its_engine_for_1_0() {
    check(onlyDependsOn(AMQP, AMQP, "java..", "org.apache.qpid.protonj2..", NULLNESS));
  }

  @Test
  void client_knows_the_jdk_alone_beside_its_engine_for_1_0() {
    check(
        onlyDependsOn(
            CLIENT, CLIENT, "java..", "javax.net.ssl..", "org.apache.qpid.protonj2..", NULLNESS));
  }

  @Test
  void core_knows_the_log_and_no_protocol() {
    check(onlyDependsOn(CORE, CORE, LOG, "java..", "org.jctools..", NULLNESS));
  }

  @Test
  void nothing_below_the_server_knows_it() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(SERVER)
            .should()
            .dependOnClassesThat()
            .resideInAPackage(SERVER)
            .as("only the server knows the server"));
  }

  @Test
  void packages_have_no_cycles() {
    check(slices().matching("io.correio.(**)").should().beFreeOfCycles());
  }

  @Test
  void core_packages_depend_downwards() {
    String[] upwards = {"message", "filter", "routing", "identity", "queue", "shard", "manager"};
    for (int lower = 0; lower < upwards.length; lower++) {
      for (int upper = lower + 1; upper < upwards.length; upper++) {
        check(
            noClasses()
                .that()
                .resideInAPackage("io.correio.core." + upwards[lower])
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.correio.core." + upwards[upper]));
      }
    }
  }

  @Test
  void no_front_knows_another_and_contents_know_none() {
    check(
        noClasses()
            .that()
            .resideInAPackage("io.correio.server.front.content..")
            .should()
            .dependOnClassesThat(
                resideInAPackage("io.correio.server..")
                    .and(
                        DescribedPredicate.not(
                            resideInAPackage("io.correio.server.front.content.."))))
            .as("formats of messages know no front"));
    check(
        slices()
            .matching("io.correio.server.front.(amqp*)..")
            .should()
            .notDependOnEachOther()
            .as("no front knows another"));
  }

  @Test
  void netty_is_known_to_the_servers_net_package_alone() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage("io.correio.server.net..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.netty..")
            .as("Netty is confined to io.correio.server.net"));
  }

  @Test
  void core_has_no_sockets_files_threads_or_locks() {
    DescribedPredicate<JavaClass> outsideWorld =
        resideInAnyPackage(
                "java.net..",
                "java.nio.file..",
                "java.nio.channels..",
                "java.util.concurrent.locks..",
                "javax.net..")
            .or(named("java.io.File", "java.io.RandomAccessFile", "java.io.FileInputStream"))
            .or(named("java.io.FileOutputStream", "java.util.Timer", "java.lang.Thread"))
            .or(named("java.lang.Runtime", "java.lang.Process", "java.lang.ProcessBuilder"))
            .or(concurrentType("Execut"))
            .or(concurrentType("ForkJoin"))
            .or(concurrentType("ThreadFactory"))
            .or(concurrentType("BlockingQueue"))
            .as("a socket, a file, a thread or a lock");
    check(
        noClasses()
            .that(pureCore())
            .should()
            .dependOnClassesThat(outsideWorld)
            .as(
                "the core, but for its shard and manager, decides without sockets, files, threads"
                    + " and locks"));
  }

  @Test
  void core_reads_no_clock() {
    check(
        noClasses()
            .that(pureCore())
            .should()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(System.class, "nanoTime")
            .orShould()
            .dependOnClassesThat(
                named("java.time.Clock", "java.time.InstantSource", "java.util.Date"))
            .orShould()
            .callMethod(java.time.Instant.class, "now")
            .as("time comes to the core as a command"));
  }

  @Test
  void core_draws_no_random_numbers() {
    check(
        noClasses()
            .that()
            .resideInAnyPackage("io.correio.core.queue..", "io.correio.core.routing..")
            .should()
            .dependOnClassesThat(
                named("java.util.Random", "java.security.SecureRandom")
                    .or(concurrentType("ThreadLocalRandom"))
                    .as("a random source"))
            .orShould()
            .callMethod(java.util.UUID.class, "randomUUID")
            .as("two replicas decide and apply alike"));
  }

  @Test
  void no_type_in_the_core_is_named_in_a_protocols_words() {
    check(classes().that().resideInAPackage(CORE).should(haveNoProtocolWord()));
  }

  @Test
  void no_method_in_the_core_is_named_in_a_protocols_words() {
    check(
        methods()
            .that()
            .areDeclaredInClassesThat()
            .resideInAPackage(CORE)
            .should(haveNoProtocolWord()));
  }

  @Test
  void nothing_sleeps() {
    check(
        noClasses()
            .should()
            .callMethodWhere(
                new DescribedPredicate<>("a sleep") {
                  @Override
                  public boolean test(com.tngtech.archunit.core.domain.JavaMethodCall call) {
                    return call.getTarget().getName().equals("sleep")
                        && (call.getTargetOwner().getName().equals("java.lang.Thread")
                            || call.getTargetOwner()
                                .getName()
                                .equals("java.util.concurrent.TimeUnit"));
                  }
                }));
  }

  @Test
  void no_type_is_found_through_a_service_loader() {
    check(noClasses().should().dependOnClassesThat(named("java.util.ServiceLoader")));
  }

  private static ArchRule onlyDependsOn(String from, String... allowed) {
    return classes()
        .that()
        .resideInAPackage(from)
        .should()
        .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(primitives()));
  }

  private static DescribedPredicate<JavaClass> pureCore() {
    return resideInAPackage(CORE)
        .and(DescribedPredicate.not(resideInAPackage(SHARD)))
        // The manager opens shards, owns their readers and waits for answers; it decides nothing.
        .and(DescribedPredicate.not(resideInAPackage(MANAGER)))
        .as("in the core, outside its shard and its manager");
  }

  private static DescribedPredicate<JavaClass> primitives() {
    return DescribedPredicate.describe(
        "primitives and arrays", type -> type.getBaseComponentType().isPrimitive());
  }

  private static DescribedPredicate<JavaClass> named(String... names) {
    Set<String> all = Set.of(names);
    return DescribedPredicate.describe(
        String.join(", ", names), type -> all.contains(type.getName()));
  }

  private static DescribedPredicate<JavaClass> concurrentType(String part) {
    return DescribedPredicate.describe(
        "java.util.concurrent." + part,
        type ->
            type.getPackageName().equals("java.util.concurrent")
                && type.getSimpleName().contains(part));
  }

  private static <T extends HasName>
      com.tngtech.archunit.lang.ArchCondition<T> haveNoProtocolWord() {
    return new com.tngtech.archunit.lang.ArchCondition<>("be named without a protocol's word") {
      @Override
      public void check(T item, com.tngtech.archunit.lang.ConditionEvents events) {
        String name = item.getName();
        String simple = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        PROTOCOL_WORDS.stream()
            .filter(simple::contains)
            .forEach(word ->
                events.add(
                    com.tngtech.archunit.lang.SimpleConditionEvent.violated(
                        item, item + " contains '" + word + "'")));
      }
    };
  }

  private static void check(ArchRule rule) {
    rule.check(PRODUCT);
  }
}

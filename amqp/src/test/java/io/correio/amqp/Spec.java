package io.correio.amqp;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names the place of a specification that a test checks. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
@Repeatable(Spec.List.class)
public @interface Spec {
  /** The document, such as {@code AMQP 0-9-1}. */
  String value();

  /** The section, such as {@code 4.2.3}. */
  String section();

  /** Holds several. */
  @Documented
  @Retention(RetentionPolicy.RUNTIME)
  @Target({ElementType.TYPE, ElementType.METHOD})
  @interface List {
    /** The places. */
    Spec[] value();
  }
}

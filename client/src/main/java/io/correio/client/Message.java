package io.correio.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message: a body of bytes, and what is said about it. Immutable, but for the array of its body,
 * which nobody copies: whoever made it, or received it, leaves it as it is.
 */
public final class Message {

  /** The priority of a message that has none. */
  public static final int DEFAULT_PRIORITY = 4;

  private static final int MAX_PRIORITY = 255;

  private final byte[] body;
  private final @Nullable String id;
  private final @Nullable String correlationId;
  private final @Nullable String replyTo;
  private final @Nullable String subject;
  private final @Nullable String contentType;
  private final Map<String, Object> properties;
  private final Map<String, Object> annotations;
  private final int priority;
  private final @Nullable Duration timeToLive;
  private final @Nullable Duration delay;
  private final boolean durable;
  private final int deliveryCount;

  private Message(Builder builder) {
    body = builder.body;
    id = builder.id;
    correlationId = builder.correlationId;
    replyTo = builder.replyTo;
    subject = builder.subject;
    contentType = builder.contentType;
    properties = Collections.unmodifiableMap(new LinkedHashMap<>(builder.properties));
    annotations = Collections.unmodifiableMap(new LinkedHashMap<>(builder.annotations));
    priority = builder.priority;
    timeToLive = builder.timeToLive;
    delay = builder.delay;
    durable = builder.durable;
    deliveryCount = builder.deliveryCount;
  }

  /** A durable message with this text, in UTF-8. */
  public static Message text(String text) {
    return builder(text.getBytes(StandardCharsets.UTF_8)).build();
  }

  /** A durable message with this body. */
  public static Message of(byte[] body) {
    return builder(body).build();
  }

  /** Begins a durable message with this text, in UTF-8. */
  public static Builder builder(String text) {
    return builder(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Begins a durable message with this body. */
  public static Builder builder(byte[] body) {
    return new Builder(body);
  }

  /** Begins a message like this one. */
  public Builder toBuilder() {
    Builder builder = new Builder(body);
    builder.id = id;
    builder.correlationId = correlationId;
    builder.replyTo = replyTo;
    builder.subject = subject;
    builder.contentType = contentType;
    builder.properties.putAll(properties);
    builder.priority = priority;
    builder.timeToLive = timeToLive;
    builder.delay = delay;
    builder.durable = durable;
    return builder;
  }

  /** The body itself. */
  public byte[] body() {
    return body;
  }

  /** The body, read as UTF-8. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  /** The name its sender gave it, or null. */
  public @Nullable String id() {
    return id;
  }

  /** What it belongs to, such as the request that it answers; or null. */
  public @Nullable String correlationId() {
    return correlationId;
  }

  /** The queue for answers, or null. */
  public @Nullable String replyTo() {
    return replyTo;
  }

  /** What it is about, or null. */
  public @Nullable String subject() {
    return subject;
  }

  /** The media type of its body, or null. */
  public @Nullable String contentType() {
    return contentType;
  }

  /**
   * What its sender says about it: strings, booleans, numbers, UUIDs, instants, arrays of bytes.
   */
  public Map<String, Object> properties() {
    return properties;
  }

  /** What managers and infrastructure say about it. Empty in messages made here. */
  public Map<String, Object> annotations() {
    return annotations;
  }

  /** 0 to 255; higher goes first, in queues that tell priorities apart. */
  public int priority() {
    return priority;
  }

  /** How long it is worth something, from its put on; null for ever. */
  public @Nullable Duration timeToLive() {
    return timeToLive;
  }

  /** How long after its put it is to be delivered; null for at once. Not told to receivers. */
  public @Nullable Duration delay() {
    return delay;
  }

  /** Whether it outlives its manager's end. */
  public boolean durable() {
    return durable;
  }

  /** How often it was delivered before, as far as the manager counts; 0 in messages made here. */
  public int deliveryCount() {
    return deliveryCount;
  }

  /** Names the message without its content. */
  @Override
  public String toString() {
    return "Message[" + (id == null ? "" : "id " + id + ", ") + body.length + " bytes]";
  }

  /** Makes a message. Not thread-safe. */
  public static final class Builder {
    private byte[] body;
    private @Nullable String id;
    private @Nullable String correlationId;
    private @Nullable String replyTo;
    private @Nullable String subject;
    private @Nullable String contentType;
    private final Map<String, Object> properties = new LinkedHashMap<>();
    private final Map<String, Object> annotations = new LinkedHashMap<>();
    private int priority = DEFAULT_PRIORITY;
    private @Nullable Duration timeToLive;
    private @Nullable Duration delay;
    private boolean durable = true;
    private int deliveryCount;

    private Builder(byte[] body) {
      this.body = body;
    }

    /** See {@link Message#body}. */
    public Builder body(byte[] value) {
      body = value;
      return this;
    }

    /** See {@link Message#id}. */
    public Builder id(@Nullable String value) {
      id = value;
      return this;
    }

    /** See {@link Message#correlationId}. */
    public Builder correlationId(@Nullable String value) {
      correlationId = value;
      return this;
    }

    /** See {@link Message#replyTo}. */
    public Builder replyTo(@Nullable String queue) {
      replyTo = queue;
      return this;
    }

    /** See {@link Message#subject}. */
    public Builder subject(@Nullable String value) {
      subject = value;
      return this;
    }

    /** See {@link Message#contentType}. */
    public Builder contentType(@Nullable String value) {
      contentType = value;
      return this;
    }

    /**
     * See {@link Message#properties}.
     *
     * @throws IllegalArgumentException when the value is of another type
     */
    public Builder property(String name, Object value) {
      switch (value) {
        case String s -> {}
        case Boolean b -> {}
        case Byte b -> {}
        case Short s -> {}
        case Integer i -> {}
        case Long l -> {}
        case Float f -> {}
        case Double d -> {}
        case Character c -> {}
        case UUID u -> {}
        case Instant i -> {}
        case byte[] b -> {}
        default ->
            throw new IllegalArgumentException(
                "property '%s' cannot be a %s; use a string, boolean, number, UUID, instant or"
                        .formatted(name, value.getClass().getName())
                    + " array of bytes");
      }
      properties.put(name, value);
      return this;
    }

    /** See {@link Message#annotations}; those of a message that is put are not sent. */
    public Builder annotation(String name, Object value) {
      annotations.put(name, value);
      return this;
    }

    /**
     * See {@link Message#priority}.
     *
     * @throws IllegalArgumentException when it is not 0 to 255
     */
    public Builder priority(int value) {
      if (value < 0 || value > MAX_PRIORITY) {
        throw new IllegalArgumentException("priority is 0 to " + MAX_PRIORITY + ", not " + value);
      }
      priority = value;
      return this;
    }

    /**
     * See {@link Message#timeToLive}.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public Builder timeToLive(@Nullable Duration value) {
      timeToLive = notNegative("timeToLive", value);
      return this;
    }

    /**
     * See {@link Message#delay}.
     *
     * @throws IllegalArgumentException when it is negative
     */
    public Builder delay(@Nullable Duration value) {
      delay = notNegative("delay", value);
      return this;
    }

    private static @Nullable Duration notNegative(String name, @Nullable Duration value) {
      if (value != null && value.isNegative()) {
        throw new IllegalArgumentException(name + " is not negative, but " + value);
      }
      return value;
    }

    /** See {@link Message#durable}. */
    public Builder durable(boolean value) {
      durable = value;
      return this;
    }

    /** See {@link Message#deliveryCount}; that of a message that is put is not sent. */
    public Builder deliveryCount(int value) {
      deliveryCount = value;
      return this;
    }

    /** The message. */
    public Message build() {
      return new Message(this);
    }
  }
}
